#ifndef LIB_COMPRESSION_ENCODER_H_
#define LIB_COMPRESSION_ENCODER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The encoded form of a block: `size` bytes. Not a string, which would be
// filled first: what is allocated is the most that a block may take.
struct EncodedBlock {
  // Makes place for so many bytes, which are not those of before.
  void Reserve(size_t max_size) {
    if (capacity >= max_size) return;
    bytes = std::make_unique_for_overwrite<char[]>(max_size);
    capacity = max_size;
  }

  absl::string_view view() const { return {bytes.get(), size}; }

  std::unique_ptr<char[]> bytes;
  size_t capacity = 0;
  size_t size = 0;
};

// A format of compressed data that is made of blocks, which are encoded apart;
// see Compress(), which is what others use.
class Encoder {
 public:
  virtual ~Encoder() = default;

  // All blocks but the last are of this size. No data is one empty block.
  virtual size_t block_size() const = 0;

  // What is before the first block.
  virtual std::string Header() const { return ""; }

  // Encodes a block to `result`, whose memory may be that of an earlier one.
  // Threads may call this at the same time.
  virtual void Encode(absl::string_view block, bool is_last,
                      EncodedBlock& result) const = 0;

  // To be called with each block, in order, before Trailer().
  virtual void Add(absl::string_view) {}

  // What is after the last block.
  virtual std::string Trailer() const { return ""; }
};

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_ENCODER_H_
