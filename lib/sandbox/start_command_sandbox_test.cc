#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr char kSelf[] = "/proc/self/exe";

// A program whose loader is /proc/self/exe: of the probe, that is, only the
// headers.
std::string ProgramLoadedBySelf() {
  constexpr uint64_t kAddress = 0x400000;
#if defined(__x86_64__)
  constexpr uint16_t kMachine = EM_X86_64;
#else
  constexpr uint16_t kMachine = EM_AARCH64;
#endif
  struct {
    Elf64_Ehdr file;
    Elf64_Phdr loader;
    Elf64_Phdr code;
    char path[sizeof kSelf];
  } program = {
      .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                           ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_EXEC,
               .e_machine = kMachine,
               .e_version = EV_CURRENT,
               .e_entry = kAddress,
               .e_phoff = sizeof(Elf64_Ehdr),
               .e_ehsize = sizeof(Elf64_Ehdr),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 2},
      .loader = {.p_type = PT_INTERP,
                 .p_flags = PF_R,
                 .p_offset = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr),
                 .p_filesz = sizeof kSelf,
                 .p_memsz = sizeof kSelf},
      .code = {.p_type = PT_LOAD,
               .p_flags = PF_R | PF_X,
               .p_vaddr = kAddress,
               .p_filesz = sizeof(Elf64_Ehdr),
               .p_memsz = sizeof(Elf64_Ehdr),
               .p_align = 0x10000},
      .path = {}};
  memcpy(program.path, kSelf, sizeof kSelf);
  return std::string(reinterpret_cast<const char*>(&program), sizeof program);
}

void WriteProgram(int directory_fd, const char* path, absl::string_view text) {
  const UniqueFd file(openat(directory_fd, path, O_WRONLY | O_CREAT, 0755));
  WriteAll(file.get(), text);
}

// The image of ProbeSpec(), with what leads to the tool's own program.
SandboxSpec SpecWithWaysToSelf(SandboxMode mode, const std::string& command) {
  SandboxSpec spec = ProbeSpec(mode, "exit 42");
  spec.command.argv[0] = command;
  spec.command.env = {"PATH=/proc/self:/bin"};
  spec.rootfs.fill = [fill =
                          spec.rootfs.fill](const DirectoryToFill& directory) {
    absl::StatusOr<SpecialOwners> owners = fill(directory);
    symlinkat(kSelf, directory.fd, "bin/link");
    WriteProgram(directory.fd, "bin/script",
                 absl::StrCat("#!", kSelf, " exit 42\n"));
    WriteProgram(directory.fd, "bin/loaded", ProgramLoadedBySelf());
    return owners;
  };
  return spec;
}

class StartCommandTest : public ProbeSandboxTest {};

TEST_P(StartCommandTest, NeverExecutesTheToolItself) {
  for (const std::string command :
       {"/proc/self/exe", "/proc/thread-self/exe", "/proc/1/exe", "/bin/link",
        "/bin/script", "/bin/loaded", "/proc/self/fd/3"}) {
    EXPECT_EQ(Output(SpecWithWaysToSelf(GetParam(), command)),
              absl::StrCat("exec: \"", command, "\": permission denied"));
  }
  EXPECT_EQ(Output(SpecWithWaysToSelf(GetParam(), "exe")),
            "exec /proc/self/exe: permission denied");
}

TEST_P(StartCommandTest, NeverExecutesTheToolItselfForAnotherUser) {
  SandboxSpec spec = SpecWithWaysToSelf(GetParam(), kSelf);
  spec.command.user = {.uid = 1000, .gid = 100, .groups = {100}, .home = "/"};
  EXPECT_EQ(Output(spec), "exec: \"/proc/self/exe\": permission denied");
}

TEST_P(StartCommandTest, ExecutesItsOwnProgramOnceItHasStarted) {
  EXPECT_EQ(Output("spawn /proc/self/exe pid ; spawn /proc/1/exe cwd"),
            "pid 2\ncwd /\n");
}

TEST_P(StartCommandTest, LeavesTheCommandNoneOfItsDescriptors) {
  EXPECT_EQ(Output("list /proc/self/fd"), "/proc/self/fd: 0 1 2 3\n");
}

TEST_P(StartCommandTest, ReportsThatArgumentsAreTooLong) {
  SandboxSpec spec = ProbeSpec(GetParam(), "pid");
  spec.command.argv.push_back(std::string(1 << 18, 'a'));
  EXPECT_EQ(Output(spec), "exec: \"/bin/probe\": argument list too long");
}

RULES_DOCKERFILE_IN_EACH_MODE(StartCommandTest);

}  // namespace
}  // namespace rules_dockerfile
