#ifndef LIB_SANDBOX_NAMESPACES_BINFMT_H_
#define LIB_SANDBOX_NAMESPACES_BINFMT_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The text that registers the emulator with the kernel
// (Documentation/admin-guide/binfmt-misc.rst): programs are recognized by the
// architecture in their ELF header; the emulator is opened now and gets their
// argv[0]. InvalidArgument for an unknown architecture.
absl::StatusOr<std::string> EmulatorRegistration(
    const SandboxEmulator& emulator);

// Registers the emulator in this process' user namespace, which must be new; it
// counts there and below, while the result is open. Unimplemented if the kernel
// keeps no registrations by namespace (before Linux 6.7).
absl::StatusOr<UniqueFd> RegisterEmulator(const SandboxEmulator& emulator);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_NAMESPACES_BINFMT_H_
