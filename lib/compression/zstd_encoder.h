#ifndef LIB_COMPRESSION_ZSTD_ENCODER_H_
#define LIB_COMPRESSION_ZSTD_ENCODER_H_

#include <memory>

#include "lib/compression/encoder.h"

namespace rules_dockerfile {

// Zstandard frames (RFC 8878), one a block; see Compress(). `level` is 1 to 22.
//
// The library's own workers would write one frame, but Debian's static library
// has none.
std::unique_ptr<Encoder> MakeZstdEncoder(int level);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_ZSTD_ENCODER_H_
