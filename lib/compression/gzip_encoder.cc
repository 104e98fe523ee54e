#include "lib/compression/gzip_encoder.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/string_view.h"
#include "lib/base/out_of_memory.h"
#include "lib/compression/deflate_joint.h"
#include "lib/compression/encoder.h"
#include "libdeflate.h"

namespace rules_dockerfile {
namespace {

// Larger blocks, each of which begins with no window, would save 0.1 %.
constexpr size_t kBlockSize = 1 << 20;

std::string LittleEndian32(uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

// libdeflate compresses a block to a complete stream; all but the last are
// opened, so that together they are one.
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

  void Encode(absl::string_view block, bool is_last,
              EncodedBlock& result) const override {
    const std::unique_ptr<libdeflate_compressor,
                          void (*)(libdeflate_compressor*)>
        compressor(libdeflate_alloc_compressor(level_),
                   libdeflate_free_compressor);
    if (compressor == nullptr) OutOfMemory();
    const size_t bound =
        libdeflate_deflate_compress_bound(compressor.get(), block.size());
    result.Reserve(bound + kDeflateJointSize);
    result.size =
        libdeflate_deflate_compress(compressor.get(), block.data(),
                                    block.size(), result.bytes.get(), bound);
    ABSL_CHECK_GT(result.size, 0u);
    if (!is_last) {
      result.size =
          OpenDeflateStream(result.bytes.get(), result.size, block.size());
    }
  }

  void Add(absl::string_view block) override {
    crc_ = libdeflate_crc32(crc_, block.data(), block.size());
    size_ += block.size();
  }

  std::string Trailer() const override {
    return LittleEndian32(crc_) + LittleEndian32(size_);  // modulo 2^32
  }

 private:
  const int level_;
  uint32_t crc_ = 0;
  uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<Encoder> MakeGzipEncoder(int level) {
  return std::make_unique<GzipEncoder>(level);
}

}  // namespace rules_dockerfile
