#ifndef LIB_SANDBOX_SUPERVISOR_FILE_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_FILE_CALLS_H_

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <optional>

#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/target_file.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {

// Answers the calls about files: chown records owners, stat shows them, and
// every new file gets the owner that the kernel would have set. Where nothing
// is recorded and the caller is root the kernel does the work. What the caller
// may is checked before: PermissionCalls. With kMapped all that is the
// kernel's, but device nodes are made and shown; with kReal, or without a
// clock, those are the kernel's. Thread-safe; borrows its arguments.
class FileCalls {
 public:
  FileCalls(const SupervisorHandles& handles, CredentialStore* credentials,
            OwnerStore store, OwnerRecords* owners, const FakeClock* clock)
      : handles_(handles),
        credentials_(credentials),
        store_(store),
        owners_(owners),
        clock_(clock) {}

  Answer Chown(const Notification& call);
  Answer Stat(const Notification& call);
  Answer Statx(const Notification& call);
  Answer MakeNode(const Notification& call);
  Answer MakeDirectory(const Notification& call);
  Answer MakeSymlink(const Notification& call);
  Answer Open(const Notification& call);
  // An ACL that names ids which the kernel does not know here is set without
  // them; the rest is the kernel's. The attribute with an owner is not the
  // command's: to set it, as `cp --preserve=xattr` does, or to remove it
  // changes nothing.
  Answer SetXattr(const Notification& call);
  Answer RemoveXattr(const Notification& call);
  Answer Chroot();

  bool chrooted() const { return chrooted_; }

 private:
  PathView View() const;
  // What the check of permissions found: Notification::walked.
  std::optional<TargetFile> Walked(const Notification& call) const;
  // The file that argument `path` (and the descriptor before it, in the "at"
  // calls) names; nullopt: the kernel knows better.
  std::optional<TargetFile> Named(const Notification& call, bool at, int path,
                                  bool follow) const;
  // As Named() for stat and chown with AT_EMPTY_PATH.
  std::optional<TargetFile> NamedOrOpen(const Notification& call, int path,
                                        int flags) const;
  // As Named() for a file that a call creates.
  std::optional<NewFile> NamedNew(const Notification& call, bool at, int path,
                                  NewName meaning) const;

  // The owner of a new file in `directory`; nullopt: the kernel's 0:0 is right.
  std::optional<RecordedOwner> NewOwner(const Notification& call,
                                        const TargetFile& directory) const;
  mode_t Umask(const Notification& call) const;
  std::optional<RecordedOwner> Recorded(const TargetFile& file) const;
  // Records the owner of what was just made; returns what its maker gets. On a
  // file system that takes no records it is root's.
  Answer RecordNew(const NewFile& file, const RecordedOwner& owner) const;
  Answer OpenUnnamed(const Notification& call, int path, int flags,
                     mode_t mode) const;
  // Records the owner of a file that was just opened, and hands it over.
  Answer Give(const Notification& call, UniqueFd fd, int flags,
              const RecordedOwner& owner) const;
  // The owner, and the device, that stat shows; nullopt: what the kernel does.
  std::optional<RecordedOwner> ShownOwner(const TargetFile& file) const;
  // What stat shows, if not what the kernel does.
  struct Shown {
    std::optional<RecordedOwner> owner;
    bool shift_times = false;
  };
  std::optional<Shown> Shows(const TargetFile& file) const;
  Answer SetOwner(const Notification& call, const TargetFile& file,
                  uint32_t uid, uint32_t gid);
  Answer MakeDevice(const Notification& call, const NewFile& file, mode_t mode,
                    dev_t device);
  bool MayMakeDevices(const Notification& call) const;

  SupervisorHandles handles_;
  CredentialStore* credentials_;
  OwnerStore store_;
  OwnerRecords* owners_;
  const FakeClock* clock_;
  std::atomic<bool> chrooted_ = false;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_FILE_CALLS_H_
