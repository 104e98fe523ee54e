// What an ordinary user may, and what it costs to ask.

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

void Open(const std::string& how, const std::string& path) {
  const int flags = how == "rw"  ? O_RDWR
                    : how == "w" ? O_WRONLY
                    : how == "p" ? O_PATH
                                 : O_RDONLY;
  const int fd = open(path.c_str(), flags | O_CLOEXEC);
  Check("open " + how + " " + path, fd);
  if (fd >= 0) close(fd);
}

void Access(const std::string& what, const std::string& path, int flags) {
  int mode = F_OK;
  for (const char letter : what) {
    mode |= letter == 'r' ? R_OK : letter == 'w' ? W_OK : X_OK;
  }
  Check("access " + what + " " + path,
        faccessat(AT_FDCWD, path.c_str(), mode, flags));
}

// Executes a program that says nothing.
void Run(const std::string& path) {
  std::cout << std::flush;
  const pid_t pid = fork();
  if (pid == 0) {
    execl(path.c_str(), path.c_str(), nullptr);
    std::cout << "run " << path << ": " << strerrorname_np(errno) << "\n"
              << std::flush;
    _exit(1);
  }
  waitpid(pid, nullptr, 0);
}

// Gives up the effective ids of a set-user-ID program for good.
void Drop() {
  Check("setgid", setresgid(getgid(), getgid(), getgid()));
  Check("setuid", setresuid(getuid(), getuid(), getuid()));
}

int64_t Microseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t{1000000} + now.tv_nsec / 1000;
}

// Creates empty files.
void CreateFiles(const std::string& directory, int count) {
  for (int i = 0; i < count; ++i) {
    const std::string path = directory + "/f" + std::to_string(i);
    close(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  }
}

// Creates, opens, stats and removes files, and says how long a round took.
void UseFiles(const std::string& directory, int count) {
  const int64_t start = Microseconds();
  struct stat info;
  CreateFiles(directory, count);
  for (int i = 0; i < count; ++i) {
    const std::string path = directory + "/f" + std::to_string(i);
    close(open(path.c_str(), O_RDONLY | O_CLOEXEC));
    stat(path.c_str(), &info);
  }
  for (int i = 0; i < count; ++i) {
    const std::string path = directory + "/f" + std::to_string(i);
    Check("unlink " + path, unlink(path.c_str()));
  }
  printf("files %.1f us\n",
         static_cast<double>(Microseconds() - start) / count);
  fflush(stdout);
}

}  // namespace

const CommandTable& PermissionCommands() {
  using A = const Arguments&;
  static const CommandTable commands = {
      {"open", [](A a) { Open(a[1], a[2]); }},
      {"access", [](A a) { Access(a[1], a[2], 0); }},
      {"eaccess", [](A a) { Access(a[1], a[2], AT_EACCESS); }},
      {"cd", [](A a) { Check("cd " + a[1], chdir(a[1].c_str())); }},
      {"run", [](A a) { Run(a[1]); }},
      {"drop", [](A) { Drop(); }},
      {"touch_now",
       [](A a) {
         Check("touch " + a[1], utimensat(AT_FDCWD, a[1].c_str(), nullptr, 0));
       }},
      {"truncate",
       [](A a) { Check("truncate " + a[1], truncate(a[1].c_str(), 0)); }},
      {"readlink",
       [](A a) {
         char text[256];
         Check("readlink " + a[1],
               static_cast<int>(readlink(a[1].c_str(), text, sizeof text)));
       }},
      {"create_files", [](A a) { CreateFiles(a[1], atoi(a[2].c_str())); }},
      {"use_files", [](A a) { UseFiles(a[1], atoi(a[2].c_str())); }},
  };
  return commands;
}

}  // namespace rules_dockerfile
