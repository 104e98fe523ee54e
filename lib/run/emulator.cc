#include "lib/run/emulator.h"

#include <sys/utsname.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr std::pair<absl::string_view, absl::string_view> kMachines[] = {
    {"386", "i386"}, {"amd64", "x86_64"}, {"arm64", "aarch64"}};

// What runs there without help.
bool IsNative(absl::string_view wanted, absl::string_view machine) {
  return wanted == machine || (wanted == "i386" && machine == "x86_64");
}

}  // namespace

std::string MachineOfPlatform(absl::string_view platform) {
  const std::vector<absl::string_view> parts = absl::StrSplit(platform, '/');
  const absl::string_view architecture = parts.size() > 1 ? parts[1] : "";
  for (const auto& [name, machine] : kMachines) {
    if (name == architecture) return std::string(machine);
  }
  return std::string(architecture);
}

std::optional<SandboxEmulator> ChooseEmulator(
    absl::string_view platform, absl::string_view machine,
    const std::vector<std::string>& programs) {
  const std::string wanted = MachineOfPlatform(platform);
  if (IsNative(wanted, machine)) return std::nullopt;
  for (const std::string& program : programs) {
    const absl::string_view name =
        absl::string_view(program).substr(program.rfind('/') + 1);
    if (name == absl::StrCat("qemu-", wanted) ||
        name == absl::StrCat("qemu-", wanted, "-static")) {
      return SandboxEmulator{.machine = wanted, .program = program};
    }
  }
  return std::nullopt;
}

std::string EmulatorHint(absl::string_view platform,
                         absl::string_view machine) {
  const std::string wanted = MachineOfPlatform(platform);
  if (IsNative(wanted, machine)) return "";
  return absl::StrCat(
      "\nthe image is for ", platform, ", the host is ", machine,
      ": its programs require an emulator, a statically linked qemu-", wanted,
      "\nhint: add apt.emulators() and "
      "register_toolchains(\"@emulators//:all\") "
      "to MODULE.bazel, or set --@rules_dockerfile//rules/settings:emulators");
}

std::string ThisMachine() {
  utsname name = {};
  uname(&name);
  return name.machine;
}

}  // namespace rules_dockerfile
