#include "lib/sbom/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kPiece = size_t{64} << 10;

}  // namespace

absl::StatusOr<std::string> Inflate(absl::string_view compressed,
                                    DeflateFormat format, size_t max_size) {
  if (compressed.size() > std::numeric_limits<uInt>::max()) {
    return absl::ResourceExhaustedError("deflate data is too large");
  }
  z_stream stream = {};
  const int window = format == DeflateFormat::kRaw ? -MAX_WBITS : MAX_WBITS;
  if (inflateInit2(&stream, window) != Z_OK) {
    return absl::ResourceExhaustedError("out of memory");
  }
  const absl::Cleanup end = [&] { inflateEnd(&stream); };
  // zlib does not write to its input.
  stream.next_in =
      const_cast<Bytef*>(reinterpret_cast<const Bytef*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  std::string data;
  while (true) {
    const size_t before = data.size();
    data.resize(before + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(data.data() + before);
    stream.avail_out = kPiece;
    const int result = inflate(&stream, Z_NO_FLUSH);
    data.resize(before + kPiece - stream.avail_out);
    if (data.size() > max_size) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", max_size, " bytes of decompressed data"));
    }
    if (result == Z_STREAM_END) return data;
    if (result != Z_OK || stream.avail_out > 0) {
      return absl::InvalidArgumentError("deflate data is damaged");
    }
  }
}

}  // namespace rules_dockerfile
