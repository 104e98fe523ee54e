#ifndef LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_
#define LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// A file as openat(2) names it.
struct FileReference {
  int directory_fd = -1;
  std::string path;
  bool follow = true;  // a symlink at the end of the path

  std::optional<struct stat> Stat() const;
  // -1 and errno as of openat(2); O_CLOEXEC and, unless `follow`, O_NOFOLLOW
  // are added.
  UniqueFd Open(int flags, mode_t mode = 0) const;
  // The directory that holds it.
  FileReference Parent() const;
};

// What the kernel itself knows of a process: credentials(7). Ids are those of
// this process' user namespace.
struct KernelCredentials {
  uint32_t filesystem_uid = 0;
  uint32_t filesystem_gid = 0;
  bool makes_devices = false;  // CAP_MKNOD is effective
};

// A process that waits for the supervisor's answer. The supervisor has the
// same root directory and mounts.
class TargetProcess {
 public:
  // `proc_fd` is a /proc in which the supervisor itself appears.
  TargetProcess(pid_t pid, int proc_fd) : pid_(pid), proc_fd_(proc_fd) {}

  pid_t pid() const { return pid_; }

  // Another process, seen through the same /proc.
  TargetProcess Sibling(pid_t pid) const { return {pid, proc_fd_}; }

  // Copies memory; false if not all of it is mapped.
  bool Read(uint64_t address, void* data, size_t size) const;
  bool Write(uint64_t address, const void* data, size_t size) const;
  template <typename T>
  bool WriteValue(uint64_t address, const T& value) const {
    return Write(address, &value, sizeof value);
  }
  // A NUL-terminated string of at most PATH_MAX bytes.
  std::optional<std::string> ReadString(uint64_t address) const;

  // /proc/<pid>/`name`.
  std::string ReadProcFile(absl::string_view name) const;
  UniqueFd OpenProcFile(absl::string_view name, int flags) const;
  mode_t Umask() const;
  KernelCredentials Credentials() const;

  // What the process means by (directory_fd, path). nullopt where the
  // supervisor would see another file: below /proc and /sys, and in /dev but
  // for the fixed device nodes. `chrooted`: it may have another root directory.
  std::optional<FileReference> Resolve(int directory_fd, absl::string_view path,
                                       bool follow, bool chrooted) const;
  // The file that an open descriptor, or AT_FDCWD, stands for.
  FileReference Descriptor(int fd) const;

 private:
  // The text after "`name`:" in /proc/<pid>/status; "" if there is none.
  std::string StatusField(absl::string_view name) const;
  // What the link /proc/<pid>/`name` says; "" if there is none.
  std::string ReadProcLink(absl::string_view name) const;
  // As Resolve() for a process whose root directory is `root`, which neither
  // links nor ".." leave.
  std::optional<FileReference> ResolveBelow(absl::string_view root,
                                            int directory_fd,
                                            absl::string_view path,
                                            bool follow) const;

  pid_t pid_;
  int proc_fd_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_
