// A program for the tests to run in a sandbox: it does what its arguments say,
// and prints what it finds there. Statically linked, so that it is all of a
// rootfs. `probe ids ; chown 1:2 /f ; stat /f`: commands are separated by ";".

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

using Arguments = std::vector<std::string>;

std::string ErrorName(int error) { return strerrorname_np(error); }

// Prints what went wrong, if something did.
void Check(const std::string& what, int result) {
  if (result >= 0) return;
  std::cout << what << ": " << ErrorName(errno) << "\n";
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

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

char TypeLetter(mode_t mode) {
  if (S_ISDIR(mode)) return 'd';
  if (S_ISLNK(mode)) return 'l';
  if (S_ISCHR(mode)) return 'c';
  if (S_ISBLK(mode)) return 'b';
  if (S_ISFIFO(mode)) return 'p';
  if (S_ISSOCK(mode)) return 's';
  return '-';
}

void PrintStat(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check("stat " + path, -1);
  printf("%s %c%04o %u:%u", path.c_str(), TypeLetter(info.st_mode),
         info.st_mode & 07777, info.st_uid, info.st_gid);
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) {
    printf(" %u,%u", major(info.st_rdev), minor(info.st_rdev));
  }
  printf("\n");
  fflush(stdout);
}

void PrintList(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return Check("list " + path, -1);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  std::cout << path << ":";
  for (const std::string& name : names) std::cout << " " << name;
  std::cout << "\n";
}

void Write(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) return Check("write " + path, -1);
  Check("write " + path, static_cast<int>(write(fd, text.data(), text.size())));
  close(fd);
}

void Chown(const std::string& owner, const std::string& path) {
  unsigned uid = 0, gid = 0;
  sscanf(owner.c_str(), "%u:%u", &uid, &gid);
  Check("chown " + path, lchown(path.c_str(), uid, gid));
}

void MakeNode(const Arguments& arguments) {
  const mode_t type = arguments[1] == "c"   ? S_IFCHR
                      : arguments[1] == "b" ? S_IFBLK
                                            : S_IFIFO;
  const dev_t device =
      arguments.size() > 4
          ? makedev(atoi(arguments[3].c_str()), atoi(arguments[4].c_str()))
          : 0;
  Check("mknod " + arguments[2],
        mknod(arguments[2].c_str(), type | 0644, device));
}

void BecomeUser(const std::string& user) {
  unsigned uid = 0, gid = 0;
  sscanf(user.c_str(), "%u:%u", &uid, &gid);
  Check("setgroups", setgroups(1, &gid));
  Check("setgid", setresgid(gid, gid, gid));
  Check("setuid", setresuid(uid, uid, uid));
}

void PrintInterfaces() {
  struct if_nameindex* interfaces = if_nameindex();
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  std::cout << "interfaces";
  for (auto* entry = interfaces; entry->if_index != 0; ++entry) {
    ifreq request = {};
    strncpy(request.ifr_name, entry->if_name, sizeof request.ifr_name - 1);
    ioctl(fd, SIOCGIFFLAGS, &request);
    std::cout << " " << entry->if_name
              << (request.ifr_flags & IFF_UP ? "=up" : "=down");
  }
  std::cout << "\n";
  close(fd);
  if_freenameindex(interfaces);
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

int CountLines(const std::string& path, const std::string& prefix) {
  std::istringstream lines(ReadText(path));
  int count = 0;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(prefix)) ++count;
  }
  return count;
}

// How many processors there are, by all that programs ask, and the number of
// the one it runs on.
void PrintProcessors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  Check("sched_getaffinity", sched_getaffinity(0, sizeof set, &set));
  unsigned now = 99;
  Check("getcpu",
        static_cast<int>(syscall(SYS_getcpu, &now, nullptr, nullptr)));
  std::cout << "processors " << CPU_COUNT(&set) << " "
            << sysconf(_SC_NPROCESSORS_ONLN) << " "
            << sysconf(_SC_NPROCESSORS_CONF) << " "
            << CountLines("/proc/cpuinfo", "processor") << " "
            << CountLines("/proc/stat", "cpu") - 1 << " on " << sched_getcpu()
            << " " << now << "\n";
}

void UseProcessor(const std::string& number) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(atoi(number.c_str()), &set);
  Check("sched_setaffinity " + number, sched_setaffinity(0, sizeof set, &set));
}

// The affinity of a process by its id, in so many bytes.
void AskAffinity(const std::string& pid, const std::string& size) {
  cpu_set_t set;
  const long result = syscall(SYS_sched_getaffinity, atoi(pid.c_str()),
                              atoi(size.c_str()), &set);
  if (result < 0) return Check("affinity " + pid + " " + size, -1);
  std::cout << "affinity in " << result << " bytes\n";
}

void PrintMemory() {
  struct sysinfo info;
  sysinfo(&info);
  std::cout << "memory " << info.totalram * info.mem_unit << " free "
            << info.freeram * info.mem_unit << " pages "
            << sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) << " uptime "
            << info.uptime << "\n";
}

void PrintKernel() {
  utsname name;
  uname(&name);
  std::cout << name.sysname << " " << name.nodename << " " << name.release
            << " " << name.version << "\n";
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
    std::cout << "exec: " << ErrorName(errno) << "\n";
    exit(1);
  }
  waitpid(pid, nullptr, 0);
}

void Touch(const std::string& time, const std::string& path) {
  double seconds = atof(time.c_str());
  timespec times[2];
  times[0].tv_sec = times[1].tv_sec = static_cast<time_t>(seconds);
  times[0].tv_nsec = times[1].tv_nsec =
      static_cast<long>((seconds - static_cast<double>(times[0].tv_sec)) * 1e9);
  Check("touch " + path,
        utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

void RemoveAll(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check("rm " + path, -1);
  if (S_ISDIR(info.st_mode)) {
    DIR* directory = opendir(path.c_str());
    std::vector<std::string> names;
    while (const dirent* entry = readdir(directory)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(directory);
    for (const std::string& name : names) RemoveAll(path + "/" + name);
  }
  Check("rm " + path, remove(path.c_str()));
}

// Copies a file, mode and all, over another.
void Copy(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  out << in.rdbuf();
  struct stat info;
  stat(from.c_str(), &info);
  chmod(to.c_str(), info.st_mode & 0777);
}

// cap_net_raw=ep, as setcap(8) writes it: linux/capability.h, vfs_cap_data.
void SetCapability(const std::string& path) {
  const unsigned char value[20] = {1, 0, 0, 2, 0, 0x20};
  Check("setcap " + path,
        setxattr(path.c_str(), "security.capability", value, sizeof value, 0));
}

// `acl access /f 1000`: rw- for the owner, rwx for a user, r-- for the group
// and others, and a mask of rwx: acl(5), linux/posix_acl_xattr.h.
void SetAcl(const std::string& which, const std::string& path, unsigned uid) {
  struct Entry {
    uint16_t tag, permissions;
    uint32_t id;
  };
  const struct {
    uint32_t version;
    Entry entries[5];
  } acl = {2,
           {{1, 6, ~0u}, {2, 7, uid}, {4, 4, ~0u}, {16, 7, ~0u}, {32, 4, ~0u}}};
  Check("acl " + path,
        setxattr(path.c_str(), ("system.posix_acl_" + which).c_str(), &acl,
                 sizeof acl, 0));
}

// As mv(1): across file systems, of which an overlay counts each layer as one,
// it copies a directory, with modes and times.
void MoveTree(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) return Check("mvtree " + from, -1);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to)) {
    const std::string path = entry.path();
    struct stat info;
    lstat((from + path.substr(to.size())).c_str(), &info);
    const timespec times[2] = {info.st_mtim, info.st_mtim};
    utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
  }
  RemoveAll(from);
}

// Opens a file to append to it, and writes nothing.
void Append(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_APPEND);
  Check("append " + path, fd);
  close(fd);
}

void MakeSocket(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  Check("bind " + path,
        bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(fd);
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

void PrintNow() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  timeval day;
  gettimeofday(&day, nullptr);
  std::cout << "now " << now.tv_sec << " " << day.tv_sec << " " << time(nullptr)
            << "\n";
}

void PrintTimes(const std::string& which, const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check(which + " " + path, -1);
  const timespec& shown = which == "mtime" ? info.st_mtim : info.st_ctim;
  std::cout << path << " " << which << " " << shown.tv_sec << "\n";
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

// Prints a line of standard input.
void PrintLine() {
  std::string line;
  std::cout << "line " << std::flush;
  std::getline(std::cin, line);
  std::cout << line << std::endl;
}

void MakeChain(const Arguments& a) {
  if (a[0] == "mkdir") return Check("mkdir " + a[1], mkdir(a[1].c_str(), 0755));
  if (a[0] == "symlink") {
    return Check("symlink " + a[2], symlink(a[1].c_str(), a[2].c_str()));
  }
  if (a[0] == "link")
    return Check("link " + a[2], link(a[1].c_str(), a[2].c_str()));
  if (a[0] == "mv")
    return Check("mv " + a[1], rename(a[1].c_str(), a[2].c_str()));
  if (a[0] == "chmod") {
    return Check("chmod " + a[2],
                 chmod(a[2].c_str(), strtoul(a[1].c_str(), nullptr, 8)));
  }
  if (a[0] == "setxattr") {
    return Check("setxattr " + a[3], lsetxattr(a[3].c_str(), a[1].c_str(),
                                               a[2].data(), a[2].size(), 0));
  }
}

const std::map<std::string, std::function<void(const Arguments&)>>& Commands() {
  using A = const Arguments&;
  static const std::map<std::string, std::function<void(A)>> commands = {
      {"ids", [](A) { PrintIds(); }},
      {"stat", [](A a) { PrintStat(a[1]); }},
      {"list", [](A a) { PrintList(a[1]); }},
      {"cat", [](A a) { std::cout << ReadText(a[1]); }},
      {"write", [](A a) { Write(a[1], a[2]); }},
      {"touch", [](A a) { Touch(a[1], a[2]); }},
      {"cp", [](A a) { Copy(a[1], a[2]); }},
      {"rm", [](A a) { RemoveAll(a[1]); }},
      {"mkdir", MakeChain},
      {"symlink", MakeChain},
      {"link", MakeChain},
      {"mv", MakeChain},
      {"chmod", MakeChain},
      {"setxattr", MakeChain},
      {"setcap", [](A a) { SetCapability(a[1]); }},
      {"acl",
       [](A a) { SetAcl(a[1], a[2], strtoul(a[3].c_str(), nullptr, 10)); }},
      {"mvtree", [](A a) { MoveTree(a[1], a[2]); }},
      {"append", [](A a) { Append(a[1]); }},
      {"socket", [](A a) { MakeSocket(a[1]); }},
      {"chroot",
       [](A a) {
         Check("chroot " + a[1], chroot(a[1].c_str()));
         Check("chdir", chdir("/"));
       }},
      {"lock",
       [](A a) {
         const int fd = open(a[1].c_str(), O_RDWR);
         Check("lock " + a[1], flock(fd, LOCK_EX));
         std::cout << "locked" << std::endl;
       }},
      {"pause", [](A) { pause(); }},
      {"chown", [](A a) { Chown(a[1], a[2]); }},
      {"mknod", MakeNode},
      {"user", [](A a) { BecomeUser(a[1]); }},
      {"spawn", Spawn},
      {"peer", [](A) { PrintPeer(); }},
      {"agent", [](A) { AskAgent(); }},
      {"now", [](A) { PrintNow(); }},
      {"date", [](A a) { Write(a[1], std::to_string(time(nullptr))); }},
      {"mtime", [](A a) { PrintTimes(a[0], a[1]); }},
      {"ctime", [](A a) { PrintTimes(a[0], a[1]); }},
      {"signal", [](A a) { AwaitSignal(a[1]); }},
      {"terminal", [](A) { PrintTerminal(); }},
      {"line", [](A) { PrintLine(); }},
      {"limits", [](A) { PrintLimits(); }},
      {"processors", [](A) { PrintProcessors(); }},
      {"processor", [](A a) { UseProcessor(a[1]); }},
      {"affinity", [](A a) { AskAffinity(a[1], a[2]); }},
      {"memory", [](A) { PrintMemory(); }},
      {"kernel", [](A) { PrintKernel(); }},
      {"interfaces", [](A) { PrintInterfaces(); }},
      {"pid", [](A) { std::cout << "pid " << getpid() << "\n"; }},
      {"cwd", [](A) { std::cout << "cwd " << get_current_dir_name() << "\n"; }},
      {"status",
       [](A a) { std::cout << a[1] << " " << StatusField(a[1]) << "\n"; }},
      {"env",
       [](A) {
         for (char** v = environ; *v != nullptr; ++v) std::cout << *v << "\n";
       }},
      {"host",
       [](A) {
         utsname name;
         uname(&name);
         std::cout << "host " << name.nodename << "\n";
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
      {"unshare",
       [](A) {
         Check("unshare",
               static_cast<int>(syscall(SYS_unshare, CLONE_NEWUSER)));
       }},
      {"mount",
       [](A) { Check("mount", mount("none", "/tmp", "tmpfs", 0, nullptr)); }},
      {"daemon",
       [](A) {
         std::cout << std::flush;
         if (fork() == 0) {
           while (true) pause();
         }
       }},
      {"exit",
       [](A a) {
         std::cout << std::flush;
         exit(atoi(a[1].c_str()));
       }},
      {"kill",
       [](A a) {
         std::cout << std::flush;
         const int number = atoi(a[1].c_str());
         signal(number, SIG_DFL);
         if (number == SIGSEGV) *static_cast<volatile int*>(nullptr) = 0;
         raise(number);
       }},
  };
  return commands;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments command;
  // As an emulator it gets the program's path and its own argv[0] first.
  const bool emulator = argc > 2 && std::string(argv[1]) == "/bin/foreign";
  for (int i = emulator ? 3 : 1; i <= argc; ++i) {
    // What is spawned gets all that follows.
    const bool rest = !command.empty() && command[0] == "spawn";
    if (i < argc && (rest || std::string(argv[i]) != ";")) {
      command.push_back(argv[i]);
      continue;
    }
    if (command.empty()) continue;
    const auto found = Commands().find(command[0]);
    if (found == Commands().end()) {
      std::cout << "probe: no command " << command[0] << "\n";
      return 2;
    }
    found->second(command);
    command.clear();
  }
  return 0;
}
