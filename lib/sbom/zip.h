#ifndef LIB_SBOM_ZIP_H_
#define LIB_SBOM_ZIP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A member of a zip archive, as its central directory has it.
struct ZipMember {
  absl::string_view name;  // borrows from the archive
  int method = 0;          // 0 stored, 8 deflated
  uint64_t compressed_size = 0;
  uint64_t size = 0;
  uint64_t header = 0;  // offset of the local header
};

// The members of an archive in memory (PKWARE APPNOTE.TXT 6.3.10, 4.3.12 and
// 4.3.16), which may follow other bytes, as a program that unfolds itself has
// them. Zip64 is not supported: a jar of 4 GiB is none that Java 6 reads.
// InvalidArgument `zip archive: …`.
absl::StatusOr<std::vector<ZipMember>> ReadZipDirectory(
    absl::string_view archive);

// The data of a member. ResourceExhausted above `max_size` bytes, Unimplemented
// for another method than those two or an encrypted member.
absl::StatusOr<std::string> ReadZipMember(absl::string_view archive,
                                          const ZipMember& member,
                                          size_t max_size);

}  // namespace rules_dockerfile

#endif  // LIB_SBOM_ZIP_H_
