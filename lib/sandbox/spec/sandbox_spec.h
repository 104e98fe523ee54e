#ifndef LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_
#define LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_

#include <sys/ioctl.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/extract.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/spec/sandbox_mode.h"    // IWYU pragma: export
#include "lib/sandbox/spec/sandbox_mount.h"   // IWYU pragma: export
#include "lib/sandbox/spec/sandbox_result.h"  // IWYU pragma: export

namespace rules_dockerfile {

// Where a sandbox with a proxy listens: 127.0.0.1 of its own network.
inline constexpr int kSandboxProxyPort = 3128;

enum class SandboxNetwork {
  kNone,  // its own network namespace, with a loopback device
  kHost,
};

// QEMU's user emulation, statically linked: runs programs of another
// architecture.
struct SandboxEmulator {
  std::string machine;  // as `uname -m` prints it: "aarch64"
  std::string program;  // its absolute path, without "|"
};

// A line of /etc/hosts.
struct HostAddress {
  std::string name;
  std::string address;

  friend bool operator==(const HostAddress&, const HostAddress&) = default;
};

// The command to run.
struct SandboxCommand {
  std::vector<std::string> argv;
  std::vector<std::string> env;  // all of it; PATH is searched for argv[0]
  std::string cwd = "/";         // created if missing
  bool owns_cwd =
      true;  // `user` owns the directories created for it, else root
  UserIds user;
  // When set, the command has a controlling terminal of this size.
  std::optional<winsize> terminal;
};

// What the command sees besides its rootfs.
struct SandboxView {
  std::string hostname = "buildkitsandbox";
  std::vector<HostAddress> hosts;  // further lines of /etc/hosts
  SandboxNetwork network = SandboxNetwork::kNone;
  // With kNone, if not -1: a Unix socket over which the socket that listens on
  // kSandboxProxyPort is sent, so that the proxy can run outside.
  int proxy_socket = -1;
  std::vector<SandboxMount> mounts;  // a later one may be below an earlier one
  // When set, it runs the programs of its architecture, in the sandbox only;
  // not with kReal, which has no user namespace.
  std::optional<SandboxEmulator> emulator;
  // When set, the second that a FakeClock starts at; the boot time and id are
  // then the same on all hosts.
  std::optional<int64_t> clock_start;
  // If not 0, the number of processors that the command sees, at most
  // kMaxShownProcessors; memory and kernel are then fixed, too:
  // shown_machine.h. 0: those of the host.
  int processors = 0;
};

// One of the directories that an overlay shows as one.
struct LowerDirectory {
  std::string stored;  // its path in SandboxRootfs::store; "": `fill` writes it
  FillDirectory fill;  // as SandboxRootfs::fill
};

// The rootfs of the command, and where it is kept.
struct SandboxRootfs {
  // Writes the rootfs. Called in the sandbox's process: changes in memory are
  // lost, and only files that are already open can be reached.
  FillDirectory fill;
  // The rootfs as directories, the lowest first, for an overlay; the special
  // owners that they have together are `special_owners`. Empty: one, by `fill`.
  std::vector<LowerDirectory> lowers;
  SpecialOwners special_owners;
  // A mount that is attached nowhere (open_tree(2)); -1: none. If no overlay
  // can be mounted over what is stored there, `fill` is called.
  int store = -1;
  // Mount an overlay if the kernel can; else the whole rootfs is compared.
  bool overlay = true;
  // A directory for the rootfs and its changes; "": memory.
  std::string scratch_directory;
  // Instead of separate memory: a writable mount that is attached nowhere, in
  // the file system of `store`, where others write too; -1: none. An overlay of
  // one file system has the inode numbers of its files.
  int scratch_mount = -1;
  // Descriptors of this process that the sandbox's process closes at once.
  std::vector<int> not_inherited;
};

// Limits of a command. Not with kChroot.
struct SandboxLimits {
  // Bytes of memory, of all processes and of files in memory; 0: no limit.
  int64_t memory = 0;
  // How many processes may exist at once, at least 301 (the kernel's minimum);
  // threads count too where the kernel limits a pid namespace (6.14).
  int processes = 16384;
};

// The files that the command left.
struct SandboxFiles {
  // The upper directory of the overlay; the whole rootfs if no overlay could be
  // mounted (`whole`).
  int directory_fd = -1;
  bool whole = false;
  CaptureOptions capture;
  // The clock that the command saw, if not the real one.
  std::optional<FakeClock> clock;
  // With `whole`: mount points that did not exist before and are empty.
  std::vector<std::string> mount_points;
};

// What to do when the command has ended.
struct SandboxCollect {
  // May be empty. Called in the sandbox's process, as SandboxRootfs::fill.
  // Returns SandboxResult::collected.
  std::function<absl::StatusOr<std::string>(const SandboxFiles&)> function;
  bool after_failure = false;  // also when the command failed
};

struct SandboxSpec {
  SandboxCommand command;
  SandboxView view;
  SandboxRootfs rootfs;
  SandboxLimits limits;
  SandboxCollect collect;
  SandboxMode mode = SandboxMode::kEmulated;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_
