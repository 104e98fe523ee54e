#include "lib/sandbox/supervisor/id_calls.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/supervisor/credential_store.h"
#include "lib/sandbox/supervisor/credentials.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/owner_records.h"
#include "lib/sandbox/supervisor/path_walk.h"
#include "lib/sandbox/supervisor/target_file.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kMaxGroups = 65536;  // NGROUPS_MAX of the kernel

SyscallResult Change(const Notification& call,
                     ProcessCredentials& credentials) {
  switch (call.call) {
    case SupervisedCall::kSetuid:
      return credentials.SetUid(call.Id(0));
    case SupervisedCall::kSetgid:
      return credentials.SetGid(call.Id(0));
    case SupervisedCall::kSetreuid:
      return credentials.SetReuid(call.Id(0), call.Id(1));
    case SupervisedCall::kSetregid:
      return credentials.SetRegid(call.Id(0), call.Id(1));
    case SupervisedCall::kSetresuid:
      return credentials.SetResuid(call.Id(0), call.Id(1), call.Id(2));
    case SupervisedCall::kSetresgid:
      return credentials.SetResgid(call.Id(0), call.Id(1), call.Id(2));
    case SupervisedCall::kSetfsuid:
      return credentials.SetFsuid(call.Id(0));
    case SupervisedCall::kSetfsgid:
      return credentials.SetFsgid(call.Id(0));
    default:
      return {.error = ENOSYS};
  }
}

Answer WriteIds(const Notification& call, const IdSet& ids) {
  const bool written =
      call.target.WriteValue(call.arguments[0], ids.real) &&
      call.target.WriteValue(call.arguments[1], ids.effective) &&
      call.target.WriteValue(call.arguments[2], ids.saved);
  return Answer::Error(written ? 0 : EFAULT);
}

// The last number in a field of /proc/<pid>/status, which for NSpid is that in
// the innermost namespace; 0 if there is none.
pid_t LastNumber(absl::string_view field) {
  int number = 0;
  const size_t last = field.find_last_of(" \t");
  return absl::SimpleAtoi(field.substr(last + 1), &number) ? number : 0;
}

bool IsScript(const TargetFile& file) {
  char start[2];
  const UniqueFd fd = file.Open();
  return pread(fd.get(), start, sizeof start, 0) == sizeof start &&
         start[0] == '#' && start[1] == '!';
}

// A copy of another process' descriptor.
UniqueFd CopyDescriptor(const TargetProcess& process, int fd) {
  UniqueFd copy = process.CopyDescriptor(fd);
  if (copy.ok()) return copy;
  // Before Linux 6.9 that needs the number of the process, not of its thread.
  const pid_t pid = LastNumber(process.StatusField("Tgid"));
  const UniqueFd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!process.Waits()) return UniqueFd();
  return UniqueFd(
      static_cast<int>(syscall(SYS_pidfd_getfd, pidfd.get(), fd, 0)));
}

// What execve(2) names.
std::optional<TargetFile> Executed(const Notification& call, bool chrooted) {
  if (call.walked != nullptr && call.walked->file.has_value()) {
    return call.walked->file;
  }
  const bool at = call.call == SupervisedCall::kExecveat;
  const std::optional<std::string> path =
      call.target.ReadString(call.arguments[at ? 1 : 0]);
  if (!path.has_value()) return std::nullopt;
  if (path->empty() && at) return call.target.Descriptor(call.Fd(0));
  return call.target.Find(at ? call.Fd(0) : AT_FDCWD, *path, /*follow=*/true,
                          {.chrooted = chrooted});
}

}  // namespace

Answer IdCalls::Set(const Notification& call) {
  const pid_t pid = call.target.pid();
  ProcessCredentials credentials = credentials_->Get(pid);
  if (call.call == SupervisedCall::kSetgroups) {
    return SetGroups(call, credentials);
  }
  const SyscallResult result = Change(call, credentials);
  if (result.error != 0) return {.result = result};
  if (!credentials_->Set(pid, credentials)) return Answer::Error(EAGAIN);
  return {.result = result};
}

Answer IdCalls::SetGroups(const Notification& call,
                          ProcessCredentials credentials) {
  if (!credentials.effective) return Answer::Error(EPERM);
  const uint32_t count = call.Word(0);
  if (count > kMaxGroups) return Answer::Error(EINVAL);
  std::vector<uint32_t> groups(count);
  if (count > 0 && !call.target.Read(call.arguments[1], groups.data(),
                                     count * sizeof(uint32_t))) {
    return Answer::Error(EFAULT);
  }
  const SyscallResult result = credentials.SetGroups(groups);
  if (result.error != 0) return {.result = result};
  return Answer::Error(
      credentials_->Set(call.target.pid(), credentials) ? 0 : EAGAIN);
}

Answer IdCalls::Get(const Notification& call) {
  const ProcessCredentials credentials = credentials_->Get(call.target.pid());
  switch (call.call) {
    case SupervisedCall::kGetuid:
      return Answer::Value(credentials.uid.real);
    case SupervisedCall::kGeteuid:
      return Answer::Value(credentials.uid.effective);
    case SupervisedCall::kGetgid:
      return Answer::Value(credentials.gid.real);
    case SupervisedCall::kGetegid:
      return Answer::Value(credentials.gid.effective);
    case SupervisedCall::kGetresuid:
      return WriteIds(call, credentials.uid);
    case SupervisedCall::kGetresgid:
      return WriteIds(call, credentials.gid);
    default:
      return Answer::Continue();
  }
}

Answer IdCalls::GetGroups(const Notification& call) {
  const std::vector<uint32_t> groups =
      credentials_->Get(call.target.pid()).groups;
  const int size = call.Fd(0);
  const int count = static_cast<int>(groups.size());
  if (size < 0 || (size > 0 && size < count)) return Answer::Error(EINVAL);
  if (size > 0 && count > 0 &&
      !call.target.Write(call.arguments[1], groups.data(),
                         groups.size() * sizeof(uint32_t))) {
    return Answer::Error(EFAULT);
  }
  return Answer::Value(count);
}

Answer IdCalls::Execute(const Notification& call, bool chrooted) {
  const ProcessCredentials old = credentials_->Get(call.target.pid());
  const std::optional<TargetFile> file = Executed(call, chrooted);
  if (!file.has_value() || !S_ISREG(file->info().st_mode) ||
      (file->info().st_mode & 0111) == 0) {
    return Answer::Continue();  // the kernel's error
  }
  const RecordedOwner owner = owners_->Find(*file).value_or(RecordedOwner());
  // A script runs with the ids of its caller.
  mode_t mode = file->info().st_mode;
  if ((mode & (S_ISUID | S_ISGID)) && IsScript(*file)) mode &= 0777;
  ProcessCredentials credentials = old;
  credentials.Execute(mode, static_cast<uint32_t>(owner.uid),
                      static_cast<uint32_t>(owner.gid));
  if (credentials != old) credentials_->Set(call.target.pid(), credentials);
  return Answer::Continue();
}

Answer IdCalls::Prctl(const Notification& call) {
  constexpr uint32_t kKeepingBits = SECBIT_KEEP_CAPS | SECBIT_NO_SETUID_FIXUP;
  ProcessCredentials credentials = credentials_->Get(call.target.pid());
  const bool keep = call.Word(0) == PR_SET_KEEPCAPS
                        ? call.arguments[1] != 0
                        : (call.Word(1) & kKeepingBits) != 0;
  if (keep != credentials.keep_capabilities) {
    credentials.keep_capabilities = keep;
    credentials_->Set(call.target.pid(), credentials);
  }
  return Answer::Continue();
}

Answer IdCalls::Capset(const Notification& call) {
  constexpr uint32_t kIdBits =
      (uint32_t{1} << CAP_SETUID) | (uint32_t{1} << CAP_SETGID);
  constexpr uint32_t kFileBits = (uint32_t{1} << CAP_CHOWN) |
                                 (uint32_t{1} << CAP_FOWNER) |
                                 (uint32_t{1} << CAP_MKNOD);
  __user_cap_data_struct data;
  if (!call.target.Read(call.arguments[1], &data, sizeof data)) {
    return Answer::Continue();
  }
  const ProcessCredentials old = credentials_->Get(call.target.pid());
  ProcessCredentials credentials = old;
  credentials.effective =
      old.permitted && (data.effective & kIdBits) == kIdBits;
  credentials.permitted =
      old.permitted && (data.permitted & kIdBits) == kIdBits;
  credentials.file_effective =
      old.file_permitted && (data.effective & kFileBits) == kFileBits;
  credentials.file_permitted =
      old.file_permitted && (data.permitted & kFileBits) == kFileBits;
  if (credentials != old) credentials_->Set(call.target.pid(), credentials);
  return Answer::Continue();
}

Answer IdCalls::Umask(const Notification& call) {
  const ProcessCredentials old = credentials_->Get(call.target.pid());
  ProcessCredentials credentials = old;
  credentials.umask = call.Word(0) & 0777;
  if (credentials != old) credentials_->Set(call.target.pid(), credentials);
  return Answer::Continue();
}

Answer IdCalls::GetLockLimit(const Notification& call) {
  constexpr rlimit64 kUnlimited = {.rlim_cur = RLIM64_INFINITY,
                                   .rlim_max = RLIM64_INFINITY};
  const bool prlimit = call.call == SupervisedCall::kPrlimit;
  const uint64_t address = call.arguments[prlimit ? 3 : 1];
  if (prlimit && address == 0) return Answer::Error(0);
  return Answer::Error(call.target.WriteValue(address, kUnlimited) ? 0
                                                                   : EFAULT);
}

Answer IdCalls::PeerCredentials(const Notification& call) {
  const UniqueFd socket = CopyDescriptor(call.target, call.Fd(0));
  ucred peer;
  socklen_t size = sizeof peer;
  if (getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ||
      peer.pid <= 0) {
    return Answer::Continue();
  }
  const ProcessCredentials credentials = credentials_->Get(peer.pid);
  peer.uid = credentials.uid.effective;
  peer.gid = credentials.gid.effective;
  peer.pid = LastNumber(call.target.Sibling(peer.pid).StatusField("NSpid"));
  socklen_t room = 0;
  if (!call.target.Read(call.arguments[4], &room, sizeof room)) {
    return Answer::Error(EFAULT);
  }
  room = std::min<socklen_t>(room, sizeof peer);
  const bool written = call.target.Write(call.arguments[3], &peer, room) &&
                       call.target.WriteValue(call.arguments[4], room);
  return Answer::Error(written ? 0 : EFAULT);
}

}  // namespace rules_dockerfile
