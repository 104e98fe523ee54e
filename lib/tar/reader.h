#ifndef LIB_TAR_READER_H_
#define LIB_TAR_READER_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// One member: its header, and where its data is.
struct TarMember {
  TarEntry entry;
  int64_t offset = 0;      // of the data, from the start of the archive
  absl::string_view data;  // borrows from the archive
};

// Reads the members of an uncompressed tar archive in memory (usually a
// MappedFile): POSIX ustar, PAX (typeflags x and g), GNU long names and links
// (L, K), base-256 numbers. Sparse files are refused (Unimplemented). The
// archive must outlive the reader and its members.
//
// Where readers differ this one follows Go's archive/tar, with which Docker,
// containerd and BuildKit read layers: a global header (g) must be well-formed
// and says nothing of the members after it (GNU tar applies all of it but names
// and sizes). An extended header has at most 1 MiB. Owners are 0 to 4294967294.
//
//   TarReader reader(archive);
//   while (true) {
//     ABSL_ASSIGN_OR_RETURN(std::optional<TarMember> member, reader.Next());
//     if (!member.has_value()) break;
//   }
class TarReader {
 public:
  explicit TarReader(absl::string_view archive) : archive_(archive) {}

  // The next member, or nullopt after the end-of-archive blocks or at the end
  // of the bytes. InvalidArgument if a header is malformed or data is missing
  // (`tar member "a/b" at byte 512: unexpected end of archive`); the reader is
  // then unusable.
  absl::StatusOr<std::optional<TarMember>> Next();

 private:
  absl::StatusOr<std::optional<TarMember>> ReadMember();
  // `size` bytes after the header block at the position.
  absl::StatusOr<absl::string_view> Data(int64_t size) const;
  // Moves past the header and that data.
  void Skip(int64_t size);

  absl::string_view archive_;
  int64_t position_ = 0;
};

// Whether `bytes` (at least the first 512 of a file) begin with a valid tar
// header.
bool LooksLikeTar(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_READER_H_
