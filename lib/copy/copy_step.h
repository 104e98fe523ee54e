#ifndef LIB_COPY_COPY_STEP_H_
#define LIB_COPY_COPY_STEP_H_

#include <cstdint>
#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lib/copy/archive.h"
#include "lib/copy/data_store.h"
#include "lib/copy/step_trees.h"
#include "lib/layer/file_tree.h"
#include "lib/plan/copy_plan.h"

namespace rules_dockerfile {

// What ADD fetched from a URL.
struct FetchedFile {
  std::string file;
  int64_t last_modified = 0;  // seconds; the server's Last-Modified

  friend bool operator==(const FetchedFile&, const FetchedFile&) = default;
};

// Where COPY and ADD take files from. File nodes have their data in a
// DataStore.
struct CopySources {
  FileTree tree;     // the build context, or what --from names
  FileTree ignored;  // the build context with what .dockerignore excludes
  std::map<std::string, FetchedFile> urls;
  std::map<std::string, FileTree> git_trees;  // by reference, as ADD writes it
};

// Carries out COPY or ADD. `archives` opens what ADD extracts. Errors are the
// frontend's: NotFound `failed to compute cache key: "/missing": not found in
// the build context`.
absl::StatusOr<StepTrees> ApplyCopy(const CopyPlan& plan,
                                    const StepRootfs& rootfs,
                                    const CopySources& sources,
                                    DataStore* store, ArchiveOpener* archives);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_COPY_STEP_H_
