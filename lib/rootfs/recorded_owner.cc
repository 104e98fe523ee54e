#include "lib/rootfs/recorded_owner.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

std::optional<int64_t> ParseNumber(absl::string_view text) {
  uint32_t number = 0;
  if (text.empty() ||
      text.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(text, &number)) {
    return std::nullopt;
  }
  return number;
}

}  // namespace

std::string RecordedOwnerToText(const RecordedOwner& owner) {
  std::string text = absl::StrCat(owner.uid, ":", owner.gid);
  if (owner.device != 0) {
    absl::StrAppend(&text, ":", absl::string_view(&owner.device, 1), ":",
                    owner.device_major, ":", owner.device_minor);
  }
  return text;
}

std::optional<RecordedOwner> ParseRecordedOwner(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, ':');
  if (parts.size() != 2 && parts.size() != 5) return std::nullopt;
  const std::optional<int64_t> uid = ParseNumber(parts[0]);
  const std::optional<int64_t> gid = ParseNumber(parts[1]);
  if (!uid.has_value() || !gid.has_value()) return std::nullopt;
  RecordedOwner owner = {.uid = *uid, .gid = *gid};
  if (parts.size() == 2) return owner;
  const std::optional<int64_t> major = ParseNumber(parts[3]);
  const std::optional<int64_t> minor = ParseNumber(parts[4]);
  if ((parts[2] != "c" && parts[2] != "b") || !major.has_value() ||
      !minor.has_value()) {
    return std::nullopt;
  }
  owner.device = parts[2][0];
  owner.device_major = *major;
  owner.device_minor = *minor;
  return owner;
}

}  // namespace rules_dockerfile
