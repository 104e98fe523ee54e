#include "lib/compression/compress.h"

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/gzip.h"
#include "lib/compression/zstd_frame.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxGzipLevel = 9;
constexpr int kMaxZstdLevel = 22;
constexpr int kDefaultGzipLevel = 6;
constexpr int kDefaultZstdLevel = 3;

absl::Status CheckLevel(Codec codec, int level, int max) {
  if (level >= 1 && level <= max) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      CodecName(codec), " has no level ", level, ": expected 1 to ", max));
}

}  // namespace

absl::Status Compress(absl::string_view data, const CompressOptions& options,
                      ByteSink* sink) {
  switch (options.codec) {
    case Codec::kNone:
      return sink->Append(data);
    case Codec::kGzip: {
      const int level = options.level.value_or(kDefaultGzipLevel);
      ABSL_RETURN_IF_ERROR(CheckLevel(options.codec, level, kMaxGzipLevel));
      return WriteGzip(data, level, options.threads, sink);
    }
    case Codec::kZstd: {
      const int level = options.level.value_or(kDefaultZstdLevel);
      ABSL_RETURN_IF_ERROR(CheckLevel(options.codec, level, kMaxZstdLevel));
      return WriteZstdFrame(data, level, sink);
    }
    case Codec::kBzip2:
    case Codec::kXz:
    case Codec::kLzma:
      break;
  }
  return absl::UnimplementedError(
      absl::StrCat(CodecName(options.codec), " can only be read"));
}

}  // namespace rules_dockerfile
