#include "lib/compression/decoder.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "bzlib.h"
#include "lib/base/byte_sink.h"
#include "lib/base/out_of_memory.h"
#include "lib/compression/codec.h"
#include "lzma.h"
#include "zlib.h"
#include "zstd.h"
#include "zstd_errors.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kOutputSize = 1 << 18;
// xz -9 asks for 65 MiB; a hostile file could ask for all there is.
constexpr uint64_t kXzMemoryLimit = 256 << 20;

absl::Status Damaged(Codec codec, absl::string_view cause) {
  return absl::InvalidArgumentError(
      absl::StrCat(CodecName(codec), " data is damaged: ", cause));
}

absl::Status EndsEarly(Codec codec) {
  return absl::InvalidArgumentError(
      absl::StrCat(CodecName(codec), " data is truncated"));
}

// The most input that fits the 32-bit counters of zlib and bzip2.
absl::string_view ConsumePiece(absl::string_view* input) {
  const absl::string_view piece = input->substr(0, 1 << 30);
  input->remove_prefix(piece.size());
  return piece;
}

class NoDecoder : public Decoder {
 public:
  absl::Status Decode(absl::string_view input, ByteSink* sink) override {
    return sink->Append(input);
  }
  absl::Status Finish(ByteSink*) override { return absl::OkStatus(); }
};

class GzipDecoder : public Decoder {
 public:
  GzipDecoder() {
    // 16: with a gzip header and trailer.
    const int result = inflateInit2(&stream_, 16 + MAX_WBITS);
    if (result == Z_MEM_ERROR) OutOfMemory();
    ABSL_CHECK_EQ(result, Z_OK);
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }

  absl::Status Decode(absl::string_view input, ByteSink* sink) override {
    while (!input.empty()) {
      ABSL_RETURN_IF_ERROR(DecodePiece(ConsumePiece(&input), sink));
    }
    return absl::OkStatus();
  }

  absl::Status Finish(ByteSink*) override {
    return ended_ ? absl::OkStatus() : EndsEarly(Codec::kGzip);
  }

 private:
  absl::Status DecodePiece(absl::string_view piece, ByteSink* sink) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      if (ended_) {  // another member follows
        ABSL_CHECK_EQ(inflateReset(&stream_), Z_OK);
        ended_ = false;
      }
      stream_.next_out = reinterpret_cast<Bytef*>(output_.data());
      stream_.avail_out = kOutputSize;
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_MEM_ERROR) OutOfMemory();
      if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
        return Damaged(Codec::kGzip,
                       stream_.msg != nullptr ? stream_.msg : zError(result));
      }
      ended_ = result == Z_STREAM_END;
      ABSL_RETURN_IF_ERROR(
          sink->Append({output_.data(), kOutputSize - stream_.avail_out}));
      // A full output may not be all of it.
    } while (stream_.avail_in > 0 || (stream_.avail_out == 0 && !ended_));
    return absl::OkStatus();
  }

  z_stream stream_ = {};
  bool ended_ = false;
  std::array<char, kOutputSize> output_;
};

class Bzip2Decoder : public Decoder {
 public:
  Bzip2Decoder() { Start(); }
  ~Bzip2Decoder() override { BZ2_bzDecompressEnd(&stream_); }

  absl::Status Decode(absl::string_view input, ByteSink* sink) override {
    while (!input.empty()) {
      ABSL_RETURN_IF_ERROR(DecodePiece(ConsumePiece(&input), sink));
    }
    return absl::OkStatus();
  }

  absl::Status Finish(ByteSink*) override {
    return ended_ ? absl::OkStatus() : EndsEarly(Codec::kBzip2);
  }

 private:
  void Start() {
    const int result = BZ2_bzDecompressInit(&stream_, 0, 0);
    if (result == BZ_MEM_ERROR) OutOfMemory();
    ABSL_CHECK_EQ(result, BZ_OK);
  }

  absl::Status DecodePiece(absl::string_view piece, ByteSink* sink) {
    char* next_in = const_cast<char*>(piece.data());
    unsigned int avail_in = static_cast<unsigned int>(piece.size());
    do {
      if (ended_) {  // another stream follows
        BZ2_bzDecompressEnd(&stream_);
        stream_ = {};
        Start();
        ended_ = false;
      }
      stream_.next_in = next_in;
      stream_.avail_in = avail_in;
      stream_.next_out = output_.data();
      stream_.avail_out = kOutputSize;
      const int result = BZ2_bzDecompress(&stream_);
      if (result == BZ_MEM_ERROR) OutOfMemory();
      if (result != BZ_OK && result != BZ_STREAM_END) {
        return Damaged(Codec::kBzip2, result == BZ_DATA_ERROR_MAGIC
                                          ? "not a bzip2 stream"
                                          : "corrupt data");
      }
      ended_ = result == BZ_STREAM_END;
      next_in = stream_.next_in;
      avail_in = stream_.avail_in;
      ABSL_RETURN_IF_ERROR(
          sink->Append({output_.data(), kOutputSize - stream_.avail_out}));
    } while (avail_in > 0 || (stream_.avail_out == 0 && !ended_));
    return absl::OkStatus();
  }

  bz_stream stream_ = {};
  bool ended_ = false;
  std::array<char, kOutputSize> output_;
};

// xz, and the format before it.
class XzDecoder : public Decoder {
 public:
  explicit XzDecoder(Codec codec) : codec_(codec) {
    const lzma_ret result =
        codec == Codec::kXz
            ? lzma_stream_decoder(&stream_, kXzMemoryLimit, LZMA_CONCATENATED)
            : lzma_alone_decoder(&stream_, kXzMemoryLimit);
    if (result == LZMA_MEM_ERROR) OutOfMemory();
    ABSL_CHECK_EQ(result, LZMA_OK);
  }
  ~XzDecoder() override { lzma_end(&stream_); }

  absl::Status Decode(absl::string_view input, ByteSink* sink) override {
    return Run(input, LZMA_RUN, sink);
  }
  absl::Status Finish(ByteSink* sink) override {
    return ended_ ? absl::OkStatus() : Run("", LZMA_FINISH, sink);
  }

 private:
  absl::Status Run(absl::string_view input, lzma_action action,
                   ByteSink* sink) {
    stream_.next_in = reinterpret_cast<const uint8_t*>(input.data());
    stream_.avail_in = input.size();
    while (action == LZMA_FINISH || stream_.avail_in > 0 || output_is_full_) {
      if (ended_) return Damaged(codec_, "more bytes after the end");
      stream_.next_out = reinterpret_cast<uint8_t*>(output_.data());
      stream_.avail_out = kOutputSize;
      const lzma_ret result = lzma_code(&stream_, action);
      if (result == LZMA_MEM_ERROR) OutOfMemory();
      ABSL_RETURN_IF_ERROR(
          sink->Append({output_.data(), kOutputSize - stream_.avail_out}));
      ended_ = result == LZMA_STREAM_END;
      output_is_full_ = stream_.avail_out == 0 && !ended_;
      if (ended_ && action == LZMA_FINISH) return absl::OkStatus();
      if (result == LZMA_BUF_ERROR) {  // it can go on no further
        return action == LZMA_FINISH ? EndsEarly(codec_) : absl::OkStatus();
      }
      if (result != LZMA_OK && !ended_) return Damaged(codec_, Cause(result));
    }
    return absl::OkStatus();
  }

  static absl::string_view Cause(lzma_ret result) {
    switch (result) {
      case LZMA_FORMAT_ERROR:
        return "not a stream of this format";
      case LZMA_MEMLIMIT_ERROR:
        return "it requires more than 256 MiB of memory";
      default:
        return "corrupt data";
    }
  }

  const Codec codec_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ended_ = false;
  bool output_is_full_ = false;
  std::array<char, kOutputSize> output_;
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) OutOfMemory();
  }
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  absl::Status Decode(absl::string_view input, ByteSink* sink) override {
    ZSTD_inBuffer in = {input.data(), input.size(), 0};
    bool output_full = false;
    while (in.pos < in.size || output_full) {
      ZSTD_outBuffer out = {output_.data(), kOutputSize, 0};
      const size_t result = ZSTD_decompressStream(stream_, &out, &in);
      if (ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation) {
        OutOfMemory();
      }
      if (ZSTD_isError(result)) {
        return Damaged(Codec::kZstd, ZSTD_getErrorName(result));
      }
      ended_ = result == 0;
      output_full = out.pos == out.size && !ended_;
      ABSL_RETURN_IF_ERROR(sink->Append({output_.data(), out.pos}));
    }
    return absl::OkStatus();
  }

  absl::Status Finish(ByteSink*) override {
    return ended_ ? absl::OkStatus() : EndsEarly(Codec::kZstd);
  }

 private:
  ZSTD_DStream* stream_;
  bool ended_ = false;
  std::array<char, kOutputSize> output_;
};

}  // namespace

std::unique_ptr<Decoder> MakeDecoder(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return std::make_unique<NoDecoder>();
    case Codec::kGzip:
      return std::make_unique<GzipDecoder>();
    case Codec::kBzip2:
      return std::make_unique<Bzip2Decoder>();
    case Codec::kXz:
    case Codec::kLzma:
      return std::make_unique<XzDecoder>(codec);
    case Codec::kZstd:
      return std::make_unique<ZstdDecoder>();
  }
  return std::make_unique<NoDecoder>();
}

}  // namespace rules_dockerfile
