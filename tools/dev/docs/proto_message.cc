#include "tools/dev/docs/proto_message.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr uint64_t kVarint = 0;
constexpr uint64_t kLengthDelimited = 2;

std::optional<uint64_t> TakeVarint(absl::string_view& rest) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !rest.empty(); shift += 7) {
    const uint64_t byte = static_cast<unsigned char>(rest[0]);
    rest.remove_prefix(1);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<ProtoMessage> ProtoMessage::Parse(absl::string_view bytes) {
  ProtoMessage message;
  absl::string_view rest = bytes;
  while (!rest.empty()) {
    const absl::Status failed = absl::InvalidArgumentError(
        absl::StrCat("expected a protocol buffer, got other data at byte ",
                     bytes.size() - rest.size()));
    const std::optional<uint64_t> key = TakeVarint(rest);
    if (!key.has_value()) return failed;
    const std::optional<uint64_t> number = TakeVarint(rest);
    if (!number.has_value()) return failed;
    Field field = {*key >> 3, *number, {}};
    if ((*key & 7) == kLengthDelimited) {
      if (*number > rest.size()) return failed;
      field.bytes = rest.substr(0, *number);
      rest.remove_prefix(*number);
    } else if ((*key & 7) != kVarint) {
      return failed;
    }
    message.fields_.push_back(field);
  }
  return message;
}

absl::string_view ProtoMessage::Bytes(int field) const {
  const std::vector<absl::string_view> all = Repeated(field);
  return all.empty() ? absl::string_view() : all.back();
}

uint64_t ProtoMessage::Number(int field) const {
  uint64_t number = 0;
  for (const Field& each : fields_) {
    if (each.field == static_cast<uint64_t>(field)) number = each.number;
  }
  return number;
}

std::vector<absl::string_view> ProtoMessage::Repeated(int field) const {
  std::vector<absl::string_view> all;
  for (const Field& each : fields_) {
    if (each.field == static_cast<uint64_t>(field)) all.push_back(each.bytes);
  }
  return all;
}

}  // namespace rules_dockerfile
