#ifndef LIB_TAR_SPARSE_H_
#define LIB_TAR_SPARSE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

// Whether the uncompressed archive has members that GNU tar wrote without their
// holes (GNU tar manual, "Storing Sparse Files"): its old format, or the PAX
// formats 0.0, 0.1 and 1.0. False for an archive that cannot be read so far.
bool HasSparseMembers(absl::string_view archive);

// Appends the archive with those members as ordinary files, their holes filled
// with zeros; other members keep their bytes. InvalidArgument if a sparse
// member is malformed; ResourceExhausted, before it is written, if the sparse
// members have more than `most_bytes` together: `sparse files: expected at most
// 5 more bytes, got 6`.
absl::Status ExpandSparseMembers(absl::string_view archive, int64_t most_bytes,
                                 ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_TAR_SPARSE_H_
