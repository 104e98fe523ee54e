// Processes that would go on when the sandbox, or the tool that made it, ends.
// Each has a lock on a file that the host sees.

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

constexpr unsigned kNobody = 65534;

// Leaves a process, whose parent is gone, that has done `prepare`, and says so
// once it has.
std::string Leave(const Target& target, bool (*prepare)()) {
  int ready[2];
  if (pipe(ready) < 0) return Outcome(-1);
  const pid_t child = fork();
  if (child == 0) {
    if (fork() != 0) _exit(0);
    close(ready[0]);
    close(target.outcome_fd);
    const int lock = open(target.lock.c_str(), O_RDWR | O_CREAT, 0666);
    if (lock >= 0) flock(lock, LOCK_SH);
    if (!prepare() || write(ready[1], "r", 1) != 1) _exit(1);
    close(ready[1]);
    alarm(0);
    while (true) pause();
  }
  close(ready[1]);
  waitpid(child, nullptr, 0);
  char byte;
  return read(ready[0], &byte, 1) == 1 ? "left to pid 1" : "not left";
}

bool BecomeNobody() {
  return setgroups(0, nullptr) == 0 &&
         setresgid(kNobody, kNobody, kNobody) == 0 &&
         setresuid(kNobody, kNobody, kNobody) == 0;
}

bool ForgetMaker() {
  return prctl(PR_SET_PDEATHSIG, 0) == 0 && prctl(PR_SET_DUMPABLE, 0) == 0;
}

bool IgnoreSignals() {
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
  sigset_t all;
  sigfillset(&all);
  return sigprocmask(SIG_BLOCK, &all, nullptr) == 0;
}

std::string OtherSession(const Target& target) {
  return Leave(target, [] { return setsid() > 0; });
}

std::string OtherUser(const Target& target) {
  return Leave(target, [] { return setsid() > 0 && BecomeNobody(); });
}

std::string NoDeathSignal(const Target& target) {
  return Leave(target, [] { return setsid() > 0 && ForgetMaker(); });
}

std::string DeafToSignals(const Target& target) {
  return Leave(target, [] { return setsid() > 0 && IgnoreSignals(); });
}

// With a child that is stopped.
std::string Stopped(const Target& target) {
  return Leave(target, [] {
    const pid_t child = fork();
    if (child == 0) raise(SIGSTOP);
    return waitpid(child, nullptr, WUNTRACED) == child;
  });
}

// Adopts what its children leave, so that it is not pid 1's.
std::string Adopts(const Target& target) {
  return Leave(target, [] {
    if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) return false;
    const pid_t child = fork();
    if (child != 0) return waitpid(child, nullptr, 0) == child;
    if (fork() != 0) _exit(0);
    while (true) pause();
  });
}

std::string PidOneForgets(const Target&) {
  return ForgetMaker() && IgnoreSignals() ? "it did" : Outcome(-1);
}

std::string PidOneBecomesNobody(const Target&) {
  return BecomeNobody() ? "it did" : Outcome(-1);
}

}  // namespace

const Attempts& OrphanAttempts() {
  static const Attempts attempts = {
      {"orphan_session", OtherSession, true},
      {"orphan_user", OtherUser, true},
      {"orphan_death_signal", NoDeathSignal, true},
      {"orphan_deaf", DeafToSignals, true},
      {"orphan_stopped", Stopped, true},
      {"orphan_adopts", Adopts, true},
      {"pid_1_forgets_its_maker", PidOneForgets, true, true},
      {"pid_1_becomes_nobody", PidOneBecomesNobody, true, true},
  };
  return attempts;
}

}  // namespace rules_dockerfile
