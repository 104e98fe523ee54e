#include "lib/sandbox/namespaces/namespaces.h"

#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/namespaces/id_map.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// "" if it cannot be read.
std::string ReadProc(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  return text.ok() ? std::string(absl::StripAsciiWhitespace(*text)) : "";
}

NamespaceFacts ReadNamespaceFacts() {
  const std::string status = ReadProc("/proc/self/status");
  return {
      .unprivileged_userns_clone =
          ReadProc("/proc/sys/kernel/unprivileged_userns_clone"),
      .max_user_namespaces = ReadProc("/proc/sys/user/max_user_namespaces"),
      .apparmor_restrict_unprivileged_userns =
          ReadProc("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
      .seccomp = status.find("Seccomp:\t2") != std::string::npos,
      .root = geteuid() == 0,
  };
}

// Writes a file of /proc/self in one write(2), as the kernel requires.
absl::Status WriteProcSelf(const char* name, const std::string& text) {
  const std::string path = absl::StrCat("/proc/self/", name);
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!fd.ok() || write(fd.get(), text.data(), text.size()) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::Status MapOneId(uid_t uid, gid_t gid) {
  ABSL_RETURN_IF_ERROR(WriteProcSelf("setgroups", "deny"));
  ABSL_RETURN_IF_ERROR(WriteProcSelf("uid_map", absl::StrCat("0 ", uid, " 1")));
  return WriteProcSelf("gid_map", absl::StrCat("0 ", gid, " 1"));
}

// The error of a call that has just failed. Reading the facts sets errno.
absl::Status Refused(const std::string& operation, int error) {
  return NamespaceError(operation, error, ReadNamespaceFacts());
}

// The known causes that the facts show, and what to do about each.
std::vector<std::string> KnownCauses(const NamespaceFacts& facts) {
  std::vector<std::string> causes;
  if (facts.unprivileged_userns_clone == "0") {
    causes.push_back(
        "kernel.unprivileged_userns_clone is 0: sysctl -w "
        "kernel.unprivileged_userns_clone=1");
  }
  if (facts.max_user_namespaces == "0") {
    causes.push_back(
        "user.max_user_namespaces is 0: sysctl -w "
        "user.max_user_namespaces=15000");
  }
  if (facts.apparmor_restrict_unprivileged_userns == "1") {
    causes.push_back(
        "kernel.apparmor_restrict_unprivileged_userns is 1: sysctl -w "
        "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor "
        "profile that allows userns");
  }
  if (facts.seccomp) {
    causes.push_back(
        "this process has a seccomp filter, as in a container: start it with "
        "--security-opt seccomp=unconfined --security-opt "
        "systempaths=unconfined");
  }
  return causes;
}

}  // namespace

absl::Status NamespaceError(const std::string& operation, int error,
                            const NamespaceFacts& facts) {
  const std::vector<std::string> causes = KnownCauses(facts);
  std::string message =
      absl::StrCat("cannot isolate RUN: user namespaces are not available (",
                   operation, ": ", strerror(error), ")");
  if (causes.empty()) {
    absl::StrAppend(
        &message,
        "; no known cause found; checked the sysctls "
        "kernel.unprivileged_userns_clone, user.max_user_namespaces, "
        "kernel.apparmor_restrict_unprivileged_userns and seccomp filters");
  } else {
    absl::StrAppend(&message, "\n  ", absl::StrJoin(causes, "\n  "));
  }
  if (facts.root) {
    absl::StrAppend(
        &message,
        "\nhint: root can run without namespaces if something else isolates "
        "it: --@rules_dockerfile//rules/settings:weak_isolation");
  }
  return absl::PermissionDeniedError(message);
}

absl::Status EnterUserNamespace(OwnerStore owners) {
  if (owners == OwnerStore::kMapped) {
    const IdMapError failed = EnterUserNamespaceWith(LargestIdMaps());
    if (failed.error == 0) return absl::OkStatus();
    return Refused(failed.operation, failed.error);
  }
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWUSER) < 0) {
    return Refused("unshare", errno);
  }
  if (const absl::Status mapped = MapOneId(uid, gid); !mapped.ok()) {
    return Refused(std::string(mapped.message()), EPERM);
  }
  return absl::OkStatus();
}

absl::Status EnterNamespaces(SandboxMode mode, SandboxNetwork network) {
  if (mode != SandboxMode::kReal) {
    ABSL_RETURN_IF_ERROR(EnterUserNamespace(OwnersOf(mode)));
  }
  int flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC;
  if (network == SandboxNetwork::kNone) flags |= CLONE_NEWNET;
  if (unshare(flags) < 0) {
    return Refused("unshare", errno);
  }
  // Older kernels have none; then /proc/self/cgroup says where this runs.
  unshare(CLONE_NEWCGROUP);
  if (mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) < 0) {
    return Refused("mount --make-rprivate /", errno);
  }
  return absl::OkStatus();
}

namespace {

// Whether this process, which has a mount namespace, could mount a /proc with
// only the processes of a new pid namespace. The kernel refuses where parts of
// the present one are masked.
bool CanMountProc() {
  if (unshare(CLONE_NEWPID) < 0) return false;
  const pid_t child = fork();
  if (child == 0) {
    _exit(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
                nullptr) == 0
              ? 0
              : 1);
  }
  return child > 0 && WaitForChild(child) == 0;
}

}  // namespace

bool CanEnterNamespaces(SandboxMode mode) {
  const pid_t child = fork();
  if (child == 0) {
    // Complaints of newuidmap(1) are not shown.
    const UniqueFd null(open("/dev/null", O_WRONLY | O_CLOEXEC));
    dup2(null.get(), STDERR_FILENO);
    const bool entered = EnterNamespaces(mode, SandboxNetwork::kHost).ok();
    // Only a user namespace keeps processes of the same user apart in a /proc
    // that has both.
    _exit(entered && (mode != SandboxMode::kReal || CanMountProc()) ? 0 : 1);
  }
  return child > 0 && WaitForChild(child) == 0;
}

absl::Status BringUpLoopback() {
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = {};
  memcpy(request.ifr_name, "lo", sizeof "lo");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl(fd.get(), SIOCSIFFLAGS, &request) < 0) {
    return absl::ErrnoToStatus(errno, "cannot bring up the loopback device");
  }
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> ListenOnLoopback(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic;
  static_assert(sizeof(generic) == sizeof(address));
  memcpy(&generic, &address, sizeof(generic));
  if (bind(fd.get(), &generic, sizeof(generic)) < 0 ||
      listen(fd.get(), SOMAXCONN) < 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot listen on 127.0.0.1:", port));
  }
  return fd;
}

}  // namespace rules_dockerfile
