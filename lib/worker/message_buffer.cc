#include "lib/worker/message_buffer.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/proto_reader.h"

namespace rules_dockerfile {
namespace {

// A COPY of 1 000 000 files has less.
constexpr uint64_t kLongestMessage = uint64_t{1} << 30;
// That of 100 000 files has less. It is known before the bytes are there.
constexpr uint64_t kReserved = uint64_t{1} << 25;

}  // namespace

absl::StatusOr<std::optional<std::string>> MessageBuffer::Next() {
  if (!size_.has_value()) {
    absl::string_view message = bytes_;
    const absl::StatusOr<std::optional<uint64_t>> size = TakeVarint(message);
    if (!size.ok()) {
      return absl::InvalidArgumentError(
          "work request: its length has more than 64 bits");
    }
    size_ = *size;
    if (!size_.has_value()) return std::nullopt;
    if (*size_ > kLongestMessage) {
      return absl::InvalidArgumentError(
          absl::StrCat("work request: expected at most ", kLongestMessage,
                       " bytes, got ", *size_));
    }
    bytes_.erase(0, bytes_.size() - message.size());
    bytes_.reserve(std::min(*size_, kReserved));
  }
  if (bytes_.size() < *size_) return std::nullopt;
  // Mostly nothing follows, and the memory goes to the caller.
  std::string message = bytes_.substr(*size_);
  bytes_.resize(*size_);
  bytes_.swap(message);
  size_.reset();
  return message;
}

}  // namespace rules_dockerfile
