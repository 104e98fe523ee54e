#include "lib/compression/compress.h"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/map_guard.h"
#include "lib/base/task_threads.h"
#include "lib/compression/codec.h"
#include "lib/compression/encoder.h"
#include "lib/compression/gzip_encoder.h"
#include "lib/compression/zstd_encoder.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxGzipLevel = 9;
constexpr int kMaxZstdLevel = 22;
constexpr int kDefaultGzipLevel = 6;
constexpr int kDefaultZstdLevel = 3;

// Of data that is only copied, in memory at a time.
constexpr size_t kPieceSize = 1 << 22;

absl::StatusOr<int> CheckedLevel(const CompressOptions& options,
                                 int default_level, int max) {
  const int level = options.level.value_or(default_level);
  if (level >= 1 && level <= max) return level;
  return absl::InvalidArgumentError(absl::StrCat(CodecName(options.codec),
                                                 " has no level ", level,
                                                 ": expected 1 to ", max));
}

absl::StatusOr<std::unique_ptr<Encoder>> MakeEncoder(
    const CompressOptions& options) {
  switch (options.codec) {
    case Codec::kGzip: {
      ABSL_ASSIGN_OR_RETURN(
          const int level,
          CheckedLevel(options, kDefaultGzipLevel, kMaxGzipLevel));
      return MakeGzipEncoder(level);
    }
    case Codec::kZstd: {
      ABSL_ASSIGN_OR_RETURN(
          const int level,
          CheckedLevel(options, kDefaultZstdLevel, kMaxZstdLevel));
      return MakeZstdEncoder(level);
    }
    default:
      return absl::UnimplementedError(
          absl::StrCat(CodecName(options.codec), " can only be read"));
  }
}

absl::Status Tee(absl::string_view bytes, const CompressOptions& options) {
  return options.tee == nullptr ? absl::OkStatus() : options.tee->Append(bytes);
}

absl::Status Copy(absl::string_view data, const CompressOptions& options,
                  ByteSink* sink) {
  for (size_t i = 0; i < data.size(); i += kPieceSize) {
    const absl::string_view piece = data.substr(i, kPieceSize);
    ABSL_RETURN_IF_ERROR(Tee(piece, options));
    ABSL_RETURN_IF_ERROR(sink->Append(piece));
    DropPages(piece);
  }
  return absl::OkStatus();
}

absl::Status WriteBlocks(absl::string_view data, const CompressOptions& options,
                         Encoder& encoder, ByteSink* sink) {
  const size_t size = encoder.block_size();
  // No data is one empty block.
  const size_t count = std::max<size_t>(1, (data.size() + size - 1) / size);
  const size_t threads = options.threads;
  // Blocks in work, in order. One more than threads, so that these go on while
  // this one digests and writes.
  const size_t ahead = threads == 1 ? 1 : threads + 1;
  std::deque<std::future<EncodedBlock>> blocks;
  std::vector<EncodedBlock> spare;
  TaskThreads<EncodedBlock> workers(
      threads == 1 ? 0 : static_cast<int>(std::min(threads, count)));
  size_t started = 0;
  for (size_t i = 0; i < count; ++i) {
    for (; started < std::min(count, i + ahead); ++started) {
      EncodedBlock result;
      if (!spare.empty()) {
        result = std::move(spare.back());
        spare.pop_back();
      }
      blocks.push_back(
          workers.Add([&encoder, block = data.substr(started * size, size),
                       is_last = started + 1 == count,
                       result = std::move(result)]() mutable {
            encoder.Encode(block, is_last, result);
            return std::move(result);
          }));
    }
    const absl::string_view block = data.substr(i * size, size);
    encoder.Add(block);
    ABSL_RETURN_IF_ERROR(Tee(block, options));
    EncodedBlock encoded = blocks.front().get();
    blocks.pop_front();
    ABSL_RETURN_IF_ERROR(sink->Append(encoded.view()));
    DropPages(block);
    spare.push_back(std::move(encoded));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Compress(absl::string_view data, const CompressOptions& options,
                      ByteSink* sink) {
  if (options.codec == Codec::kNone) return Copy(data, options, sink);
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<Encoder> encoder,
                        MakeEncoder(options));
  ABSL_RETURN_IF_ERROR(sink->Append(encoder->Header()));
  ABSL_RETURN_IF_ERROR(WriteBlocks(data, options, *encoder, sink));
  return sink->Append(encoder->Trailer());
}

}  // namespace rules_dockerfile
