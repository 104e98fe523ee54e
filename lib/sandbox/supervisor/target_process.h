#ifndef LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_
#define LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/assumed_ids.h"
#include "lib/sandbox/supervisor/known_directories.h"
#include "lib/sandbox/supervisor/known_processes.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {

// The descriptors through which the supervisor reads processes.
struct SupervisorHandles {
  int proc_fd = -1;      // a /proc in which the supervisor itself appears
  int listener_fd = -1;  // of seccomp_unotify(2)
  KnownDirectories* directories = nullptr;
  KnownProcesses* processes = nullptr;
};

// How a process sees paths.
struct PathView {
  bool chrooted = false;  // it may have another root directory
  bool checked = false;   // its kernel credentials decide what it may search
};

// A process that waits for the supervisor's answer. The supervisor has the
// same mounts, and the root directory that the first of its processes had.
//
// The process may be killed at any time, and its id reused by another process,
// even one of the host. So all that is read by the number counts only if the
// call still waits afterwards (SECCOMP_IOCTL_NOTIF_ID_VALID), and what is
// written goes to what was opened before that check.
class TargetProcess {
 public:
  TargetProcess(pid_t pid, uint64_t notification_id,
                const SupervisorHandles& handles)
      : pid_(pid), id_(notification_id), handles_(handles) {}

  pid_t pid() const { return pid_; }
  const SupervisorHandles& handles() const { return handles_; }
  // Another process, looked at while this one waits.
  TargetProcess Sibling(pid_t pid) const {
    return TargetProcess(pid, id_, handles_);
  }
  // Whether its call waits for an answer, so that pid() is its number.
  bool Waits() const;

  // Makes later reads and writes of memory cheaper.
  void KeepMemoryOpen();
  // Copies memory; false if not all of it is mapped, or the process is gone.
  bool Read(uint64_t address, void* data, size_t size) const;
  bool Write(uint64_t address, const void* data, size_t size) const;
  template <typename T>
  bool WriteValue(uint64_t address, const T& value) const {
    return Write(address, &value, sizeof value);
  }
  // A NUL-terminated string of at most PATH_MAX bytes.
  std::optional<std::string> ReadString(uint64_t address) const;

  // /proc/<pid>/`name`; "" and not ok if the process is gone.
  std::string ReadProcFile(absl::string_view name) const;
  UniqueFd OpenProcFile(absl::string_view name, int flags) const;
  // The text after "`field`:" in /proc/<pid>/status; "" if there is none.
  std::string StatusField(absl::string_view field) const;
  mode_t Umask() const;
  KernelCredentials Credentials() const;

  // Returns the file that the process means by (directory_fd, path). nullopt if
  // no such file, if the kernel would not let it search a directory on the way,
  // and where the supervisor would see another: below /proc and /sys, and
  // through links of /proc but those of own_link.h.
  std::optional<TargetFile> Find(int directory_fd, const std::string& path,
                                 bool follow, const PathView& view) const;
  // A copy of an open descriptor; not ok if there is none, or if the system
  // does not allow it.
  UniqueFd CopyDescriptor(int fd) const;
  // The file of an open descriptor, or of AT_FDCWD.
  std::optional<TargetFile> Descriptor(int fd) const;
  // Where a file would be made for (directory_fd, path). nullopt if it exists
  // or cannot be created.
  std::optional<NewFile> FindNew(int directory_fd, std::string path,
                                 NewName meaning, const PathView& view) const;

  // Where a relative path begins, and one through an own link, of which it
  // leaves in `path` what is relative to that; not ok for another absolute
  // path, which needs none.
  UniqueFd Start(int directory_fd, const PathView& view,
                 std::string& path) const;
  // Runs `find` with the process' root directory, and with its permissions, as
  // those of this thread.
  void WithView(const PathView& view, absl::FunctionRef<void()> find) const;

 private:
  // The working directory (AT_FDCWD) or an open descriptor, O_PATH or a copy.
  UniqueFd OpenStart(int fd) const;
  std::optional<TargetFile> Checked(UniqueFd fd) const;
  pid_t pid_;
  uint64_t id_;
  SupervisorHandles handles_;
  std::shared_ptr<const UniqueFd> memory_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_TARGET_PROCESS_H_
