#include "lib/compression/codec.h"

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

struct CodecInfo {
  Codec codec;
  absl::string_view name;
  absl::string_view magic;
};

constexpr CodecInfo kCodecs[] = {
    {Codec::kNone, "none", ""},
    // RFC 1952: ID1, ID2, and deflate, the only method there is.
    {Codec::kGzip, "gzip", "\x1f\x8b\x08"},
    {Codec::kBzip2, "bzip2", "BZh"},
    {Codec::kXz, "xz", absl::string_view("\xfd\x37zXZ\0", 6)},
    // No magic number, but the properties byte that is always written, and the
    // low bytes of a dictionary size that is a power of two.
    {Codec::kLzma, "lzma", absl::string_view("\x5d\0\0", 3)},
    {Codec::kZstd, "zstd", "\x28\xb5\x2f\xfd"},  // RFC 8878, 3.1.1
};

}  // namespace

absl::string_view CodecName(Codec codec) {
  for (const CodecInfo& info : kCodecs) {
    if (info.codec == codec) return info.name;
  }
  return "unknown";
}

absl::StatusOr<Codec> ParseCodec(absl::string_view name) {
  for (const CodecInfo& info : kCodecs) {
    if (info.name == name) return info.codec;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown codec \"", name,
                   "\": expected none, gzip, bzip2, xz, lzma or zstd"));
}

Codec DetectCodec(absl::string_view bytes) {
  for (const CodecInfo& info : kCodecs) {
    if (!info.magic.empty() && absl::StartsWith(bytes, info.magic)) {
      return info.codec;
    }
  }
  return Codec::kNone;
}

}  // namespace rules_dockerfile
