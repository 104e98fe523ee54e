#ifndef LIB_SANDBOX_SUPERVISOR_ASSUMED_IDS_H_
#define LIB_SANDBOX_SUPERVISOR_ASSUMED_IDS_H_

#include <cstdint>
#include <vector>

namespace rules_dockerfile {

// What the kernel itself knows of a process: credentials(7). Ids are those of
// this process' user namespace.
struct KernelCredentials {
  uint32_t filesystem_uid = 0;
  uint32_t filesystem_gid = 0;
  std::vector<uint32_t> groups;
  bool searches_all = false;       // CAP_DAC_OVERRIDE or CAP_DAC_READ_SEARCH
  bool makes_devices = false;      // CAP_MKNOD is effective
  bool makes_raw_sockets = false;  // CAP_NET_RAW is effective
};

// While it lives, the kernel checks this thread's access to files as it would
// check the process': by its filesystem ids and groups, without the
// capabilities of root, unless the process has those itself. Of this thread
// alone; no other file is opened meanwhile.
class AssumedIds {
 public:
  explicit AssumedIds(const KernelCredentials& credentials);
  AssumedIds(const AssumedIds&) = delete;
  ~AssumedIds();

 private:
  bool assumed_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_ASSUMED_IDS_H_
