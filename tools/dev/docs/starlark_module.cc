#include "tools/dev/docs/starlark_module.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/dev/docs/proto_message.h"

namespace rules_dockerfile {
namespace {

// Bazel 7 reads a file as Latin-1 and writes that as UTF-8, so each byte beyond
// ASCII has become a character of two bytes. Other text stays.
std::string Utf8(absl::string_view text) {
  std::string bytes;
  for (size_t i = 0; i < text.size(); ++i) {
    const unsigned char lead = text[i];
    if (lead < 0x80) {
      bytes += text[i];
    } else if ((lead == 0xc2 || lead == 0xc3) && i + 1 < text.size()) {
      bytes += static_cast<char>((lead & 3) << 6 | (text[++i] & 0x3f));
    } else {
      return std::string(text);
    }
  }
  return bytes;
}

// The names of the enum AttributeType.
std::string TypeName(uint64_t type) {
  constexpr std::array kNames = {
      "",
      "name",
      "integer",
      "label",
      "string",
      "list of strings",
      "list of integers",
      "list of labels",
      "boolean",
      "dict from label to string",
      "dict from string to string",
      "dict from string to list of strings",
      "output",
      "list of outputs",
      "dict from string to label",
  };
  return type < kNames.size() ? kNames[type] : "";
}

// The field numbers of AttributeInfo, FunctionParamInfo or ProviderFieldInfo;
// 0 for what the message does not have.
struct MemberFields {
  int type;
  int mandatory;
  int providers;
  int default_value;
};
constexpr MemberFields kAttribute = {3, 4, 5, 6};
constexpr MemberFields kParameter = {0, 4, 0, 3};
constexpr MemberFields kProviderField = {0, 0, 0, 0};

absl::StatusOr<StarlarkMember> ParseMember(absl::string_view bytes,
                                           const MemberFields& fields) {
  ABSL_ASSIGN_OR_RETURN(const ProtoMessage message, ProtoMessage::Parse(bytes));
  StarlarkMember member = {
      .name = std::string(message.Bytes(1)),
      .doc = Utf8(message.Bytes(2)),
      .type = TypeName(message.Number(fields.type)),
      .mandatory = message.Number(fields.mandatory) != 0,
      .default_value = Utf8(message.Bytes(fields.default_value)),
  };
  const bool is_parameter = fields.type == 0 && fields.mandatory != 0;
  if (is_parameter && !member.mandatory && member.default_value.empty()) {
    member.name.insert(0, "**");
  }
  for (const absl::string_view group : message.Repeated(fields.providers)) {
    ABSL_ASSIGN_OR_RETURN(const ProtoMessage names, ProtoMessage::Parse(group));
    for (const absl::string_view name : names.Repeated(1)) {
      member.providers.emplace_back(name);
    }
  }
  return member;
}

// The field numbers of the message of a symbol, whose name is field 1.
struct SymbolFields {
  StarlarkKind kind;
  int doc;
  int members;
  MemberFields member;
  int returns;
  int tags;
};
constexpr SymbolFields kRule = {StarlarkKind::kRule, 2, 3, kAttribute, 0, 0};
constexpr SymbolFields kProvider = {StarlarkKind::kProvider, 2, 3,
                                    kProviderField,          0, 0};
constexpr SymbolFields kFunction = {
    StarlarkKind::kFunction, 3, 2, kParameter, 4, 0};
constexpr SymbolFields kModuleExtension = {
    StarlarkKind::kModuleExtension, 2, 0, kAttribute, 0, 3};
constexpr SymbolFields kTag = {StarlarkKind::kTag, 2, 3, kAttribute, 0, 0};
constexpr SymbolFields kRepositoryRule = {
    StarlarkKind::kRepositoryRule, 2, 3, kAttribute, 0, 0};

absl::StatusOr<StarlarkSymbol> ParseSymbol(absl::string_view bytes,
                                           const SymbolFields& fields) {
  ABSL_ASSIGN_OR_RETURN(const ProtoMessage message, ProtoMessage::Parse(bytes));
  StarlarkSymbol symbol = {.kind = fields.kind,
                           .name = std::string(message.Bytes(1)),
                           .doc = Utf8(message.Bytes(fields.doc))};
  for (const absl::string_view member : message.Repeated(fields.members)) {
    ABSL_ASSIGN_OR_RETURN(symbol.members.emplace_back(),
                          ParseMember(member, fields.member));
  }
  ABSL_ASSIGN_OR_RETURN(const ProtoMessage returns,
                        ProtoMessage::Parse(message.Bytes(fields.returns)));
  symbol.returns = Utf8(returns.Bytes(1));
  for (const absl::string_view tag : message.Repeated(fields.tags)) {
    ABSL_ASSIGN_OR_RETURN(symbol.tags.emplace_back(), ParseSymbol(tag, kTag));
  }
  return symbol;
}

}  // namespace

absl::StatusOr<StarlarkModule> ParseStarlarkModule(absl::string_view bytes) {
  ABSL_ASSIGN_OR_RETURN(const ProtoMessage message, ProtoMessage::Parse(bytes));
  StarlarkModule module = {.doc = Utf8(message.Bytes(5))};
  const struct {
    int field;
    const SymbolFields& fields;
  } kinds[] = {{1, kRule},
               {2, kProvider},
               {3, kFunction},
               {7, kModuleExtension},
               {8, kRepositoryRule}};
  for (const auto& [field, fields] : kinds) {
    for (const absl::string_view symbol : message.Repeated(field)) {
      ABSL_ASSIGN_OR_RETURN(module.symbols.emplace_back(),
                            ParseSymbol(symbol, fields));
    }
  }
  std::sort(module.symbols.begin(), module.symbols.end(),
            [](const StarlarkSymbol& a, const StarlarkSymbol& b) {
              return a.name < b.name;
            });
  return module;
}

}  // namespace rules_dockerfile
