#ifndef LIB_LAYER_MTREE_DIFF_H_
#define LIB_LAYER_MTREE_DIFF_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/pattern/ignore.h"

namespace rules_dockerfile {

// What a comparison of mtree texts leaves out.
struct MtreeFilter {
  std::vector<std::string> keywords;  // such as "time"
  IgnorePatterns paths;               // relative to the root
};

// Returns an mtree text of MtreeText() without what the filter leaves out.
// The root stays. InvalidArgument `line 3: …` for a line that is not a path and
// KEYWORD=VALUE pairs.
absl::StatusOr<std::string> FilterMtree(absl::string_view text,
                                        const MtreeFilter& filter);

// Returns what differs between the golden text and that of an image, for
// people; "" if nothing does. One line per path, sorted by path, then a count:
//
//   A ./bin/new type=file mode=0755 uid=0 gid=0 size=12
//   C ./etc/motd mode 0644 -> 0755, nlink none -> 2
//   D ./var/old
//   1 added, 1 changed, 1 removed
//
// Digests are shortened. After `max_lines` paths only their number is shown.
// Errors begin with "golden file: " or "image: "; a path that is there twice is
// one.
absl::StatusOr<std::string> DescribeMtreeDiff(absl::string_view golden,
                                              absl::string_view image,
                                              const MtreeFilter& filter,
                                              int max_lines);

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_MTREE_DIFF_H_
