#ifndef TOOLS_DEV_FAULTS_CALL_FAILER_H_
#define TOOLS_DEV_FAULTS_CALL_FAILER_H_

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace rules_dockerfile {

// Makes one system call of a traced program fail with an error that it may
// have: a write with ENOSPC, an allocation with ENOMEM. ptrace(2). The calls
// count from the program's own entry point: what the dynamic linker and the
// initialization of shared libraries do is not the program's.
class CallFailer {
 public:
  struct Options {
    int64_t nth = 0;       // of the calls that may fail, from 1; 0: none fails
    bool children = true;  // those of what the program starts count, too
    // The call does not fail: the program gets SIGTERM during it.
    bool asks = false;
  };

  CallFailer(pid_t program, const Options& options)
      : program_(program), options_(options) {}

  // Lets the process or thread go on that stopped with `status`.
  void Continue(pid_t pid, int status);

  int64_t calls() const { return calls_; }
  // What failed: `openat: Too many open files`, or was interrupted: `openat:
  // Terminated`; "" if nothing was.
  const std::string& failed() const { return failed_; }

 private:
  // Sets what is traced, and a trap at the entry point.
  void Begin();
  // At that trap: the program goes on as if there was none.
  void Enter();
  // Counts the call that the thread enters, or fails it, or asks; sets the
  // result of a failed one that it leaves.
  void PassCall(pid_t pid);

  const pid_t program_;
  const Options options_;
  int64_t calls_ = 0;
  bool began_ = false;
  uint64_t entry_ = 0;   // the address of the trap; 0: passed
  long entry_word_ = 0;  // what is there without it
  std::set<pid_t> known_;
  std::map<pid_t, int> errors_;  // of the call in which the thread is
  std::string failed_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_FAULTS_CALL_FAILER_H_
