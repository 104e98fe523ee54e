#include "lib/base/proto_reader.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr int kVarint = 0;
constexpr int kFixed64 = 1;
constexpr int kLength = 2;
constexpr int kFixed32 = 5;

absl::Status Malformed() {
  return absl::InvalidArgumentError("malformed message");
}

// Takes a varint that has to be there.
absl::StatusOr<uint64_t> TakeWholeVarint(absl::string_view& bytes) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<uint64_t> value, TakeVarint(bytes));
  if (!value.has_value()) return Malformed();
  return *value;
}

}  // namespace

absl::StatusOr<std::optional<uint64_t>> TakeVarint(absl::string_view& bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    if (i == 9 && byte > 1) return Malformed();
    value |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if ((byte & 0x80) == 0) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<ProtoReader::Field>> ProtoReader::Next() {
  while (!rest_.empty()) {
    ABSL_ASSIGN_OR_RETURN(const uint64_t tag, TakeWholeVarint(rest_));
    Field field = {.number = tag >> 3, .value = 0, .bytes = {}};
    if (field.number == 0) return Malformed();
    size_t skipped = 0;
    switch (tag & 7) {
      case kVarint: {
        ABSL_ASSIGN_OR_RETURN(field.value, TakeWholeVarint(rest_));
        return field;
      }
      case kLength: {
        ABSL_ASSIGN_OR_RETURN(const uint64_t size, TakeWholeVarint(rest_));
        if (size > rest_.size()) return Malformed();
        field.bytes = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return field;
      }
      case kFixed64:
        skipped = 8;
        break;
      case kFixed32:
        skipped = 4;
        break;
      default:
        return Malformed();
    }
    if (skipped > rest_.size()) return Malformed();
    rest_.remove_prefix(skipped);
  }
  return std::nullopt;
}

absl::Status ForEachField(
    absl::string_view message,
    absl::FunctionRef<absl::Status(const ProtoReader::Field&)> visit) {
  ProtoReader reader(message);
  while (true) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<ProtoReader::Field> field,
                          reader.Next());
    if (!field.has_value()) return absl::OkStatus();
    ABSL_RETURN_IF_ERROR(visit(*field));
  }
}

absl::Status ReadStrings(absl::string_view message,
                         const std::map<uint64_t, std::string*>& fields) {
  return ForEachField(message, [&](const ProtoReader::Field& field) {
    const auto found = fields.find(field.number);
    if (found != fields.end()) *found->second = std::string(field.bytes);
    return absl::OkStatus();
  });
}

absl::Status AddPair(absl::string_view message,
                     std::map<std::string, std::string>& pairs) {
  std::string name;
  std::string value;
  ABSL_RETURN_IF_ERROR(ReadStrings(message, {{1, &name}, {2, &value}}));
  pairs[name] = value;
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
