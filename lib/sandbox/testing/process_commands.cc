#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMebibyte = 1 << 20;

// The value of a field of /proc/self/status.
std::string StatusField(const std::string& name) {
  std::istringstream lines(ReadText("/proc/self/status"));
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name + ":\t")) return line.substr(name.size() + 2);
  }
  return "";
}

void PrintIds() {
  uid_t ruid, euid, suid;
  gid_t rgid, egid, sgid;
  getresuid(&ruid, &euid, &suid);
  getresgid(&rgid, &egid, &sgid);
  std::vector<gid_t> groups(64);
  groups.resize(getgroups(static_cast<int>(groups.size()), groups.data()));
  std::cout << "uid " << ruid << " " << euid << " " << suid << " gid " << rgid
            << " " << egid << " " << sgid << " groups";
  for (const gid_t group : groups) std::cout << " " << group;
  std::cout << "\n";
}

void PrintLimits() {
  const std::pair<const char*, decltype(RLIMIT_CORE)> limits[] = {
      {"core", RLIMIT_CORE},
      {"nofile", RLIMIT_NOFILE},
      {"stack", RLIMIT_STACK},
      {"locks", RLIMIT_LOCKS}};
  std::cout << "limits";
  for (const auto& [name, resource] : limits) {
    rlimit limit;
    getrlimit(resource, &limit);
    std::cout << " " << name << "=" << static_cast<int64_t>(limit.rlim_cur);
  }
  std::cout << "\n";
}

void BecomeUser(const std::string& user) {
  unsigned uid = 0, gid = 0;
  sscanf(user.c_str(), "%u:%u", &uid, &gid);
  Check("setgroups", setgroups(1, &gid));
  Check("setgid", setresgid(gid, gid, gid));
  Check("setuid", setresuid(uid, uid, uid));
}

// Runs itself with the rest of the arguments, as another program.
void Spawn(const Arguments& arguments) {
  std::vector<char*> argv;
  for (size_t i = 1; i < arguments.size(); ++i) {
    argv.push_back(const_cast<char*>(arguments[i].c_str()));
  }
  argv.push_back(nullptr);
  std::cout << std::flush;
  const pid_t pid = fork();
  if (pid == 0) {
    execv(argv[0], argv.data());
    std::cout << "exec: " << strerrorname_np(errno) << "\n";
    exit(1);
  }
  waitpid(pid, nullptr, 0);
}

// Makes processes, which stay, until it may no more. Waits if it has made that
// many: who ends them all may come late.
void ForkUntilRefused(int most) {
  std::cout << std::flush;
  for (int made = 0; made < most; ++made) {
    const pid_t pid = fork();
    if (pid < 0) {
      std::cout << "fork: " << strerrorname_np(errno) << std::endl;
      return;
    }
    while (pid == 0) pause();
  }
  while (true) pause();
}

// Writes to so many MiB of memory, and keeps them.
void FillMemory(int mebibytes) {
  for (int i = 0; i < mebibytes; ++i) {
    char* block =
        static_cast<char*>(mmap(nullptr, kMebibyte, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (block == MAP_FAILED) {
      std::cout << "mmap: " << strerrorname_np(errno) << std::endl;
      return;
    }
    memset(block, 1, kMebibyte);
  }
  std::cout << "filled" << std::endl;
}

// Memory that may be shared with children and has no name as a file: "mapping",
// one with a "name", a "memfd", or a "removed" file that is not open.
void FillSharedMemory(size_t mebibytes, const std::string& kind) {
  const size_t size = mebibytes * kMebibyte;
  int fd = -1;
  if (kind == "memfd") {
    fd = memfd_create("shared", 0);
  } else if (kind == "removed") {
    fd = open("/removed", O_RDWR | O_CREAT, 0600);
    Check("unlink", unlink("/removed"));
  }
  if (fd >= 0) Check("ftruncate", ftruncate(fd, static_cast<off_t>(size)));
  void* memory = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);
  Check("mmap", memory == MAP_FAILED ? -1 : 0);
  if (kind == "name") {
    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, memory, size, "innocent");
  }
  if (kind == "removed") close(fd);
  memset(memory, 1, size);
  std::cout << "filled" << std::endl;
}

// Fills memory in another thread. The one that began the process ends.
void FillMemoryInThread(int mebibytes) {
  alignas(16) static char stack[kMebibyte];
  const auto fill = [](void* arg) {
    FillMemory(*static_cast<int*>(arg));
    while (true) pause();
    return 0;
  };
  std::cout << std::flush;
  Check("clone",
        clone(fill, stack + sizeof stack,
              CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD,
              &mebibytes));
  syscall(SYS_exit, 0);
}

// Becomes users of so many lists of groups, one after the other. Each list is
// as long as it may be.
void BecomeMembers(int lists) {
  std::vector<gid_t> groups(65536);
  for (int list = 0; list < lists; ++list) {
    for (size_t i = 0; i < groups.size(); ++i) groups[i] = list + 2 * i;
    Check("setgroups", setgroups(groups.size(), groups.data()));
  }
  std::cout << "done" << std::endl;
}

// Says that it waits for the signal, and when it came.
void AwaitSignal(const std::string& number) {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, atoi(number.c_str()));
  sigprocmask(SIG_BLOCK, &wanted, nullptr);
  std::cout << "waiting" << std::endl;
  int got = 0;
  sigwait(&wanted, &got);
  std::cout << "signal " << got << std::endl;
}

// Prints a line of standard input.
void PrintLine() {
  std::string line;
  std::cout << "line " << std::flush;
  std::getline(std::cin, line);
  std::cout << line << std::endl;
}

// The terminal that standard input, output and error are, and its size.
void PrintTerminal() {
  for (int fd = 0; fd <= 2; ++fd) {
    winsize size = {};
    const char* name = ttyname(fd);
    ioctl(fd, TIOCGWINSZ, &size);
    std::cout << fd << " " << (name == nullptr ? "none" : name) << " "
              << size.ws_row << "x" << size.ws_col << "\n";
  }
  std::cout << "leads " << (getsid(0) == getpid()) << " controls "
            << (tcgetpgrp(0) == getpgrp()) << std::endl;
}

void PrintPeer() {
  int ends[2];
  socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  ucred peer;
  socklen_t size = sizeof peer;
  Check("getsockopt",
        getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &peer, &size));
  std::cout << "peer " << peer.uid << ":" << peer.gid << " pid "
            << (peer.pid == getpid() ? "mine" : "other") << "\n";
}

// Asks the SSH agent for its keys (draft-miller-ssh-agent, 3.5).
void AskAgent() {
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  strncpy(address.sun_path, getenv("SSH_AUTH_SOCK"),
          sizeof address.sun_path - 1);
  const unsigned char request[] = {0, 0, 0, 1, 11};
  unsigned char answer[9] = {};
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) < 0 ||
      write(fd, request, sizeof request) != sizeof request ||
      read(fd, answer, sizeof answer) != sizeof answer) {
    std::cout << "agent: " << strerrorname_np(errno) << "\n";
    return;
  }
  std::cout << "agent answers " << int{answer[4]} << " with " << int{answer[8]}
            << " keys\n";
}

// Asks the resolver at an IPv4 address, which need not be there, for something.
void AskResolver(const std::string& at) {
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  inet_pton(AF_INET, at.c_str(), &address.sin_addr);
  Check("resolve " + at,
        sendto(fd, "?", 1, 0, reinterpret_cast<sockaddr*>(&address),
               sizeof address));
}

}  // namespace

const CommandTable& ProcessCommands() {
  using A = const Arguments&;
  static const CommandTable commands = {
      {"ids", [](A) { PrintIds(); }},
      {"pid", [](A) { std::cout << "pid " << getpid() << "\n"; }},
      {"cwd", [](A) { std::cout << "cwd " << get_current_dir_name() << "\n"; }},
      {"env",
       [](A) {
         for (char** v = environ; *v != nullptr; ++v) std::cout << *v << "\n";
       }},
      {"status",
       [](A a) { std::cout << a[1] << " " << StatusField(a[1]) << "\n"; }},
      {"limits", [](A) { PrintLimits(); }},
      {"user", [](A a) { BecomeUser(a[1]); }},
      {"chroot",
       [](A a) {
         Check("chroot " + a[1], chroot(a[1].c_str()));
         Check("chdir", chdir("/"));
       }},
      {"spawn", Spawn},
      {"daemon",
       [](A) {
         std::cout << std::flush;
         if (fork() == 0) {
           while (true) pause();
         }
       }},
      {"pause", [](A) { pause(); }},
      {"ready", [](A) { std::cout << "ready" << std::endl; }},
      {"ignore", [](A a) { signal(atoi(a[1].c_str()), SIG_IGN); }},
      {"maker",
       [](A) {
         int number = -1;
         Check("prctl", prctl(PR_GET_PDEATHSIG, &number));
         std::cout << "death signal " << number << " parent " << getppid()
                   << "\n";
       }},
      {"forget_maker", [](A) { Check("prctl", prctl(PR_SET_PDEATHSIG, 0)); }},
      {"session",
       [](A) {
         std::cout << std::flush;
         if (fork() == 0) {
           setsid();
           while (true) pause();
         }
       }},
      {"forks", [](A a) { ForkUntilRefused(atoi(a[1].c_str())); }},
      {"fill", [](A a) { FillMemory(atoi(a[1].c_str())); }},
      {"fill_in_thread", [](A a) { FillMemoryInThread(atoi(a[1].c_str())); }},
      {"members", [](A a) { BecomeMembers(atoi(a[1].c_str())); }},
      {"fill_shared", [](A a) { FillSharedMemory(atoi(a[1].c_str()), a[2]); }},
      {"fill_aside",
       [](A a) {
         std::cout << std::flush;
         if (fork() == 0) {
           FillMemory(atoi(a[1].c_str()));
           while (true) pause();
         }
       }},
      {"lock",
       [](A a) {
         const int fd = open(a[1].c_str(), O_RDWR);
         Check("lock " + a[1], flock(fd, LOCK_EX));
         std::cout << "locked" << std::endl;
       }},
      {"signal", [](A a) { AwaitSignal(a[1]); }},
      {"kill",
       [](A a) {
         std::cout << std::flush;
         const int number = atoi(a[1].c_str());
         signal(number, SIG_DFL);
         if (number == SIGSEGV) *static_cast<volatile int*>(nullptr) = 0;
         raise(number);
       }},
      {"exit",
       [](A a) {
         std::cout << std::flush;
         exit(atoi(a[1].c_str()));
       }},
      {"stdin",
       [](A) {
         char byte;
         std::cout << "stdin " << read(0, &byte, 1) << "\n";
       }},
      {"stderr",
       [](A a) {
         for (size_t i = 1; i < a.size(); ++i) std::cerr << a[i] << " ";
         std::cerr << "\n";
       }},
      {"line", [](A) { PrintLine(); }},
      {"terminal", [](A) { PrintTerminal(); }},
      {"peer", [](A) { PrintPeer(); }},
      {"resolve", [](A a) { AskResolver(a[1]); }},
      {"agent", [](A) { AskAgent(); }},
  };
  return commands;
}

}  // namespace rules_dockerfile
