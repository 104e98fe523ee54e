#ifndef LIB_TAR_WRITER_H_
#define LIB_TAR_WRITER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/entry.h"

namespace rules_dockerfile {

// Writes a tar archive: ustar headers, with a PAX header before a member only
// where ustar cannot hold a value (long or non-ASCII path or link target, large
// id or size, negative mtime, xattrs). Nanoseconds, user and group names are
// not written; the bytes depend on the entries alone. Directories get a
// trailing slash.
//
//   TarWriter writer(&sink);
//   ABSL_RETURN_IF_ERROR(writer.Begin(entry));
//   ABSL_RETURN_IF_ERROR(writer.Append(data));   // entry.size bytes in all
//   ABSL_RETURN_IF_ERROR(writer.Finish());
class TarWriter {
 public:
  // `sink` must outlive the writer.
  explicit TarWriter(ByteSink* sink) : sink_(sink) {}

  // Starts a member. FailedPrecondition if the last one's data is incomplete.
  absl::Status Begin(const TarEntry& entry);

  // Data of the current member, in any pieces.
  absl::Status Append(absl::string_view data);

  // Begin() and all its data.
  absl::Status Add(const TarEntry& entry, absl::string_view data);

  // Writes the two end-of-archive blocks.
  absl::Status Finish();

  // Bytes written so far; after Begin(), the offset of the member's data.
  int64_t position() const { return position_; }

 private:
  absl::Status Write(absl::string_view bytes);
  absl::Status WritePadding();

  ByteSink* sink_;
  int64_t position_ = 0;
  int64_t remaining_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_TAR_WRITER_H_
