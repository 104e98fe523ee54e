#ifndef LIB_SANDBOX_WORKING_DIRECTORY_H_
#define LIB_SANDBOX_WORKING_DIRECTORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rules_dockerfile {

// Closes all descriptors from 3 on except those of `kept` (-1: none), which end
// with the start of the command. Must be called before any path of an image is
// opened: open descriptors lead out of the image.
void CloseDescriptorsBut(std::vector<int> kept);

// Changes to a directory of this process' root directory. A magic link of
// procfs (/proc/self/fd/7), which may lead out of the root, is refused, also at
// the end of a symlink; so is a directory that is not below the root.
absl::Status EnterWorkingDirectory(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_WORKING_DIRECTORY_H_
