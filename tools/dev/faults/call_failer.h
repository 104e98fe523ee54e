#ifndef TOOLS_DEV_FAULTS_CALL_FAILER_H_
#define TOOLS_DEV_FAULTS_CALL_FAILER_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace rules_dockerfile {

// Makes one system call of a traced program fail with an error that it may
// have: a write with ENOSPC, an allocation with ENOMEM. ptrace(2).
class CallFailer {
 public:
  // `nth` counts the calls that may fail, from 1; 0: none fails. `children`:
  // those of what the program starts count, too.
  CallFailer(pid_t program, int64_t nth, bool children)
      : program_(program), nth_(nth), children_(children) {}

  // Lets the process or thread go on that stopped with `status`.
  void Continue(pid_t pid, int status);

  int64_t calls() const { return calls_; }
  // What failed: `openat: Too many open files`; "" if nothing did.
  const std::string& failed() const { return failed_; }

 private:
  // Sets what is traced.
  void Begin();
  // Counts the call that the thread enters, or fails it; sets the result of a
  // failed one that it leaves.
  void PassCall(pid_t pid);

  const pid_t program_;
  const int64_t nth_;
  const bool children_;
  int64_t calls_ = 0;
  bool began_ = false;
  std::set<pid_t> known_;
  std::map<pid_t, int> errors_;  // of the call in which the thread is
  std::string failed_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_FAULTS_CALL_FAILER_H_
