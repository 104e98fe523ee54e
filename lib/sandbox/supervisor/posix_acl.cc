#include "lib/sandbox/supervisor/posix_acl.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kHeaderSize = 4;
constexpr uint32_t kVersion = 2;
constexpr size_t kEntrySize = 8;  // tag (16 bits), permissions (16), id (32)
constexpr size_t kIdOffset = 4;
constexpr uint32_t kUser = 0x02;
constexpr uint32_t kGroup = 0x08;
constexpr uint32_t kMask = 0x10;

// A little-endian number.
uint32_t Number(absl::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i > 0; --i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

}  // namespace

bool IsPosixAcl(absl::string_view xattr) {
  return xattr == "system.posix_acl_access" ||
         xattr == "system.posix_acl_default";
}

std::optional<std::string> WithoutOtherIds(absl::string_view acl) {
  if (acl.size() < kHeaderSize || acl.size() % kEntrySize != kHeaderSize ||
      Number(acl.substr(0, kHeaderSize)) != kVersion) {
    return std::nullopt;
  }
  std::string kept(acl.substr(0, kHeaderSize));
  bool masked = false;
  for (size_t at = kHeaderSize; at < acl.size(); at += kEntrySize) {
    const absl::string_view entry = acl.substr(at, kEntrySize);
    const uint32_t tag = Number(entry.substr(0, 2));
    masked |= tag == kMask;
    const bool named = tag == kUser || tag == kGroup;
    if (!named || Number(entry.substr(kIdOffset)) == 0) kept.append(entry);
  }
  // Named entries need a mask: acl(5), "VALID ACLs".
  if (kept.size() == acl.size() || !masked) return std::nullopt;
  return kept;
}

}  // namespace rules_dockerfile
