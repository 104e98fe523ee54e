#ifndef LIB_COMPRESSION_DECODER_H_
#define LIB_COMPRESSION_DECODER_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"

namespace rules_dockerfile {

// A library's decompression behind one interface; see Decompressor, which is
// what others use.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Decodes all of `input`; output goes to `sink` in pieces.
  virtual absl::Status Decode(absl::string_view input, ByteSink* sink) = 0;

  // Fails unless the input so far is complete.
  virtual absl::Status Finish(ByteSink* sink) = 0;
};

std::unique_ptr<Decoder> MakeDecoder(Codec codec);

}  // namespace rules_dockerfile

#endif  // LIB_COMPRESSION_DECODER_H_
