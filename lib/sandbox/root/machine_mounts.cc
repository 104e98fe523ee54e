#include "lib/sandbox/root/machine_mounts.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/machine/shown_machine.h"
#include "lib/sandbox/root/root_directory.h"
#include "lib/sandbox/root/system_files.h"
#include "lib/sandbox/root/system_mount.h"

namespace rules_dockerfile {
namespace {

// What differs between boots of a host.
std::vector<ShownFile> BootFiles() {
  return {{"/proc/sys/kernel/random/boot_id",
           "00000000-0000-4000-8000-000000000000\n"},
          {"/proc/uptime", "1.00 1.00\n"}};
}

constexpr char kProcessorDirectory[] = "/sys/devices/system/cpu";

// Where the processors are numbered once more: not shown.
constexpr const char* kHiddenDirectories[] = {
    "/sys/bus/cpu", "/sys/devices/system/node", "/sys/fs/cgroup"};

// Opens what was made for the command in memory.
UniqueFd OpenMade(const std::string& path) {
  return UniqueFd(open(path.c_str(), O_PATH | O_CLOEXEC));
}

// Shows files in place of the existing ones.
absl::Status ShowFiles(const RootDirectory& root, const SystemMount& proc,
                       const std::vector<ShownFile>& files) {
  for (const auto& [path, text] : files) {
    const std::string source =
        absl::StrCat(root.scratch, "/files/",
                     absl::StrReplaceAll(path.substr(1), {{"/", "_"}}));
    ABSL_RETURN_IF_ERROR(MakeFile(AT_FDCWD, source, text, 0444));
    ABSL_RETURN_IF_ERROR(proc.Show(path, OpenMade(source).get()));
  }
  return absl::OkStatus();
}

absl::Status ShowProcessors(const RootDirectory& root, int processors) {
  const std::string source = absl::StrCat(root.scratch, "/files/cpu");
  std::filesystem::path made;
  for (const auto& [name, text] : ShownProcessorFiles(processors)) {
    const std::filesystem::path path = absl::StrCat(source, "/", name);
    if (path.parent_path() != made) {
      made = path.parent_path();
      std::error_code ignored;  // then there is no file
      std::filesystem::create_directories(made, ignored);
    }
    ABSL_RETURN_IF_ERROR(MakeFile(AT_FDCWD, path.string(), text, 0444));
  }
  return root.sys.Show(kProcessorDirectory, OpenMade(source).get());
}

// The boot time to show, in seconds.
int64_t BootTime(const MachineMounts& machine) {
  if (machine.clock_start.has_value()) return *machine.clock_start - 1;
  struct sysinfo info = {};
  sysinfo(&info);
  return time(nullptr) - info.uptime;
}

}  // namespace

absl::Status ShowMachine(const RootDirectory& root, const SystemMount& proc,
                         const MachineMounts& machine) {
  if (machine.clock_start.has_value()) {
    ABSL_RETURN_IF_ERROR(ShowFiles(root, proc, BootFiles()));
  }
  if (machine.processors == 0) return absl::OkStatus();
  utsname name = {};
  uname(&name);
  ABSL_RETURN_IF_ERROR(ShowFiles(
      root, proc,
      ShownProcFiles(machine.processors, name.machine, BootTime(machine))));
  ABSL_RETURN_IF_ERROR(ShowProcessors(root, machine.processors));
  for (const char* path : kHiddenDirectories) {
    ABSL_RETURN_IF_ERROR(root.sys.Hide(path, "755"));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
