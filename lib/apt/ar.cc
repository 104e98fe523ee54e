#include "lib/apt/ar.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kArchiveMagic = "!<arch>\n";

// deb(5), "FORMAT": each member has a header of 60 bytes of ASCII text, padded
// with spaces, and starts at an even offset.
constexpr size_t kHeaderSize = 60;
constexpr size_t kNameOffset = 0, kNameSize = 16;
constexpr size_t kSizeOffset = 48, kSizeSize = 10;
constexpr size_t kHeaderMagicOffset = 58;
constexpr absl::string_view kHeaderMagic = "`\n";

absl::Status MemberError(size_t offset, absl::string_view message) {
  return absl::InvalidArgumentError(
      absl::StrCat("ar member at byte ", offset, ": ", message));
}

}  // namespace

absl::StatusOr<std::vector<ArMember>> ReadArArchive(absl::string_view archive) {
  if (!archive.starts_with(kArchiveMagic)) {
    return absl::InvalidArgumentError(
        "not an ar archive: expected \"!<arch>\"");
  }
  std::vector<ArMember> members;
  size_t offset = kArchiveMagic.size();
  while (offset < archive.size()) {
    const absl::string_view header = archive.substr(offset, kHeaderSize);
    if (header.size() < kHeaderSize) {
      return MemberError(offset, "unexpected end of archive");
    }
    if (header.substr(kHeaderMagicOffset) != kHeaderMagic) {
      return MemberError(offset, "not a member header");
    }
    const absl::string_view size_field = absl::StripTrailingAsciiWhitespace(
        header.substr(kSizeOffset, kSizeSize));
    uint64_t size = 0;
    if (size_field.find_first_not_of("0123456789") != absl::string_view::npos ||
        !absl::SimpleAtoi(size_field, &size)) {
      return MemberError(
          offset, absl::StrCat("size \"", size_field, "\": expected a number"));
    }
    if (size > archive.size() - offset - kHeaderSize) {
      return MemberError(offset, "unexpected end of archive");
    }
    const absl::string_view name =
        absl::StripSuffix(absl::StripTrailingAsciiWhitespace(
                              header.substr(kNameOffset, kNameSize)),
                          "/");
    members.push_back({.name = std::string(name),
                       .data = archive.substr(offset + kHeaderSize, size)});
    offset += kHeaderSize + size + size % 2;
  }
  return members;
}

}  // namespace rules_dockerfile
