#ifndef LIB_SANDBOX_SUPERVISOR_CREDENTIALS_H_
#define LIB_SANDBOX_SUPERVISOR_CREDENTIALS_H_

#include <compare>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace rules_dockerfile {

// What a system call returns: `value`, or -1 with errno `error` if not 0.
struct SyscallResult {
  int64_t value = 0;
  int error = 0;

  friend bool operator==(const SyscallResult&, const SyscallResult&) = default;
};

// The four ids of credentials(7).
struct IdSet {
  uint32_t real = 0;
  uint32_t effective = 0;
  uint32_t saved = 0;
  uint32_t filesystem = 0;

  friend auto operator<=>(const IdSet&, const IdSet&) = default;
};

// The credentials that a supervised process believes to have, and how the
// set*id(2) family changes them: the rules of kernel/sys.c and of the
// capability changes in capabilities(7), "Effect of user ID changes". Of the
// capabilities two groups matter, and whether they are in the permitted and
// effective sets: those to change ids, and those about files (CAP_CHOWN,
// CAP_FOWNER, CAP_MKNOD, …), which a filesystem uid other than 0 suspends.
// `kKeepId` (-1) leaves an id as it is. Value type.
struct ProcessCredentials {
  static constexpr uint32_t kKeepId = 0xffffffff;

  IdSet uid;
  IdSet gid;
  std::vector<uint32_t> groups;  // sorted
  bool permitted = true;         // to change ids
  bool effective = true;
  bool file_permitted = true;  // about files
  bool file_effective = true;
  bool keep_capabilities = false;  // PR_SET_KEEPCAPS or a like securebit
  // Not of umask(2) in a process that shares it (CLONE_FS) without being a
  // thread; none does.
  uint32_t umask = 022;

  SyscallResult SetUid(uint32_t id);
  SyscallResult SetGid(uint32_t id);
  SyscallResult SetReuid(uint32_t real, uint32_t effective_id);
  SyscallResult SetRegid(uint32_t real, uint32_t effective_id);
  SyscallResult SetResuid(uint32_t real, uint32_t effective_id, uint32_t saved);
  SyscallResult SetResgid(uint32_t real, uint32_t effective_id, uint32_t saved);
  // These two return the old id, and never an error.
  SyscallResult SetFsuid(uint32_t id);
  SyscallResult SetFsgid(uint32_t id);
  SyscallResult SetGroups(absl::Span<const uint32_t> ids);

  // execve(2) of a file with this mode and owner.
  void Execute(uint32_t mode, uint32_t file_uid, uint32_t file_gid);

  // Whether `group` is the filesystem gid or a supplementary group.
  bool InGroup(uint32_t group) const;

  friend auto operator<=>(const ProcessCredentials&,
                          const ProcessCredentials&) = default;

 private:
  void AdjustCapabilities(const IdSet& old_uid);
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_CREDENTIALS_H_
