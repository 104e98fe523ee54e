#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/compression/decompressor.h"

namespace rules_dockerfile {
namespace {

constexpr DecompressOptions kOptions = {.max_size = 1 << 20};

// What `bytes` decompress to when they come in pieces of this size.
absl::StatusOr<std::string> DecompressInPieces(absl::string_view bytes,
                                               size_t piece_size) {
  StringSink sink;
  Decompressor decompressor(DetectCodec(bytes), &sink, kOptions);
  while (!bytes.empty()) {
    const absl::string_view piece = bytes.substr(0, piece_size);
    ABSL_RETURN_IF_ERROR(decompressor.Append(piece));
    bytes.remove_prefix(piece.size());
  }
  ABSL_RETURN_IF_ERROR(decompressor.Finish());
  return sink.contents();
}

// Any bytes decompress, to the same however they come and never beyond the
// limit, or are refused.
void DecompressesAnyBytes(absl::string_view bytes) {
  const absl::StatusOr<std::string> whole = DecompressToString(bytes, kOptions);
  for (const size_t piece_size : {1, 7}) {
    const absl::StatusOr<std::string> pieces =
        DecompressInPieces(bytes, piece_size);
    ABSL_CHECK_EQ(pieces.ok(), whole.ok())
        << whole.status() << "; " << pieces.status();
    if (whole.ok()) ABSL_CHECK(*pieces == *whole);
  }
  if (!whole.ok()) return;
  ABSL_CHECK_LE(static_cast<int64_t>(whole->size()), kOptions.max_size);
}

void RestoresWhatItCompresses(absl::string_view data) {
  for (const Codec codec : {Codec::kGzip, Codec::kZstd}) {
    StringSink sink;
    ABSL_CHECK_OK(Compress(data, {.codec = codec, .level = 1}, &sink));
    ABSL_CHECK(DetectCodec(sink.contents()) == codec);
    const absl::StatusOr<std::string> restored =
        DecompressToString(sink.contents(), kOptions);
    ABSL_CHECK_OK(restored);
    ABSL_CHECK(*restored == data);
  }
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  if (DetectCodec(input) == Codec::kNone) {
    RestoresWhatItCompresses(input);
  } else {
    DecompressesAnyBytes(input);
  }
  return 0;
}
