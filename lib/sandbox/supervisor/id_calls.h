#ifndef LIB_SANDBOX_SUPERVISOR_ID_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_ID_CALLS_H_

#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"

namespace rules_dockerfile {

// Answers the calls about credentials: set*id, get*id, setgroups, getgroups,
// execve (set-user-ID files), prctl, capset, and SO_PEERCRED. Thread-safe;
// borrows its arguments.
class IdCalls {
 public:
  IdCalls(CredentialStore* credentials, OwnerRecords* owners)
      : credentials_(credentials), owners_(owners) {}

  Answer Set(const Notification& call);
  Answer Get(const Notification& call);
  Answer GetGroups(const Notification& call);
  Answer Execute(const Notification& call, bool chrooted);
  Answer Prctl(const Notification& call);
  Answer Capset(const Notification& call);
  // The kernel sets it, and every file that the supervisor creates has it.
  Answer Umask(const Notification& call);
  Answer GetLockLimit(const Notification& call);
  Answer PeerCredentials(const Notification& call);

 private:
  Answer SetGroups(const Notification& call, ProcessCredentials credentials);

  CredentialStore* credentials_;
  OwnerRecords* owners_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_ID_CALLS_H_
