#ifndef LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_
#define LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_

#include <sys/ioctl.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/sandbox/machine/fake_clock.h"
#include "lib/sandbox/namespaces/users.h"

namespace rules_dockerfile {

// How a sandbox is made. All make the same layers (RunLayerTest,
// IsTheSameToTheByteWith…).
enum class SandboxMode {
  // By root with all ids: real owners, real device nodes.
  kReal,
  // With the ids that newuidmap(1) gives a user, or root itself: real owners; a
  // supervisor shows device nodes, which no user namespace may make.
  kMapped,
  // By root without any namespace: the command runs among the machine's other
  // processes, on its network, and the rootfs is a directory of its own. What
  // CheckChroot() says is not to be had.
  kChroot,
  // By anyone, with the one id that a user namespace always gives; a
  // supervisor shows the processes the ids and owners they would have had.
  kEmulated,
};

// How files say who owns them in a sandbox so made.
inline OwnerStore OwnersOf(SandboxMode mode) {
  switch (mode) {
    case SandboxMode::kReal:
    case SandboxMode::kChroot:
      return OwnerStore::kReal;
    case SandboxMode::kMapped:
      return OwnerStore::kMapped;
    default:
      return OwnerStore::kRecorded;
  }
}

// Where a sandbox with a proxy listens: 127.0.0.1 of its own network.
inline constexpr int kSandboxProxyPort = 3128;

enum class SandboxNetwork {
  kNone,  // a network namespace of its own, with a loopback device
  kHost,
};

// Writes files into an empty directory.
struct DirectoryToFill {
  int fd = -1;
  OwnerStore owners = OwnerStore::kReal;
  // If not, hard links must become files of their own: an overlay would break
  // them on the first write.
  bool hard_links = true;
};
using FillDirectory =
    std::function<absl::StatusOr<SpecialOwners>(const DirectoryToFill&)>;

// Something that is there while the command runs, and no part of the result.
struct SandboxMount {
  enum class Kind {
    kBind,   // the file or directory `source`
    kTmpfs,  // an empty directory
    kFile,   // a file with `contents`
    kTree,   // what `fill` writes: a copy, so that no change lasts
  };
  Kind kind = Kind::kBind;
  std::string target;  // absolute
  bool read_only = true;
  // kBind: a path outside; kTree: a file of the filled directory to show, ""
  // for the directory.
  std::string source;
  // kTree: as SandboxSpec::fill_root.
  FillDirectory fill;
  std::string contents;   // kFile
  int64_t size = 0;       // kTmpfs: its limit in bytes; 0: none of its own
  uint32_t mode = 01777;  // kTmpfs, kFile
  uint32_t uid = 0;       // kFile
  uint32_t gid = 0;       // kFile
  std::shared_ptr<const void> held;  // lives as long as the mount; may be null
};

// What the files that the command left look like.
struct SandboxFiles {
  // The overlay's upper directory; the whole rootfs if no overlay could be
  // mounted (`whole`).
  int directory_fd = -1;
  bool whole = false;
  CaptureOptions capture;
  // The clock that the command saw, if not the real one.
  std::optional<FakeClock> clock;
  // With `whole`: mount points that did not exist before and are empty.
  std::vector<std::string> mount_points;
};

// A program that runs programs of another machine: QEMU's user emulation,
// linked statically.
struct SandboxEmulator {
  std::string machine;  // as `uname -m` has it: "aarch64"
  std::string program;  // its absolute path, without "|"
};

// What a command may use; it has no other bounds. Not with kChroot.
struct SandboxLimits {
  // Bytes of memory, of all its processes and its files in memory; 0: no limit.
  int64_t memory = 0;
  // How many processes there may be at once, from 301 on (the kernel's least);
  // their threads count too where the kernel bounds a pid namespace (6.14).
  int processes = 16384;
};
enum class ExceededLimit { kNone, kMemory, kProcesses };

// A line of /etc/hosts.
struct HostAddress {
  std::string name;
  std::string address;

  friend bool operator==(const HostAddress&, const HostAddress&) = default;
};

struct SandboxSpec {
  std::vector<std::string> argv;
  std::vector<std::string> env;  // all of it; PATH is searched for argv[0]
  std::string cwd = "/";         // made if it is missing
  bool owns_cwd = true;          // `user` owns what is made of it, else root
  UserIds user;
  // When set, the command has a terminal of this size, which it controls.
  std::optional<winsize> terminal;
  std::string hostname = "buildkitsandbox";
  std::vector<HostAddress> hosts;  // besides itself, in /etc/hosts
  SandboxNetwork network = SandboxNetwork::kNone;
  // With kNone, if not -1: a Unix socket over which the socket that listens on
  // kSandboxProxyPort is sent, so that what answers there can be outside.
  int proxy_socket = -1;
  std::vector<SandboxMount> mounts;  // a later one may lie below an earlier

  SandboxMode mode = SandboxMode::kEmulated;
  // Mount an overlay if the kernel does; else the rootfs is compared whole.
  bool overlay = true;
  SandboxLimits limits;
  // When set, what runs the programs of its machine, in the sandbox only; not
  // with kReal, which has no user namespace of its own.
  std::optional<SandboxEmulator> emulator;
  // When set, the second that a FakeClock starts at; the boot is the same on
  // all machines then.
  std::optional<int64_t> clock_start;
  // If not 0, the processors of the machine that the command sees, at most
  // kMaxShownProcessors; its memory and kernel are fixed then, too:
  // shown_machine.h. 0: the real machine.
  int processors = 0;
  // A directory to keep the rootfs and its changes in; "": in memory.
  std::string scratch_directory;

  // A directory outside that holds the rootfs already, as `fill_root` would
  // write it, and what that would return. It is only read, below an overlay;
  // where none can be mounted over it, `fill_root` is called. "": none.
  std::string snapshot;
  SpecialOwners snapshot_special_owners;

  // Both are called in the sandbox's own process: what they change in memory
  // is lost, and only files that are open already can be reached.
  // Writes the rootfs.
  FillDirectory fill_root;
  // Called when the command succeeded; may be none. Returns
  // SandboxResult::collected.
  std::function<absl::StatusOr<std::string>(const SandboxFiles&)> collect;
  bool collect_failures = false;  // also when the command did not succeed
};

struct SandboxResult {
  SandboxMode mode = SandboxMode::kReal;
  bool overlay = true;    // false: a private copy was compared
  bool snapshot = false;  // SandboxSpec::snapshot was used
  // Why the command could not be started; else "".
  std::string start_error;
  bool not_found = false;  // because there is no such program
  int exit_code = 0;
  int signal = 0;  // that ended the command; else 0
  // Why the sandbox ended the command, if it did.
  ExceededLimit exceeded = ExceededLimit::kNone;
  std::string collected;
  // With SandboxNetwork::kNone: it tried to reach something.
  bool missed_network = false;
  // The last lines that the command wrote.
  std::string output_tail;

  bool succeeded() const {
    return start_error.empty() && exit_code == 0 && signal == 0;
  }
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SPEC_SANDBOX_SPEC_H_
