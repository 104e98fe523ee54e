#include "lib/compression/gzip.h"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <future>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/map_guard.h"
#include "lib/base/out_of_memory.h"
#include "zlib.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kBlockSize = 1 << 20;
constexpr size_t kWindowSize = 1 << 15;

struct DeflatedBlock {
  std::string bytes;
  // Of the block before compression.
  size_t size = 0;
  uLong crc = 0;
};

// Deflates data[begin, begin + kBlockSize) as a part of a stream that others
// go on with: all but the last end in a sync flush, on a byte's edge.
DeflatedBlock DeflateBlock(absl::string_view data, size_t begin, int level) {
  const absl::string_view block = data.substr(begin, kBlockSize);
  const bool is_last = begin + block.size() == data.size();
  const size_t window = std::min(begin, kWindowSize);
  const auto bytes = [](absl::string_view view) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(view.data()));
  };

  z_stream stream = {};
  // A negative window size: without header and trailer.
  const int initialized = deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS,
                                       MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY);
  if (initialized == Z_MEM_ERROR) OutOfMemory();
  ABSL_CHECK_EQ(initialized, Z_OK);
  if (window > 0) {
    const absl::string_view dictionary = data.substr(begin - window, window);
    ABSL_CHECK_EQ(deflateSetDictionary(&stream, bytes(dictionary),
                                       static_cast<uInt>(window)),
                  Z_OK);
  }
  DeflatedBlock result;
  // The bound holds for a finished stream; a sync flush takes no more.
  result.bytes.resize(deflateBound(&stream, block.size()) + 16);
  stream.next_in = bytes(block);
  stream.avail_in = static_cast<uInt>(block.size());
  stream.next_out = bytes(result.bytes);
  stream.avail_out = static_cast<uInt>(result.bytes.size());
  const int status = deflate(&stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
  ABSL_CHECK_EQ(status, is_last ? Z_STREAM_END : Z_OK);
  ABSL_CHECK(stream.avail_in == 0 && stream.avail_out > 0);
  result.bytes.resize(stream.total_out);
  deflateEnd(&stream);
  result.size = block.size();
  result.crc = crc32(0, bytes(block), static_cast<uInt>(block.size()));
  return result;
}

std::string Header(int level) {
  // RFC 1952, 2.3: XFL marks the slowest and the fastest algorithm.
  const char extra = level == 9 ? 2 : level == 1 ? 4 : 0;
  std::string header("\x1f\x8b\x08\0\0\0\0\0\0\xff",
                     10);  // no time, OS unknown
  header[8] = extra;
  return header;
}

std::string LittleEndian32(uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) {
    bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  }
  return bytes;
}

}  // namespace

absl::Status WriteGzip(absl::string_view data, int level, int threads,
                       ByteSink* sink) {
  ABSL_RETURN_IF_ERROR(sink->Append(Header(level)));
  uLong crc = crc32(0, nullptr, 0);
  // No data is one empty block.
  const size_t count =
      std::max<size_t>(1, (data.size() + kBlockSize - 1) / kBlockSize);
  // Blocks in work, in order. A thread each costs nothing beside its work.
  std::deque<std::future<DeflatedBlock>> blocks;
  size_t started = 0;
  for (size_t i = 0; i < count; ++i) {
    for (; started < std::min(count, i + threads); ++started) {
      // Deferred: runs in this thread, when its result is asked for.
      blocks.push_back(
          std::async(threads == 1 ? std::launch::deferred : std::launch::async,
                     DeflateBlock, data, started * kBlockSize, level));
    }
    const DeflatedBlock block = blocks.front().get();
    blocks.pop_front();
    crc = crc32_combine(crc, block.crc, static_cast<z_off_t>(block.size));
    ABSL_RETURN_IF_ERROR(sink->Append(block.bytes));
    DropPages(data.substr(i * kBlockSize, kBlockSize));
  }
  ABSL_RETURN_IF_ERROR(sink->Append(LittleEndian32(crc)));
  return sink->Append(LittleEndian32(data.size()));  // modulo 2^32
}

}  // namespace rules_dockerfile
