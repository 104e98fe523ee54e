#ifndef LIB_COMPRESSION_DECOMPRESSOR_H_
#define LIB_COMPRESSION_DECOMPRESSOR_H_

#include <cstdint>
#include <limits>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/decoder.h"

namespace rules_dockerfile {

struct DecompressOptions {
  // ResourceExhausted `more than <max_size> bytes of decompressed data` beyond
  // it: a small file can unfold to any size.
  int64_t max_size = std::numeric_limits<int64_t>::max();
};

// Takes compressed bytes and passes the decompressed ones on. Several streams
// one after the other (as parallel compressors write them) are one.
//
//   Decompressor decompressor(Codec::kGzip, &sink);
//   ABSL_RETURN_IF_ERROR(decompressor.Append(bytes));
//   return decompressor.Finish();
//
// Malformed input is InvalidArgument `gzip data is damaged: <cause>`, a missing
// end `gzip data is truncated`.
class Decompressor : public ByteSink {
 public:
  // `sink` must outlive this object.
  Decompressor(Codec codec, ByteSink* sink,
               const DecompressOptions& options = {});

  absl::Status Append(absl::string_view compressed) override;

  // To be called after the last byte: fails if there should be more.
  absl::Status Finish();

 private:
  class LimitedSink : public ByteSink {
   public:
    LimitedSink(ByteSink* sink, int64_t max_size)
        : sink_(sink), max_size_(max_size) {}
    absl::Status Append(absl::string_view bytes) override;

   private:
    ByteSink* sink_;
    const int64_t max_size_;
    int64_t size_ = 0;
  };

  LimitedSink sink_;
  std::unique_ptr<Decoder> decoder_;
};

// Decompresses all of `compressed`, with the codec of its first bytes; what has
// no known magic number is passed on as it is.
absl::Status Decompress(absl::string_view compressed, ByteSink* sink,
                        const DecompressOptions& options = {});

// The same, into memory.
absl::StatusOr<std::string> DecompressToString(
    absl::string_view compressed, const DecompressOptions& options = {});

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_DECOMPRESSOR_H_
