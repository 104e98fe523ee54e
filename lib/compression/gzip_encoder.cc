#include "lib/compression/gzip_encoder.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/string_view.h"
#include "lib/base/out_of_memory.h"
#include "lib/compression/encoder.h"
#include "zlib.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kBlockSize = 1 << 20;
constexpr size_t kWindowSize = 1 << 15;

Bytef* Bytes(absl::string_view view) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(view.data()));
}

std::string LittleEndian32(uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

// A deflate stream of which each block is a part that others go on with: all
// but the last end in a sync flush, on a byte's edge.
class GzipEncoder : public Encoder {
 public:
  explicit GzipEncoder(int level) : level_(level) {}

  size_t block_size() const override { return kBlockSize; }

  std::string Header() const override {
    // RFC 1952, 2.3: no time, OS unknown. XFL marks the slowest and the
    // fastest algorithm.
    std::string header("\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    header[8] = level_ == 9 ? 2 : level_ == 1 ? 4 : 0;
    return header;
  }

  EncodedBlock Encode(absl::string_view data, size_t begin) const override {
    const absl::string_view block = data.substr(begin, kBlockSize);
    const bool is_last = begin + block.size() == data.size();
    const size_t window = std::min(begin, kWindowSize);

    z_stream stream = {};
    // A negative window size: without header and trailer.
    const int initialized =
        deflateInit2(&stream, level_, Z_DEFLATED, -MAX_WBITS, MAX_MEM_LEVEL,
                     Z_DEFAULT_STRATEGY);
    if (initialized == Z_MEM_ERROR) OutOfMemory();
    ABSL_CHECK_EQ(initialized, Z_OK);
    if (window > 0) {
      ABSL_CHECK_EQ(
          deflateSetDictionary(&stream, Bytes(data.substr(begin - window)),
                               static_cast<uInt>(window)),
          Z_OK);
    }
    // The bound holds for a finished stream; a sync flush takes no more.
    const size_t bound = deflateBound(&stream, block.size()) + 16;
    EncodedBlock result(bound);
    stream.next_in = Bytes(block);
    stream.avail_in = static_cast<uInt>(block.size());
    stream.next_out = reinterpret_cast<Bytef*>(result.bytes.get());
    stream.avail_out = static_cast<uInt>(bound);
    const int status = deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
    ABSL_CHECK_EQ(status, is_last ? Z_STREAM_END : Z_OK);
    ABSL_CHECK(stream.avail_in == 0 && stream.avail_out > 0);
    result.size = stream.total_out;
    deflateEnd(&stream);
    return result;
  }

  void Add(absl::string_view block) override {
    crc_ = crc32_z(crc_, Bytes(block), block.size());
    size_ += block.size();
  }

  std::string Trailer() const override {
    return LittleEndian32(crc_) + LittleEndian32(size_);  // modulo 2^32
  }

 private:
  const int level_;
  uLong crc_ = crc32_z(0, nullptr, 0);
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> MakeGzipEncoder(int level) {
  return std::make_unique<GzipEncoder>(level);
}

}  // namespace rules_dockerfile
