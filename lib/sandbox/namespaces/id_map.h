#ifndef LIB_SANDBOX_NAMESPACES_ID_MAP_H_
#define LIB_SANDBOX_NAMESPACES_ID_MAP_H_

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Part of a map from the ids of a user namespace to those of its parent:
// user_namespaces(7).
struct IdRange {
  int64_t inside = 0;   // the first one
  int64_t outside = 0;  // what that is in the parent
  int64_t count = 0;

  friend bool operator==(const IdRange&, const IdRange&) = default;
};
using IdMap = std::vector<IdRange>;

// The ids that a user namespace has.
struct IdMaps {
  IdMap users;
  IdMap groups;
  // newuidmap(1) and newgidmap(1) must write them: this process is not
  // permitted to.
  bool delegated = false;
};

// How many ids, from 0 on, a map has without a gap.
int64_t MappedIds(const IdMap& map);

// /proc/PID/uid_map and gid_map; malformed lines are skipped.
IdMap ParseIdMap(absl::string_view text);
// In the order of the ranges, one per line.
std::string IdMapToText(const IdMap& map);

// 0 for `id` itself, and from 1 on what subuid(5)'s text delegates to the user,
// who is named there by name or by id. Empty if that is nothing.
IdMap DelegatedIds(absl::string_view subids, absl::string_view name,
                   int64_t id);

// The largest maps that this process can set up for a new namespace: as root
// all that it has itself, else 0 for itself and what is delegated to it. Both
// maps are empty if that is no more than one id.
IdMaps LargestIdMaps();

// Moves this process, which must have no threads, into a new user namespace
// that has these ids; it is user and group 0 there. Returns what failed: 0 and
// "" if nothing did.
struct IdMapError {
  int error = 0;
  std::string operation;
};
IdMapError EnterUserNamespaceWith(const IdMaps& maps);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_ID_MAP_H_
