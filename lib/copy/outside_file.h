#ifndef LIB_COPY_OUTSIDE_FILE_H_
#define LIB_COPY_OUTSIDE_FILE_H_

#include <optional>
#include <string>
#include <vector>

#include "lib/copy/context.h"

namespace rules_dockerfile {

// A file of the build context that a symlink brings in from elsewhere.
struct OutsideFile {
  std::string path;  // in the context
  std::string file;  // where it really is, absolute

  friend bool operator==(const OutsideFile&, const OutsideFile&) = default;
};

// The first of `files` that, at its own path of the source tree, is really
// outside of the directories of the others: whoever globbed it followed a
// symlink that leaves the build context. nullopt if there is none, or if no
// file shows where the context is, as when all are copies.
std::optional<OutsideFile> FindOutsideFile(
    const std::vector<ContextFile>& files);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_OUTSIDE_FILE_H_
