#ifndef LIB_WORKER_LINE_BUFFER_H_
#define LIB_WORKER_LINE_BUFFER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Splits input that arrives in pieces into lines.
class LineBuffer {
 public:
  void Append(absl::string_view bytes) { bytes_.append(bytes); }

  // Returns the next complete line, without its end. Each byte is looked at
  // once.
  std::optional<std::string> Next() {
    const size_t end = bytes_.find('\n', searched_);
    if (end == bytes_.npos) {
      searched_ = bytes_.size();
      return std::nullopt;
    }
    // Usually there is one line, whose memory goes to the caller.
    std::string rest = bytes_.substr(end + 1);
    bytes_.resize(end);
    bytes_.swap(rest);
    searched_ = 0;
    return rest;
  }

  // The bytes of the line whose end has not arrived yet.
  size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
  size_t searched_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_LINE_BUFFER_H_
