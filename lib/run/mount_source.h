#ifndef LIB_RUN_MOUNT_SOURCE_H_
#define LIB_RUN_MOUNT_SOURCE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_times.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// What `from=` of a mount names: an image's or stage's layers, or the files of
// a named context.
struct MountOrigin {
  std::vector<std::string> layers;   // layer tars, base first
  std::vector<std::string> indexes;  // of each
  std::vector<ContextFile> files;
};

// The sources of bind and cache mounts.
struct MountSources {
  BuildContextFiles context;                // for mounts without `from=`
  std::map<std::string, MountOrigin> from;  // by name

  LayerTimes times;       // of context files
  std::string temporary;  // what names of temporary files start with
};

// Returns the part `path` of the source that `from` names ("": the build
// context), as a mount without target. Symlinks in the path are followed in the
// source. NotFound `"/x": not found`; InvalidArgument for an unknown name.
absl::StatusOr<TreeMount> ReadMountSource(const MountSources& sources,
                                          absl::string_view from,
                                          absl::string_view path);

// NAME=VALUE, the value of a flag such as --mount_layer=NAME=TAR, separated by
// the first "=". InvalidArgument if there is none.
struct NamedValue {
  std::string name;
  std::string value;
};
absl::StatusOr<NamedValue> ParseNamedValue(absl::string_view flag);

// `tree` without what is not at or below `path`, which becomes the root, or, if
// it is not a directory, `name` in the root.
FileTree Subtree(const FileTree& tree, const std::string& path,
                 const std::string& name);

}  // namespace rules_dockerfile

#endif  // LIB_RUN_MOUNT_SOURCE_H_
