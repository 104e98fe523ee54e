#ifndef LIB_WORKER_LINE_BUFFER_H_
#define LIB_WORKER_LINE_BUFFER_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Lines of what comes in pieces.
class LineBuffer {
 public:
  void Append(absl::string_view bytes) { bytes_.append(bytes); }

  // The next whole line, without its end. Each byte is looked at once.
  std::optional<std::string> Next() {
    const size_t end = bytes_.find('\n', searched_);
    if (end == bytes_.npos) {
      searched_ = bytes_.size();
      return std::nullopt;
    }
    // Most often it is all there is, and its memory goes with it.
    std::string rest = bytes_.substr(end + 1);
    bytes_.resize(end);
    bytes_.swap(rest);
    searched_ = 0;
    return rest;
  }

  // Of the line whose end has not come yet.
  size_t size() const { return bytes_.size(); }

 private:
  std::string bytes_;
  size_t searched_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_LINE_BUFFER_H_
