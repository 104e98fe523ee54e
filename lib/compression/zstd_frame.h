#ifndef LIB_COMPRESSION_ZSTD_FRAME_H_
#define LIB_COMPRESSION_ZSTD_FRAME_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

// Writes `data` as one Zstandard frame (RFC 8878) with its size and checksum.
// `level` is 1 to 22.
absl::Status WriteZstdFrame(absl::string_view data, int level, ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_ZSTD_FRAME_H_
