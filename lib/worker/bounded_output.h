#ifndef LIB_WORKER_BOUNDED_OUTPUT_H_
#define LIB_WORKER_BOUNDED_OUTPUT_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The output of a process for a message: its beginning and its end if it is
// longer than two times `part` bytes.
class BoundedOutput {
 public:
  explicit BoundedOutput(size_t part) : part_(part) {}

  void Append(absl::string_view bytes) {
    const size_t first = std::min(bytes.size(), part_ - begin_.size());
    begin_.append(bytes.substr(0, first));
    end_.append(bytes.substr(first));
    // In large steps, so that each byte is moved once.
    if (end_.size() >= 2 * part_) DropTo(part_);
  }

  // Returns all that was appended; or the beginning, a line that says how many
  // bytes are missing, and the end.
  std::string Text() {
    DropTo(part_);
    if (dropped_ == 0) return absl::StrCat(begin_, end_);
    return absl::StrCat(begin_, "\n[", dropped_, " bytes left out]\n", end_);
  }

 private:
  void DropTo(size_t size) {
    if (end_.size() <= size) return;
    dropped_ += end_.size() - size;
    end_.erase(0, end_.size() - size);
  }

  size_t part_;
  std::string begin_;
  std::string end_;
  uint64_t dropped_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_BOUNDED_OUTPUT_H_
