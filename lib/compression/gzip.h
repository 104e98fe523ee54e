#ifndef LIB_COMPRESSION_GZIP_H_
#define LIB_COMPRESSION_GZIP_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {

// Writes `data` as one gzip member (RFC 1952); see Compress(). `level` is 1 to
// 9, `threads` at least 1.
absl::Status WriteGzip(absl::string_view data, int level, int threads,
                       ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_GZIP_H_
