#ifndef LIB_SANDBOX_SUPERVISOR_PERMISSION_REQUEST_H_
#define LIB_SANDBOX_SUPERVISOR_PERMISSION_REQUEST_H_

#include <sys/types.h>

#include <optional>
#include <utility>

#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"
#include "lib/sandbox/supervisor/permissions.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {

// What decides who may use `found`, which was perhaps only looked at. If it is
// gone by now all is permitted: the kernel says what comes of it.
FileAccess AccessTo(const TargetFile& found, const ProcessCredentials& user,
                    OwnerRecords& owners);

// One call of a user without capabilities about files, and the rule of the
// kernel for it: fs/namei.c, fs/open.c, fs/attr.c, fs/xattr.c. Each function
// returns an errno, or 0 if the user may or the kernel itself has an error that
// comes first. Borrows its arguments.
class PermissionRequest {
 public:
  PermissionRequest(const Notification& call, const ProcessCredentials& user,
                    OwnerRecords* owners, bool chrooted)
      : call_(call), user_(user), owners_(owners), chrooted_(chrooted) {}

  int Check();

  // Where Check() was led, of a call with one path.
  std::optional<WalkEnd> TakeWalked() { return std::move(walked_); }

  // The file whose setgid bit chmod cannot set, as the user is not in its
  // group: chmod(2). nullopt: chmod sets it.
  std::optional<TargetFile> FileThatLosesSetgid();

 private:
  // Where an argument names a file: `path`, and the descriptor that a relative
  // path begins at; -1: the working directory.
  struct Place {
    int path = 0;
    int fd = -1;
  };

  // What a path names; not ok, with error_ set, if it cannot be searched.
  const WalkEnd& Walk(Place place, LastPart last,
                      FoundFile found = FoundFile::kHeld);
  std::optional<TargetFile> Find(Place place, LastPart last);
  // As Find() of the calls with AT_ flags.
  std::optional<TargetFile> FindAt(Place place, int flags);
  // Walks along the path of a call that needs no permission but to search, and
  // may have AT_EMPTY_PATH.
  void SearchAt(int flags);
  std::optional<TargetFile> OpenFile(int argument);

  FileAccess AccessTo(const TargetFile& found) const {
    return rules_dockerfile::AccessTo(found, user_, *owners_);
  }
  bool May(const TargetFile& file, mode_t wanted) const;
  // EACCES unless the user is permitted; error_ if there is no file.
  int Use(const std::optional<TargetFile>& file, mode_t wanted) const;
  // EPERM unless the user owns the file. The kernel itself refuses changes of
  // read-only files, and does so first.
  int Change(const std::optional<TargetFile>& file) const;
  int ChangeNames(const TargetFile& directory) const;
  int RemoveName(const WalkEnd& end) const;

  int CheckAccess();
  int CheckChroot();
  int CheckEnter(const std::optional<TargetFile>& file) const;
  int CheckExecute();
  int CheckLink();
  int CheckMake(Place place);
  int CheckOpen();
  int CheckRemove(Place place, bool directory);
  int CheckRename();
  int CheckSearch();
  int CheckTimes();
  int CheckTruncate();
  int CheckXattr();

  std::optional<TargetFile> FileOfMode();
  std::optional<TargetFile> FileOfXattr();

  const Notification& call_;
  ProcessCredentials user_;
  OwnerRecords* owners_;
  bool chrooted_;
  std::optional<WalkEnd> walked_;  // the last walk
  int error_ = 0;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_PERMISSION_REQUEST_H_
