#ifndef LIB_WORKER_TEST_MESSAGES_H_
#define LIB_WORKER_TEST_MESSAGES_H_

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Fields of messages in the wire format of Protocol Buffers.

inline std::string Varint(uint64_t value) {
  if (value < 0x80) return std::string(1, static_cast<char>(value));
  return static_cast<char>(value | 0x80) + Varint(value >> 7);
}

inline std::string NumberField(int number, uint64_t value) {
  return Varint(number << 3) + Varint(value);
}

inline std::string TextField(int number, absl::string_view text) {
  return absl::StrCat(Varint(number << 3 | 2), Varint(text.size()), text);
}

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_TEST_MESSAGES_H_
