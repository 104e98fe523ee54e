#ifndef LIB_COMPRESSION_DECOMPRESS_H_
#define LIB_COMPRESSION_DECOMPRESS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

enum class Compression {
  kNone,
  kGzip,
  kBzip2,
  kXz,
  kLzma,  // the format before xz
  kZstd,
};

// "none", "gzip", "bzip2", "xz", "lzma", "zstd".
absl::string_view CompressionName(Compression compression);

// How `bytes` (at least the first 13 of a file) are compressed, by their magic
// number; kNone if they are not.
Compression DetectCompression(absl::string_view bytes);

// Appends `bytes` to the sink, decompressed if DetectCompression() says that
// they are compressed. Several compressed streams in a row count as one.
// InvalidArgument `gzip data: unexpected end`, `xz data: malformed`; the sink
// then has a part of the result.
absl::Status Decompress(absl::string_view bytes, ByteSink* sink);

// The same, into memory.
absl::StatusOr<std::string> Decompress(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_DECOMPRESS_H_
