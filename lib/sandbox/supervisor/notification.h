#ifndef LIB_SANDBOX_SUPERVISOR_NOTIFICATION_H_
#define LIB_SANDBOX_SUPERVISOR_NOTIFICATION_H_

#include <cstdint>

#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {

struct WalkEnd;

// A system call that waits for the supervisor: seccomp_notif, understood.
struct Notification {
  uint64_t id = 0;
  TargetProcess target;
  SupervisedCall call;
  const uint64_t* arguments;  // six
  bool native = true;         // not of a 32-bit program
  bool short_ids = false;     // ids among the arguments have 16 bits
  // Where the check of permissions was led by the call's one path; null if
  // nothing was checked, or the path was not walked along: path_walk.h.
  const WalkEnd* walked = nullptr;

  int Fd(int argument) const { return static_cast<int>(arguments[argument]); }
  uint32_t Word(int argument) const {
    return static_cast<uint32_t>(arguments[argument]);
  }
  // A uid or gid; ProcessCredentials::kKeepId for -1 of either width.
  uint32_t Id(int argument) const {
    const uint32_t id = Word(argument);
    if (!short_ids) return id;
    return (id & 0xffff) == 0xffff ? ProcessCredentials::kKeepId : id & 0xffff;
  }
};

// What the supervisor answers.
struct Answer {
  enum class Kind {
    kReturn,    // the call is done: `result`
    kContinue,  // the kernel makes the call as it is
    kSent,      // answered already, with a descriptor
  };
  Kind kind = Kind::kReturn;
  SyscallResult result;

  static Answer Continue() { return {.kind = Kind::kContinue, .result = {}}; }
  static Answer Sent() { return {.kind = Kind::kSent, .result = {}}; }
  static Answer Value(int64_t value) { return {.result = {.value = value}}; }
  // 0 is success.
  static Answer Error(int error) { return {.result = {.error = error}}; }
};

// Installs a copy of the supervisor's descriptor `fd` in the caller, without
// its knowledge. Returns its number there, or -1 and errno.
int AddDescriptor(int listener_fd, uint64_t notification_id, int fd,
                  bool close_on_exec);

// Answers with a copy of the supervisor's descriptor `fd`.
Answer SendDescriptor(int listener_fd, uint64_t notification_id, int fd,
                      bool close_on_exec);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_NOTIFICATION_H_
