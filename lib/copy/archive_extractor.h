#ifndef LIB_COPY_ARCHIVE_EXTRACTOR_H_
#define LIB_COPY_ARCHIVE_EXTRACTOR_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/copy/archive.h"
#include "lib/copy/target_tree.h"

namespace rules_dockerfile {

// Extracts `archive` into the directory `destination` of `target`, as ADD does
// (Dockerfile reference, "ADD", "Adding local tar archives").
//  - The destination and its parents are made if missing; so are parents of
//    members, the latter 0755 0:0.
//  - The destination is the root directory of what happens, as in BuildKit
//    (moby/go-archive, chrootarchive.Untar): member names, targets of hard
//    links and symlinks on the way, absolute or with "..", never lead out of
//    it. A member without a name is left out.
//  - A directory over a directory takes the member's metadata; else the
//    existing file is replaced. The last of several members of one name counts.
//  - Owners are the archive's numbers, or the target's owner for all members.
//  - A hard link sets its own metadata on the file that it shares. A file of a
//    lower layer leaves its other names, as when an overlay copies it up.
//  - A member ".wh.NAME" deletes NAME, ".wh..wh..opq" all its siblings from
//    below: that is what such a file means in a layer.
// InvalidArgument for a member below a symlink to nothing, and a hard link to
// nothing; FailedPrecondition for one to a file of a lower layer whose data is
// not at hand.
absl::Status ExtractToTarget(const OpenArchive& archive,
                             absl::string_view destination, TargetTree* target);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_ARCHIVE_EXTRACTOR_H_
