#include "lib/compression/deflate_joint.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/log/absl_check.h"
#include "absl/strings/string_view.h"
#include "lib/base/out_of_memory.h"
#include "zlib.h"

namespace rules_dockerfile {
namespace {

// RFC 1951, 3.2.4: LEN and NLEN of a stored block of no bytes.
constexpr absl::string_view kNoBytes("\0\0\xff\xff", 4);
// BFINAL and BTYPE of a block; all zero for a stored one that is not the last.
constexpr size_t kBlockHeaderBits = 3;

// In bits.
struct LastBlock {
  size_t begin = 0;
  size_t end = 0;
};

LastBlock FindLastBlock(char* bytes, size_t size, size_t data_size) {
  z_stream stream = {};
  // A negative window size: without header and trailer.
  const int initialized = inflateInit2(&stream, -MAX_WBITS);
  if (initialized == Z_MEM_ERROR) OutOfMemory();
  ABSL_CHECK_EQ(initialized, Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(bytes);
  stream.avail_in = static_cast<uInt>(size);

  std::array<char, 1 << 16> output;  // of no use
  LastBlock block;
  int result;
  do {
    stream.next_out = reinterpret_cast<Bytef*>(output.data());
    stream.avail_out = output.size();
    result = inflate(&stream, Z_BLOCK);
    if (result == Z_MEM_ERROR) OutOfMemory();
    // 128: a block has ended; 64: the last one; and the number of bits of the
    // last byte that are not read yet.
    if ((stream.data_type & 128) == 0) continue;
    const size_t position = 8 * stream.total_in - (stream.data_type & 7);
    ((stream.data_type & 64) == 0 ? block.begin : block.end) = position;
  } while (result == Z_OK);
  ABSL_CHECK_EQ(result, Z_STREAM_END);
  ABSL_CHECK_EQ(stream.total_in, size);
  ABSL_CHECK_EQ(stream.total_out, data_size);
  inflateEnd(&stream);
  return block;
}

}  // namespace

size_t OpenDeflateStream(char* stream, size_t size, size_t data_size) {
  const LastBlock last = FindLastBlock(stream, size, data_size);
  stream[last.begin / 8] &= static_cast<char>(~(1 << last.begin % 8));
  // The unused bits of the last byte are zero, and become the block's header.
  if (8 * size - last.end < kBlockHeaderBits) stream[size++] = '\0';
  std::ranges::copy(kNoBytes, stream + size);
  return size + kNoBytes.size();
}

}  // namespace rules_dockerfile
