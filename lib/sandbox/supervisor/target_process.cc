#include "lib/sandbox/supervisor/target_process.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/log/absl_check.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/assumed_ids.h"
#include "lib/sandbox/supervisor/known_processes.h"
#include "lib/sandbox/supervisor/own_link.h"
#include "lib/sandbox/supervisor/target_file.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kPage = 4096;
constexpr mode_t kDefaultUmask = 022;
constexpr int kMaxLinks = 40;  // MAXSYMLINKS of the kernel

// Opens a path with O_PATH. A link of /proc, which would lead this process
// elsewhere than the other one, is an error.
UniqueFd OpenPath(int start_fd, const std::string& path, int flags) {
  open_how how = {};
  how.flags = static_cast<uint64_t>(O_PATH | O_CLOEXEC | flags);
  how.resolve = RESOLVE_NO_MAGICLINKS;
  return UniqueFd(static_cast<int>(
      syscall(SYS_openat2, start_fd, path.c_str(), &how, sizeof how)));
}

// The text after "`field`:" in a /proc/<pid>/status; "" if there is none.
absl::string_view FieldOf(absl::string_view status, absl::string_view field) {
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (absl::ConsumePrefix(&line, field) && absl::ConsumePrefix(&line, ":")) {
      return absl::StripAsciiWhitespace(line);
    }
  }
  return "";
}

std::vector<uint32_t> Numbers(absl::string_view field) {
  std::vector<uint32_t> numbers;
  for (const absl::string_view text :
       absl::StrSplit(field, absl::ByAnyChar(" \t"), absl::SkipEmpty())) {
    uint32_t number = 0;
    if (absl::SimpleAtoi(text, &number)) numbers.push_back(number);
  }
  return numbers;
}

struct SplitPath {
  std::string directory;
  std::string name;
};

// nullopt if the path ends in a slash, "." or "..".
std::optional<SplitPath> Split(absl::string_view path) {
  const size_t slash = path.rfind('/');
  const absl::string_view name =
      slash == absl::string_view::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..") return std::nullopt;
  return SplitPath{slash == absl::string_view::npos
                       ? "."
                       : std::string(path.substr(0, slash + 1)),
                   std::string(name)};
}

// Follows the dangling symlink `file`. False if it is none.
bool FollowDangling(const TargetFile& directory, const std::string& name,
                    const TargetFile& file, std::string& path) {
  if (!S_ISLNK(file.info().st_mode)) return false;
  if (OpenPath(directory.fd(), name, 0).ok() || errno != ENOENT) return false;
  char target[PATH_MAX];
  const ssize_t size = readlinkat(file.fd(), "", target, sizeof target);
  if (size <= 0) return false;
  path.assign(target, static_cast<size_t>(size));
  return true;
}

}  // namespace

bool TargetProcess::Waits() const {
  uint64_t id = id_;
  return ioctl(handles_.listener_fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}

void TargetProcess::KeepMemoryOpen() {
  UniqueFd memory = OpenProcFile("mem", O_RDWR);
  if (memory.ok())
    memory_ = std::make_shared<const UniqueFd>(std::move(memory));
}

bool TargetProcess::Read(uint64_t address, void* data, size_t size) const {
  if (memory_ != nullptr) {
    return pread(memory_->get(), data, size, static_cast<off_t>(address)) ==
               static_cast<ssize_t>(size) &&
           Waits();
  }
  const iovec local = {data, size};
  const iovec remote = {reinterpret_cast<void*>(address), size};
  ssize_t got = process_vm_readv(pid_, &local, 1, &remote, 1, 0);
  if (got < 0 && (errno == EPERM || errno == ENOSYS)) {
    // Docker's older profiles refuse the call to the supervisor, but not this.
    const UniqueFd memory = OpenProcFile("mem", O_RDONLY);
    got = pread(memory.get(), data, size, static_cast<off_t>(address));
  }
  return got == static_cast<ssize_t>(size) && Waits();
}

bool TargetProcess::Write(uint64_t address, const void* data,
                          size_t size) const {
  UniqueFd opened;
  if (memory_ == nullptr) opened = OpenProcFile("mem", O_WRONLY);
  const int memory = memory_ != nullptr ? memory_->get() : opened.get();
  return pwrite(memory, data, size, static_cast<off_t>(address)) ==
         static_cast<ssize_t>(size);
}

std::optional<std::string> TargetProcess::ReadString(uint64_t address) const {
  std::string text;
  char buffer[kPage];
  while (text.size() < PATH_MAX) {
    // Up to the page's end: the next page need not be mapped.
    const size_t size = kPage - address % kPage;
    if (!Read(address, buffer, size)) return std::nullopt;
    if (const void* end = memchr(buffer, '\0', size)) {
      text.append(buffer, static_cast<const char*>(end) - buffer);
      return text;
    }
    text.append(buffer, size);
    address += size;
  }
  return std::nullopt;
}

UniqueFd TargetProcess::OpenProcFile(absl::string_view name, int flags) const {
  UniqueFd fd(openat(handles_.proc_fd, absl::StrCat(pid_, "/", name).c_str(),
                     flags | O_CLOEXEC));
  return fd.ok() && Waits() ? std::move(fd) : UniqueFd();
}

std::string TargetProcess::ReadProcFile(absl::string_view name) const {
  const UniqueFd fd = OpenProcFile(name, O_RDONLY);
  std::string text;
  char buffer[kPage];
  ssize_t got;
  while ((got = read(fd.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, got);
  }
  return text;
}

std::string TargetProcess::StatusField(absl::string_view field) const {
  return std::string(FieldOf(ReadProcFile("status"), field));
}

mode_t TargetProcess::Umask() const {
  const std::string umask = StatusField("Umask");
  if (umask.empty()) return kDefaultUmask;
  return static_cast<mode_t>(strtoul(umask.c_str(), nullptr, 8));
}

KernelCredentials TargetProcess::Credentials() const {
  const std::string status = ReadProcFile("status");
  // "Uid: real effective saved filesystem": proc_pid_status(5).
  const auto filesystem_id = [&status](absl::string_view name) {
    const std::vector<uint32_t> ids = Numbers(FieldOf(status, name));
    return ids.empty() ? 0 : ids.back();
  };
  const uint64_t effective =
      strtoull(std::string(FieldOf(status, "CapEff")).c_str(), nullptr, 16);
  const auto has = [effective](int capability) {
    return (effective & (uint64_t{1} << capability)) != 0;
  };
  return {.filesystem_uid = filesystem_id("Uid"),
          .filesystem_gid = filesystem_id("Gid"),
          .groups = Numbers(FieldOf(status, "Groups")),
          .searches_all = has(CAP_DAC_OVERRIDE) || has(CAP_DAC_READ_SEARCH),
          .makes_devices = has(CAP_MKNOD),
          .makes_raw_sockets = has(CAP_NET_RAW)};
}

std::optional<TargetFile> TargetProcess::Checked(UniqueFd fd) const {
  std::optional<TargetFile> file =
      TargetFile::Take(std::move(fd), handles_.proc_fd);
  if (!file.has_value() || handles_.directories->DependsOnWhoLooks(*file)) {
    return std::nullopt;
  }
  return file;
}

UniqueFd TargetProcess::Start(int directory_fd, const PathView& view,
                              std::string& path) const {
  if (!absl::StartsWith(path, "/")) return OpenStart(directory_fd);
  const std::optional<OwnLink> own =
      view.chrooted ? std::nullopt : ParseOwnLink(path);
  if (!own.has_value()) return UniqueFd();
  path = own->rest;
  return OpenProcFile(own->link, O_PATH);
}

void TargetProcess::WithView(const PathView& view,
                             absl::FunctionRef<void()> find) const {
  std::optional<AssumedIds> ids;
  if (!view.chrooted) {
    if (view.checked) ids.emplace(Credentials());
    return find();
  }
  const UniqueFd own(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const UniqueFd root = OpenProcFile("root", O_PATH | O_DIRECTORY);
  if (!own.ok() || !root.ok() || fchdir(root.get()) < 0 || chroot(".") < 0) {
    return;
  }
  if (view.checked) ids.emplace(Credentials());
  find();
  ids.reset();
  ABSL_CHECK_EQ(fchdir(own.get()), 0);
  ABSL_CHECK_EQ(chroot("."), 0);
}

std::optional<TargetFile> TargetProcess::Find(int directory_fd,
                                              const std::string& path,
                                              bool follow,
                                              const PathView& view) const {
  if (path.empty()) return std::nullopt;
  std::string left = path;
  UniqueFd found = Start(directory_fd, view, left);
  if (left.empty()) {  // the link's own name
    return follow ? Checked(std::move(found)) : std::nullopt;
  }
  WithView(view, [&] {
    found = OpenPath(found.get(), left, follow ? 0 : O_NOFOLLOW);
  });
  return Checked(std::move(found));
}

UniqueFd TargetProcess::CopyDescriptor(int fd) const {
  UniqueFd copy = handles_.processes->CopyDescriptor(pid_, fd);
  // Another process may have got the number, and be known, since the call.
  if (copy.ok()) return Waits() ? std::move(copy) : UniqueFd();
  constexpr unsigned kThread = O_EXCL;  // PIDFD_THREAD of Linux 6.9
  UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid_, kThread)));
  if (!process.ok()) {
    process = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  }
  if (!process.ok() || !Waits()) return UniqueFd();
  copy = UniqueFd(
      static_cast<int>(syscall(SYS_pidfd_getfd, process.get(), fd, 0)));
  if (copy.ok()) handles_.processes->Remember(pid_, std::move(process));
  return copy;
}

UniqueFd TargetProcess::OpenStart(int fd) const {
  if (fd == AT_FDCWD) return OpenProcFile("cwd", O_PATH);
  // Where it can be had, a copy takes half the time of the long name.
  UniqueFd copy = CopyDescriptor(fd);
  if (copy.ok()) return copy;
  return OpenProcFile(absl::StrCat("fd/", fd), O_PATH);
}

std::optional<TargetFile> TargetProcess::Descriptor(int fd) const {
  return TargetFile::TakeOpen(OpenStart(fd), handles_.proc_fd);
}

std::optional<NewFile> TargetProcess::FindNew(int directory_fd,
                                              std::string path, NewName meaning,
                                              const PathView& view) const {
  if (meaning == NewName::kDirectory) {
    while (absl::EndsWith(path, "/")) path.pop_back();
  }
  std::optional<NewFile> found;
  const UniqueFd start = Start(directory_fd, view, path);
  WithView(view, [&] {
    std::optional<TargetFile> above;  // of the link that was followed
    for (int links = 0; links <= kMaxLinks; ++links) {
      const std::optional<SplitPath> split = Split(path);
      if (!split.has_value()) return;
      std::optional<TargetFile> directory =
          Checked(OpenPath(above.has_value() ? above->fd() : start.get(),
                           split->directory, O_DIRECTORY));
      if (!directory.has_value()) return;
      const std::optional<TargetFile> file =
          TargetFile::At(*directory, split->name);
      if (!file.has_value()) {
        if (errno == ENOENT) found = {*std::move(directory), split->name};
        return;
      }
      if (meaning != NewName::kFollowed ||
          !FollowDangling(*directory, split->name, *file, path)) {
        return;
      }
      above = std::move(directory);
    }
  });
  return found;
}

}  // namespace rules_dockerfile
