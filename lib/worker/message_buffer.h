#ifndef LIB_WORKER_MESSAGE_BUFFER_H_
#define LIB_WORKER_MESSAGE_BUFFER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Splits input that arrives in pieces into messages. Each comes after its
// length, a varint of Protocol Buffers.
class MessageBuffer {
 public:
  void Append(absl::string_view bytes) { bytes_.append(bytes); }

  // Returns the next complete message. InvalidArgument `work request: expected
  // at most 1073741824 bytes, got 4294967296`, or if it has no length.
  absl::StatusOr<std::optional<std::string>> Next();

 private:
  std::string bytes_;             // without the length that is known
  std::optional<uint64_t> size_;  // of the next message, if it is known
};

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_MESSAGE_BUFFER_H_
