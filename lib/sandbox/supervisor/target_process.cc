#include "lib/sandbox/supervisor/target_process.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/rooted_path.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kPage = 4096;
constexpr mode_t kDefaultUmask = 022;
// Device nodes that the supervisor sees as every process does.
constexpr absl::string_view kSharedDevices[] = {"null",   "zero",    "full",
                                                "random", "urandom", "tty"};

// Whether the supervisor, which is in another pid namespace, sees another file
// at an absolute path.
bool LooksDifferent(absl::string_view path) {
  if (absl::StartsWith(path, "/proc/") || absl::StartsWith(path, "/sys/")) {
    return true;
  }
  absl::string_view device = path;
  return absl::ConsumePrefix(&device, "/dev/") &&
         !absl::c_linear_search(kSharedDevices, device);
}

}  // namespace

std::optional<struct stat> FileReference::Stat() const {
  struct stat info;
  if (fstatat(directory_fd, path.c_str(), &info,
              follow ? 0 : AT_SYMLINK_NOFOLLOW) < 0) {
    return std::nullopt;
  }
  return info;
}

UniqueFd FileReference::Open(int flags, mode_t mode) const {
  return UniqueFd(openat(directory_fd, path.c_str(),
                         flags | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW), mode));
}

FileReference FileReference::Parent() const {
  absl::string_view view = path;
  while (view.size() > 1 && view.back() == '/') view.remove_suffix(1);
  const size_t slash = view.rfind('/');
  if (slash == absl::string_view::npos) return {directory_fd, ".", true};
  return {directory_fd, std::string(view.substr(0, std::max<size_t>(slash, 1))),
          true};
}

bool TargetProcess::Read(uint64_t address, void* data, size_t size) const {
  const iovec local = {data, size};
  const iovec remote = {reinterpret_cast<void*>(address), size};
  const ssize_t got = process_vm_readv(pid_, &local, 1, &remote, 1, 0);
  if (got == static_cast<ssize_t>(size)) return true;
  if (got >= 0 || (errno != EPERM && errno != ENOSYS)) return false;
  // Docker's older profiles refuse the call to the supervisor, but not this.
  const UniqueFd memory = OpenProcFile("mem", O_RDONLY);
  return pread(memory.get(), data, size, static_cast<off_t>(address)) ==
         static_cast<ssize_t>(size);
}

bool TargetProcess::Write(uint64_t address, const void* data,
                          size_t size) const {
  const iovec local = {const_cast<void*>(data), size};
  const iovec remote = {reinterpret_cast<void*>(address), size};
  const ssize_t put = process_vm_writev(pid_, &local, 1, &remote, 1, 0);
  if (put == static_cast<ssize_t>(size)) return true;
  if (put >= 0 || (errno != EPERM && errno != ENOSYS)) return false;
  const UniqueFd memory = OpenProcFile("mem", O_WRONLY);
  return pwrite(memory.get(), data, size, static_cast<off_t>(address)) ==
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
  return UniqueFd(openat(proc_fd_, absl::StrCat(pid_, "/", name).c_str(),
                         flags | O_CLOEXEC));
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

mode_t TargetProcess::Umask() const {
  const std::string umask = StatusField("Umask");
  if (umask.empty()) return kDefaultUmask;
  return static_cast<mode_t>(strtoul(umask.c_str(), nullptr, 8));
}

std::string TargetProcess::StatusField(absl::string_view name) const {
  const std::string status = ReadProcFile("status");
  for (absl::string_view line : absl::StrSplit(status, '\n')) {
    if (absl::ConsumePrefix(&line, name) && absl::ConsumePrefix(&line, ":")) {
      return std::string(absl::StripAsciiWhitespace(line));
    }
  }
  return "";
}

KernelCredentials TargetProcess::Credentials() const {
  // "Uid: real effective saved filesystem": proc_pid_status(5).
  const auto filesystem_id = [this](absl::string_view name) {
    const std::string field = StatusField(name);
    const size_t last = field.find_last_of(" \t");
    uint32_t id = 0;
    return last != std::string::npos &&
                   absl::SimpleAtoi(field.substr(last), &id)
               ? id
               : 0;
  };
  const uint64_t effective =
      strtoull(StatusField("CapEff").c_str(), nullptr, 16);
  return {.filesystem_uid = filesystem_id("Uid"),
          .filesystem_gid = filesystem_id("Gid"),
          .makes_devices = (effective & (uint64_t{1} << CAP_MKNOD)) != 0};
}

std::optional<FileReference> TargetProcess::Resolve(int directory_fd,
                                                    absl::string_view path,
                                                    bool follow,
                                                    bool chrooted) const {
  if (path.empty() || LooksDifferent(path)) return std::nullopt;
  if (chrooted) {
    const std::string root = ReadProcLink("root");
    if (root != "/") return ResolveBelow(root, directory_fd, path, follow);
  }
  if (path[0] == '/') return FileReference{AT_FDCWD, std::string(path), follow};
  const std::string start = directory_fd == AT_FDCWD
                                ? absl::StrCat(pid_, "/cwd/")
                                : absl::StrCat(pid_, "/fd/", directory_fd, "/");
  return FileReference{proc_fd_, absl::StrCat(start, path), follow};
}

std::string TargetProcess::ReadProcLink(absl::string_view name) const {
  char target[PATH_MAX];
  const ssize_t size = readlinkat(
      proc_fd_, absl::StrCat(pid_, "/", name).c_str(), target, sizeof target);
  return size < 0 ? "" : std::string(target, size);
}

std::optional<FileReference> TargetProcess::ResolveBelow(absl::string_view root,
                                                         int directory_fd,
                                                         absl::string_view path,
                                                         bool follow) const {
  std::string full(path);
  if (path[0] != '/') {
    const std::string start = ReadProcLink(
        directory_fd == AT_FDCWD ? "cwd" : absl::StrCat("fd/", directory_fd));
    absl::string_view below = start;
    if (!absl::ConsumePrefix(&below, root)) return std::nullopt;
    full = absl::StrCat(below, "/", path);
  }
  const UniqueFd root_fd = OpenProcFile("root", O_PATH | O_DIRECTORY);
  std::string last;
  if (!follow) {
    const size_t slash = full.rfind('/');
    last = full.substr(slash);
    full.resize(slash);
  }
  const absl::StatusOr<RootedPlace> resolved = FindInRoot(root_fd.get(), full);
  if (!resolved.ok()) return std::nullopt;
  return FileReference{
      proc_fd_, absl::StrCat(pid_, "/root/", resolved->path, last), false};
}

FileReference TargetProcess::Descriptor(int fd) const {
  return {proc_fd_,
          fd == AT_FDCWD ? absl::StrCat(pid_, "/cwd")
                         : absl::StrCat(pid_, "/fd/", fd),
          true};
}

}  // namespace rules_dockerfile
