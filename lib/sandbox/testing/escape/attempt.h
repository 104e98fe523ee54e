#ifndef LIB_SANDBOX_TESTING_ESCAPE_ATTEMPT_H_
#define LIB_SANDBOX_TESTING_ESCAPE_ATTEMPT_H_

#include <string>
#include <vector>

namespace rules_dockerfile {

// The secret of the host. Its marker file holds it, and its environment.
inline constexpr char kOutsideSecret[] = "the-secret-of-the-host";
// The name, as of PR_SET_NAME, of a process of the host.
inline constexpr char kOutsideProcess[] = "outside-process";

// Targets outside of the sandbox: Outside (outside.h) creates them and names
// them to the probe as NAME=VALUE.
struct Target {
  std::string marker;         // path of a file that holds kOutsideSecret
  std::string shm_marker;     // of another, in /dev/shm
  int pid = 0;                // of a process
  std::string socket;         // path of a Unix socket that listens
  std::string abstract_name;  // of another, without the leading NUL
  int port = 0;               // 127.0.0.1: a TCP socket that listens
  int shm_key = 0;            // of a System V shared memory segment
  int shm_id = 0;
  std::string queue;  // name of a POSIX message queue
  int disk_major = 0;
  int disk_minor = 0;  // of a block device
  // Path of a file that the host sees, too, and that orphans lock; it is made.
  std::string lock = "/data/lock";
  // The command shares the host's processes: what would harm them is not
  // tried.
  bool weak = false;

  // Of the probe itself: the pipe that an outcome goes through.
  int outcome_fd = -1;
  int outcome_reader = -1;  // in the parent
};

// One thing to try. It runs in a separate process, which it may end, hang or
// change.
struct Attempt {
  const char* name;
  // What came of it: the name of an error, "ESCAPED" with what was reached, or
  // a word for what is harmless.
  std::string (*run)(const Target& target);
  bool harms_the_host = false;  // where processes are shared
  bool in_pid_1 = false;  // in the probe itself, which is pid 1, and the last
};
using Attempts = std::vector<Attempt>;

// By what is tried. All in the order in which they are printed.
const Attempts& DescriptorAttempts();
const Attempts& PathAttempts();
const Attempts& ProcFileAttempts();
const Attempts& NamespaceAttempts();
const Attempts& MountAttempts();
const Attempts& DeviceAttempts();
const Attempts& ProcessAttempts();
const Attempts& ProgramAttempts();
const Attempts& OrphanAttempts();
const Attempts& KernelAttempts();
const Attempts& ForeignCallAttempts();
const Attempts& SocketAttempts();
const Attempts& IpcAttempts();
const Attempts& TerminalAttempts();
const Attempts& LimitAttempts();

// What ends the sandbox if it is stopped: each alone, when it is asked for.
const Attempts& BombAttempts();

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_ESCAPE_ATTEMPT_H_
