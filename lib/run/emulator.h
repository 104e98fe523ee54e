#ifndef LIB_RUN_EMULATOR_H_
#define LIB_RUN_EMULATOR_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The architecture of a platform, as `uname -m` and QEMU name it: "aarch64" for
// "linux/arm64", "arm" for "linux/arm/v7"; the architecture itself if it is
// unknown.
std::string MachineOfPlatform(absl::string_view platform);

// The emulator that programs of `platform` need on `machine`: of `programs`,
// the one named qemu-<machine> or qemu-<machine>-static. nullopt if none is
// needed or there is none.
std::optional<SandboxEmulator> ChooseEmulator(
    absl::string_view platform, absl::string_view machine,
    const std::vector<std::string>& programs);

// The hint for a kernel that cannot run programs of `platform` on `machine`:
// lines that begin with "\n"; "" if it should.
std::string EmulatorHint(absl::string_view platform, absl::string_view machine);

// The architecture of the host.
std::string ThisMachine();

}  // namespace rules_dockerfile

#endif  // LIB_RUN_EMULATOR_H_
