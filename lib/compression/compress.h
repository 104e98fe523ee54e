#ifndef LIB_COMPRESSION_COMPRESS_H_
#define LIB_COMPRESSION_COMPRESS_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"

namespace rules_dockerfile {

struct CompressOptions {
  Codec codec = Codec::kGzip;
  // gzip 1 to 9, zstd 1 to 22; by default 6 and 3.
  std::optional<int> level;
  // How many threads may compress. The bytes written do not depend on it.
  int threads = 1;
  // Is given the data as it is, in order, while threads compress it: so a
  // digest of both forms takes one pass. May be null.
  ByteSink* tee = nullptr;
};

// Compresses all of `data`. The bytes written depend on the data, codec, level
// and version of the library alone:
//  - gzip: one member without name or time, of blocks of 1 MiB that are
//    compressed apart;
//  - zstd: a frame for each 16 MiB, with its content's size and checksum.
// In memory there are, of mapped data, about as many blocks as threads.
// InvalidArgument `gzip has no level 12: expected 1 to 9`; Unimplemented for
// codecs that are only read; errors of `sink` and `tee`.
absl::Status Compress(absl::string_view data, const CompressOptions& options,
                      ByteSink* sink);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_COMPRESS_H_
