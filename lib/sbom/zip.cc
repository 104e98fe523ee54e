#include "lib/sbom/zip.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inflate.h"
#include "lib/sbom/numbers.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kEnd = "PK\5\6";
constexpr absl::string_view kCentral = "PK\1\2";
constexpr absl::string_view kLocal = "PK\3\4";
constexpr size_t kEndSize = 22;
constexpr size_t kCentralSize = 46;
constexpr size_t kLocalSize = 30;
constexpr size_t kMaxComment = 65535;

absl::Status Malformed(absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("zip archive: ", problem));
}

uint64_t At(absl::string_view bytes, size_t offset, size_t width) {
  return LittleEndian(bytes, offset, width).value_or(0);
}

// Where the archive's own offsets count from, and its central directory.
struct Directory {
  uint64_t base = 0;
  absl::string_view bytes;
};

absl::StatusOr<Directory> FindDirectory(absl::string_view archive) {
  const size_t tail =
      archive.size() - std::min(archive.size(), kEndSize + kMaxComment);
  const size_t end = archive.rfind(kEnd);
  if (end == archive.npos || end < tail || archive.size() - end < kEndSize) {
    return Malformed("expected an end of the central directory");
  }
  const uint64_t size = At(archive, end + 12, 4);
  const uint64_t offset = At(archive, end + 16, 4);
  if (size > end || offset > end - size) {
    return Malformed("the central directory is not in it");
  }
  return Directory{.base = end - size - offset,
                   .bytes = archive.substr(end - size, size)};
}

}  // namespace

absl::StatusOr<std::vector<ZipMember>> ReadZipDirectory(
    absl::string_view archive) {
  ABSL_ASSIGN_OR_RETURN(const Directory directory, FindDirectory(archive));
  std::vector<ZipMember> members;
  absl::string_view rest = directory.bytes;
  while (!rest.empty()) {
    if (rest.size() < kCentralSize || rest.substr(0, 4) != kCentral) {
      return Malformed("expected a header of a member");
    }
    const uint64_t name = At(rest, 28, 2);
    const uint64_t size =
        kCentralSize + name + At(rest, 30, 2) + At(rest, 32, 2);
    if (size > rest.size()) return Malformed("it is truncated");
    const bool encrypted = (At(rest, 8, 2) & 1) != 0;
    members.push_back(
        {.name = rest.substr(kCentralSize, name),
         .method = encrypted ? -1 : static_cast<int>(At(rest, 10, 2)),
         .compressed_size = At(rest, 20, 4),
         .size = At(rest, 24, 4),
         .header = directory.base + At(rest, 42, 4)});
    rest.remove_prefix(size);
  }
  return members;
}

absl::StatusOr<std::string> ReadZipMember(absl::string_view archive,
                                          const ZipMember& member,
                                          size_t max_size) {
  if (member.method != 0 && member.method != 8) {
    return absl::UnimplementedError(
        absl::StrCat("zip archive: expected a stored or deflated member \"",
                     member.name, "\", got method ", member.method));
  }
  if (member.header > archive.size() ||
      archive.substr(member.header, 4) != kLocal) {
    return Malformed("expected a local header");
  }
  const uint64_t begin = member.header + kLocalSize +
                         At(archive, member.header + 26, 2) +
                         At(archive, member.header + 28, 2);
  if (begin > archive.size() ||
      member.compressed_size > archive.size() - begin) {
    return Malformed("it is truncated");
  }
  const absl::string_view data = archive.substr(begin, member.compressed_size);
  if (member.method == 8) {
    return Inflate(data, DeflateFormat::kRaw, max_size);
  }
  if (data.size() > max_size) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", max_size, " bytes of data"));
  }
  return std::string(data);
}

}  // namespace rules_dockerfile
