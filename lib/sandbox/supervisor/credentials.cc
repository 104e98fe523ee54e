#include "lib/sandbox/supervisor/credentials.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "absl/types/span.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kKeep = ProcessCredentials::kKeepId;

bool MaySet(uint32_t id, const IdSet& ids, bool privileged) {
  return id == kKeep || privileged || id == ids.real || id == ids.effective ||
         id == ids.saved;
}

SyscallResult SetOne(uint32_t id, bool privileged, IdSet& ids) {
  if (id == kKeep) return {.error = EINVAL};
  if (privileged) {
    ids = {id, id, id, id};
  } else if (id == ids.real || id == ids.saved) {
    ids.effective = ids.filesystem = id;
  } else {
    return {.error = EPERM};
  }
  return {};
}

SyscallResult SetTwo(uint32_t real, uint32_t effective, bool privileged,
                     IdSet& ids) {
  const bool real_allowed =
      real == kKeep || privileged || real == ids.real || real == ids.effective;
  if (!real_allowed || !MaySet(effective, ids, privileged)) {
    return {.error = EPERM};
  }
  const uint32_t old_real = ids.real;
  if (real != kKeep) ids.real = real;
  if (effective != kKeep) ids.effective = effective;
  if (real != kKeep || (effective != kKeep && effective != old_real)) {
    ids.saved = ids.effective;
  }
  ids.filesystem = ids.effective;
  return {};
}

SyscallResult SetThree(uint32_t real, uint32_t effective, uint32_t saved,
                       bool privileged, IdSet& ids) {
  if (!MaySet(real, ids, privileged) || !MaySet(effective, ids, privileged) ||
      !MaySet(saved, ids, privileged)) {
    return {.error = EPERM};
  }
  // Since Linux 6.4 a call that changes nothing leaves the filesystem id, too.
  if ((real == kKeep || real == ids.real) &&
      (effective == kKeep ||
       (effective == ids.effective && effective == ids.filesystem)) &&
      (saved == kKeep || saved == ids.saved)) {
    return {};
  }
  if (real != kKeep) ids.real = real;
  if (effective != kKeep) ids.effective = effective;
  if (saved != kKeep) ids.saved = saved;
  ids.filesystem = ids.effective;
  return {};
}

SyscallResult SetFilesystem(uint32_t id, bool privileged, IdSet& ids) {
  const SyscallResult old = {.value = ids.filesystem};
  if (id != kKeep && (MaySet(id, ids, privileged) || id == ids.filesystem)) {
    ids.filesystem = id;
  }
  return old;
}

bool HasRoot(const IdSet& ids) {
  return ids.real == 0 || ids.effective == 0 || ids.saved == 0;
}

}  // namespace

void ProcessCredentials::AdjustCapabilities(const IdSet& old_uid) {
  if (HasRoot(old_uid) && !HasRoot(uid)) {
    if (!keep_capabilities) permitted = file_permitted = false;
    effective = file_effective = false;
  } else if (old_uid.effective == 0 && uid.effective != 0) {
    effective = file_effective = false;
  } else if (old_uid.effective != 0 && uid.effective == 0) {
    effective = permitted;
    file_effective = file_permitted;
  }
}

SyscallResult ProcessCredentials::SetUid(uint32_t id) {
  const IdSet old = uid;
  const SyscallResult result = SetOne(id, effective, uid);
  AdjustCapabilities(old);
  return result;
}

SyscallResult ProcessCredentials::SetGid(uint32_t id) {
  return SetOne(id, effective, gid);
}

SyscallResult ProcessCredentials::SetReuid(uint32_t real,
                                           uint32_t effective_id) {
  const IdSet old = uid;
  const SyscallResult result = SetTwo(real, effective_id, effective, uid);
  AdjustCapabilities(old);
  return result;
}

SyscallResult ProcessCredentials::SetRegid(uint32_t real,
                                           uint32_t effective_id) {
  return SetTwo(real, effective_id, effective, gid);
}

SyscallResult ProcessCredentials::SetResuid(uint32_t real,
                                            uint32_t effective_id,
                                            uint32_t saved) {
  const IdSet old = uid;
  const SyscallResult result =
      SetThree(real, effective_id, saved, effective, uid);
  AdjustCapabilities(old);
  return result;
}

SyscallResult ProcessCredentials::SetResgid(uint32_t real,
                                            uint32_t effective_id,
                                            uint32_t saved) {
  return SetThree(real, effective_id, saved, effective, gid);
}

SyscallResult ProcessCredentials::SetFsuid(uint32_t id) {
  const SyscallResult old = SetFilesystem(id, effective, uid);
  if (old.value == 0 && uid.filesystem != 0) {
    file_effective = false;
  } else if (old.value != 0 && uid.filesystem == 0) {
    file_effective = file_permitted;
  }
  return old;
}

SyscallResult ProcessCredentials::SetFsgid(uint32_t id) {
  return SetFilesystem(id, effective, gid);
}

SyscallResult ProcessCredentials::SetGroups(absl::Span<const uint32_t> ids) {
  if (!effective) return {.error = EPERM};
  groups.assign(ids.begin(), ids.end());
  std::sort(groups.begin(), groups.end());
  return {};
}

void ProcessCredentials::Execute(uint32_t mode, uint32_t file_uid,
                                 uint32_t file_gid) {
  if (mode & S_ISUID) uid.effective = file_uid;
  if ((mode & S_ISGID) && (mode & S_IXGRP)) gid.effective = file_gid;
  uid.saved = uid.filesystem = uid.effective;
  gid.saved = gid.filesystem = gid.effective;
  permitted = uid.real == 0 || uid.effective == 0;
  effective = uid.effective == 0;
  file_permitted = permitted;
  file_effective = effective;
  keep_capabilities = false;
}

bool ProcessCredentials::InGroup(uint32_t group) const {
  return group == gid.filesystem ||
         std::binary_search(groups.begin(), groups.end(), group);
}

}  // namespace rules_dockerfile
