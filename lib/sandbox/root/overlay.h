#ifndef LIB_SANDBOX_ROOT_OVERLAY_H_
#define LIB_SANDBOX_ROOT_OVERLAY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The overlay of a root directory. The working directory is the scratch
// directory, with the directories "stub" and "upper"; relative names of lower
// directories are those in it.

// Mounts it on `root`: the directories `lower`, as the option lowerdir has
// them, above "stub", and below "upper". Errno says why not.
//
// A real root's overlay keeps its marks in trusted.* attributes, one in a user
// namespace in user.*. A device that the command makes is a node like any
// other, but cannot be opened. Redirects and metadata-only copies are off: a
// layer cannot hold them. All directories are of one file system, so files have
// its inode numbers: small ones, which programs may keep as a double. With xino
// all files are of one device.
bool MountOverlay(SandboxMode mode, const std::string& lower,
                  const std::string& root, const char* work);

// Tries while the stub and upper directories are empty, with its own work
// directory: a volatile overlay's serves one mount.
bool CanMountOverlay(SandboxMode mode, const std::string& lower,
                     const std::string& root, const char* work);

// Names SandboxRootfs::lowers here, with its store, and creates those that are
// not stored, empty. Returns the option lowerdir.
absl::StatusOr<std::string> NameLowers(const SandboxRootfs& rootfs);

// Writes those that are not stored.
absl::Status FillLowers(const SandboxRootfs& rootfs, SandboxMode mode);

// Mounts an overlay of them alone, and opens it: it is what the command would
// see without mount points.
absl::StatusOr<UniqueFd> ShowLowers(SandboxMode mode, const std::string& names);

// Creates directories in `parent`.
absl::Status MakeDirectories(const std::string& parent,
                             const std::vector<const char*>& names);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_OVERLAY_H_
