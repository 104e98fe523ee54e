#ifndef TOOLS_SHARED_OUTPUT_SET_H_
#define TOOLS_SHARED_OUTPUT_SET_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"

namespace rules_dockerfile {

// The files that a tool writes: either all of them are kept, or none: they are
// removed with this object unless Keep() was called.
class OutputSet {
 public:
  OutputSet() = default;
  OutputSet(const OutputSet&) = delete;
  OutputSet& operator=(const OutputSet&) = delete;
  ~OutputSet();

  // Makes the directory, with its parents, if it is not there. It stays.
  absl::Status MakeDirectory(const std::string& path);

  absl::StatusOr<OutputFile> Create(const std::string& path);
  absl::Status Write(const std::string& path, absl::string_view contents);

  // Removes the file, whatever becomes of the others.
  void Remove(const std::string& path);

  void Keep() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_SHARED_OUTPUT_SET_H_
