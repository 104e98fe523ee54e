#include "lib/sandbox/namespaces/binfmt.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// The C library may be older than these calls.
constexpr long kFsOpen = 430;
constexpr long kFsConfig = 431;
constexpr long kFsMount = 432;

// The parts of an ELF header that name an architecture (e_ident and e_machine).
struct Machine {
  absl::string_view name;  // as `uname -m` has it
  uint8_t elf_class;       // 1: 32 bits, 2: 64 bits
  bool big_endian;
  uint8_t number;
};
constexpr Machine kMachines[] = {
    {"aarch64", 2, false, 183}, {"arm", 1, false, 40},
    {"i386", 1, false, 3},      {"ppc64le", 2, false, 21},
    {"riscv64", 2, false, 243}, {"s390x", 2, true, 22},
    {"x86_64", 2, false, 62}};

// A sequence of bytes as the kernel reads it.
std::string Escape(absl::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    absl::StrAppendFormat(&text, "\\x%02x", static_cast<unsigned char>(byte));
  }
  return text;
}

// e_type is 2, a program, or 3, a position-independent one: all bits but one.
std::string Magic(const Machine& machine) {
  std::string header(
      "\x7f"
      "ELF\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0",
      20);
  header[4] = static_cast<char>(machine.elf_class);
  header[5] = machine.big_endian ? 2 : 1;
  header[machine.big_endian ? 17 : 16] = 2;
  header[machine.big_endian ? 19 : 18] = static_cast<char>(machine.number);
  return header;
}

std::string Mask(const Machine& machine) {
  std::string mask(20, '\xff');
  mask.replace(7, 9, 9, '\0');
  mask[machine.big_endian ? 17 : 16] = '\xfe';
  return mask;
}

absl::Status NotPossible(absl::string_view what) {
  return absl::UnimplementedError(absl::StrCat(
      "cannot run programs of a foreign architecture: ",
      absl::ErrnoToStatus(errno, what).message(),
      "; per-sandbox binfmt_misc needs Linux 6.7; on older kernels register "
      "QEMU system-wide (Debian: qemu-user-static)"));
}

}  // namespace

absl::StatusOr<std::string> EmulatorRegistration(
    const SandboxEmulator& emulator) {
  for (const Machine& machine : kMachines) {
    if (machine.name != emulator.machine) continue;
    return absl::StrCat("|", machine.name, "|M|0|", Escape(Magic(machine)), "|",
                        Escape(Mask(machine)), "|", emulator.program, "|PF");
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown architecture \"", emulator.machine, "\""));
}

absl::StatusOr<UniqueFd> RegisterEmulator(const SandboxEmulator& emulator) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, EmulatorRegistration(emulator));
  const UniqueFd context(
      static_cast<int>(syscall(kFsOpen, "binfmt_misc", FSOPEN_CLOEXEC)));
  if (!context.ok() || syscall(kFsConfig, context.get(), FSCONFIG_CMD_CREATE,
                               nullptr, nullptr, 0) < 0) {
    return NotPossible("binfmt_misc");
  }
  UniqueFd mounted(
      static_cast<int>(syscall(kFsMount, context.get(), FSMOUNT_CLOEXEC, 0)));
  if (!mounted.ok()) return NotPossible("binfmt_misc");
  const UniqueFd file(openat(mounted.get(), "register", O_WRONLY | O_CLOEXEC));
  if (!file.ok()) return NotPossible("binfmt_misc/register");
  if (write(file.get(), text.data(), text.size()) < 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot register the emulator \"", emulator.program,
                            "\""));
  }
  return mounted;
}

}  // namespace rules_dockerfile
