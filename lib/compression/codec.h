#ifndef LIB_COMPRESSION_CODEC_H_
#define LIB_COMPRESSION_CODEC_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A form of compressed data.
enum class Codec {
  kNone,
  kGzip,
  kBzip2,
  kXz,
  kLzma,  // the format before xz
  kZstd,
};

// "none", "gzip", "bzip2", "xz", "lzma", "zstd".
absl::string_view CodecName(Codec codec);

// InvalidArgument `unknown codec "x": expected none, gzip, bzip2, xz, lzma or
// zstd`.
absl::StatusOr<Codec> ParseCodec(absl::string_view name);

// The codec whose magic number `bytes`, the first of a file, begin with; kNone
// if they begin with none. Six bytes are enough.
Codec DetectCodec(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_CODEC_H_
