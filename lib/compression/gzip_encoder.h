#ifndef LIB_COMPRESSION_GZIP_ENCODER_H_
#define LIB_COMPRESSION_GZIP_ENCODER_H_

#include <memory>

#include "lib/compression/encoder.h"

namespace rules_dockerfile {

// One gzip member (RFC 1952); see Compress(). `level` is 1 to 9.
std::unique_ptr<Encoder> MakeGzipEncoder(int level);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_GZIP_ENCODER_H_
