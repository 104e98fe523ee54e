#ifndef LIB_NETWORK_MERGE_LOCKS_H_
#define LIB_NETWORK_MERGE_LOCKS_H_

#include <string>
#include <vector>

#include "lib/network/network_lock.h"

namespace rules_dockerfile {

// What a recording was made of.
struct RecordedScope {
  std::vector<std::string> stages;    // all of the Dockerfile, in its order
  std::vector<std::string> recorded;  // those whose instructions were recorded
  std::string platform;               // that of the recorded image
};

// The lock that follows `old`: its images and registries; of the stages that
// were recorded, for this platform, what `recorded` has; of other stages and
// platforms what there was; nothing of stages that the Dockerfile has no more.
// Sorted by stage and platform, else in the order of the locks. RUNs of a stage
// with one text become one, whose answers are the first ones; a RUN without
// requests needs no lock.
NetworkLock MergeNetworkLocks(const NetworkLock& old,
                              const NetworkLock& recorded,
                              const RecordedScope& scope);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_MERGE_LOCKS_H_
