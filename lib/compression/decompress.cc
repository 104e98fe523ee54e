#include "lib/compression/decompress.h"

#include <bzlib.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kGzipMagic = "\x1f\x8b";
constexpr absl::string_view kBzip2Magic = "BZh";
constexpr absl::string_view kXzMagic = absl::string_view(
    "\xfd"
    "7zXZ\0",
    6);
constexpr absl::string_view kZstdMagic = "\x28\xb5\x2f\xfd";
// .lzma has no magic number: properties 0x5d, then a dictionary size that is a
// power of two, so that its two low bytes are zero, as `lzma` has always
// written.
constexpr absl::string_view kLzmaMagic = absl::string_view("\x5d\0\0", 3);

constexpr size_t kBufferSize = 256 * 1024;
// What a stream may make the decoder allocate: hostile input may ask for 4 GiB.
constexpr uint64_t kMaxDictionaryMemory = uint64_t{1} << 30;

absl::Status Malformed(Compression compression) {
  return absl::InvalidArgumentError(
      absl::StrCat(CompressionName(compression), " data: malformed"));
}

absl::Status UnexpectedEnd(Compression compression) {
  return absl::InvalidArgumentError(
      absl::StrCat(CompressionName(compression), " data: unexpected end"));
}

char* Bytes(absl::string_view bytes) { return const_cast<char*>(bytes.data()); }

// The libraries count input in 32 bits: hand it over in pieces.
unsigned int PieceSize(absl::string_view bytes) {
  return static_cast<unsigned int>(
      std::min<size_t>(bytes.size(), std::numeric_limits<int32_t>::max()));
}

absl::Status Gunzip(absl::string_view bytes, ByteSink* sink) {
  z_stream stream = {};
  // 15 bits of window, and 16 for the gzip header.
  ABSL_CHECK_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  const absl::Cleanup end = [&stream] { inflateEnd(&stream); };
  std::vector<char> buffer(kBufferSize);
  while (true) {
    stream.next_in = reinterpret_cast<Bytef*>(Bytes(bytes));
    stream.avail_in = PieceSize(bytes);
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = buffer.size();
    const unsigned int given = stream.avail_in;
    const int result = inflate(&stream, Z_NO_FLUSH);
    bytes.remove_prefix(given - stream.avail_in);
    const size_t made = buffer.size() - stream.avail_out;
    ABSL_RETURN_IF_ERROR(sink->Append({buffer.data(), made}));
    if (result == Z_STREAM_END) {
      // gzip(1): what follows the last member and is no member is ignored.
      if (!bytes.starts_with(kGzipMagic)) return absl::OkStatus();
      ABSL_CHECK_EQ(inflateReset(&stream), Z_OK);
      continue;
    }
    if (result == Z_BUF_ERROR && bytes.empty()) {
      return UnexpectedEnd(Compression::kGzip);
    }
    if (result != Z_OK) return Malformed(Compression::kGzip);
  }
}

absl::Status Bunzip2(absl::string_view bytes, ByteSink* sink) {
  std::vector<char> buffer(kBufferSize);
  while (bytes.starts_with(kBzip2Magic)) {
    bz_stream stream = {};
    ABSL_CHECK_EQ(BZ2_bzDecompressInit(&stream, /*verbosity=*/0, /*small=*/0),
                  BZ_OK);
    const absl::Cleanup end = [&stream] { BZ2_bzDecompressEnd(&stream); };
    int result = BZ_OK;
    while (result != BZ_STREAM_END) {
      stream.next_in = Bytes(bytes);
      stream.avail_in = PieceSize(bytes);
      stream.next_out = buffer.data();
      stream.avail_out = buffer.size();
      const unsigned int given = stream.avail_in;
      result = BZ2_bzDecompress(&stream);
      if (result != BZ_OK && result != BZ_STREAM_END) {
        return Malformed(Compression::kBzip2);
      }
      bytes.remove_prefix(given - stream.avail_in);
      const size_t made = buffer.size() - stream.avail_out;
      ABSL_RETURN_IF_ERROR(sink->Append({buffer.data(), made}));
      if (result == BZ_OK && bytes.empty() && made == 0) {
        return UnexpectedEnd(Compression::kBzip2);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status DecodeLzma(Compression compression, absl::string_view bytes,
                        ByteSink* sink) {
  lzma_stream stream = LZMA_STREAM_INIT;
  const lzma_ret start =
      compression == Compression::kXz
          ? lzma_stream_decoder(&stream, kMaxDictionaryMemory,
                                LZMA_CONCATENATED)
          : lzma_alone_decoder(&stream, kMaxDictionaryMemory);
  ABSL_CHECK_EQ(start, LZMA_OK);
  const absl::Cleanup end = [&stream] { lzma_end(&stream); };
  stream.next_in = reinterpret_cast<const uint8_t*>(bytes.data());
  stream.avail_in = bytes.size();
  std::vector<char> buffer(kBufferSize);
  while (true) {
    stream.next_out = reinterpret_cast<uint8_t*>(buffer.data());
    stream.avail_out = buffer.size();
    const lzma_ret result = lzma_code(&stream, LZMA_FINISH);
    const size_t made = buffer.size() - stream.avail_out;
    ABSL_RETURN_IF_ERROR(sink->Append({buffer.data(), made}));
    if (result == LZMA_STREAM_END) return absl::OkStatus();
    if (result == LZMA_BUF_ERROR) return UnexpectedEnd(compression);
    if (result != LZMA_OK) return Malformed(compression);
  }
}

absl::Status DecodeZstd(absl::string_view bytes, ByteSink* sink) {
  ZSTD_DCtx* const context = ZSTD_createDCtx();
  ABSL_CHECK(context != nullptr);
  const absl::Cleanup end = [context] { ZSTD_freeDCtx(context); };
  std::vector<char> buffer(kBufferSize);
  ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
  size_t result = 1;
  // A frame that ends gives 0, also when another one follows. A full buffer may
  // hide output that needs no more input.
  bool is_full = false;
  while (input.pos < input.size || (is_full && result != 0)) {
    ZSTD_outBuffer output = {buffer.data(), buffer.size(), 0};
    result = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(result)) return Malformed(Compression::kZstd);
    ABSL_RETURN_IF_ERROR(sink->Append({buffer.data(), output.pos}));
    is_full = output.pos == output.size;
  }
  return result == 0 ? absl::OkStatus() : UnexpectedEnd(Compression::kZstd);
}

}  // namespace

absl::string_view CompressionName(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return "gzip";
    case Compression::kBzip2:
      return "bzip2";
    case Compression::kXz:
      return "xz";
    case Compression::kLzma:
      return "lzma";
    case Compression::kZstd:
      return "zstd";
    case Compression::kNone:
      break;
  }
  return "none";
}

Compression DetectCompression(absl::string_view bytes) {
  if (bytes.starts_with(kGzipMagic)) return Compression::kGzip;
  if (bytes.starts_with(kBzip2Magic)) return Compression::kBzip2;
  if (bytes.starts_with(kXzMagic)) return Compression::kXz;
  if (bytes.starts_with(kZstdMagic)) return Compression::kZstd;
  if (bytes.starts_with(kLzmaMagic)) return Compression::kLzma;
  return Compression::kNone;
}

absl::Status Decompress(absl::string_view bytes, ByteSink* sink) {
  const Compression compression = DetectCompression(bytes);
  switch (compression) {
    case Compression::kGzip:
      return Gunzip(bytes, sink);
    case Compression::kBzip2:
      return Bunzip2(bytes, sink);
    case Compression::kXz:
    case Compression::kLzma:
      return DecodeLzma(compression, bytes, sink);
    case Compression::kZstd:
      return DecodeZstd(bytes, sink);
    case Compression::kNone:
      break;
  }
  return sink->Append(bytes);
}

absl::StatusOr<std::string> Decompress(absl::string_view bytes) {
  StringSink sink;
  ABSL_RETURN_IF_ERROR(Decompress(bytes, &sink));
  return sink.contents();
}

}  // namespace rules_dockerfile
