#include "lib/compression/decompressor.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/map_guard.h"
#include "lib/compression/codec.h"
#include "lib/compression/decoder.h"

namespace rules_dockerfile {
namespace {

// Of a mapped file, in memory at a time.
constexpr size_t kPieceSize = 1 << 22;

}  // namespace

absl::Status Decompressor::LimitedSink::Append(absl::string_view bytes) {
  const int64_t size = static_cast<int64_t>(bytes.size());
  if (size > max_size_ - size_) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", max_size_, " bytes of decompressed data"));
  }
  size_ += size;
  return sink_->Append(bytes);
}

Decompressor::Decompressor(Codec codec, ByteSink* sink,
                           const DecompressOptions& options)
    : sink_(sink, options.max_size), decoder_(MakeDecoder(codec)) {}

absl::Status Decompressor::Append(absl::string_view compressed) {
  return decoder_->Decode(compressed, &sink_);
}

absl::Status Decompressor::Finish() { return decoder_->Finish(&sink_); }

absl::Status Decompress(absl::string_view compressed, ByteSink* sink,
                        const DecompressOptions& options) {
  Decompressor decompressor(DetectCodec(compressed), sink, options);
  for (size_t i = 0; i < compressed.size(); i += kPieceSize) {
    const absl::string_view piece = compressed.substr(i, kPieceSize);
    ABSL_RETURN_IF_ERROR(decompressor.Append(piece));
    DropPages(piece);
  }
  return decompressor.Finish();
}

absl::StatusOr<std::string> DecompressToString(
    absl::string_view compressed, const DecompressOptions& options) {
  StringSink sink;
  ABSL_RETURN_IF_ERROR(Decompress(compressed, &sink, options));
  return std::move(sink).contents();
}

}  // namespace rules_dockerfile
