#include "lib/sandbox/starter_program.h"

#include <elf.h>

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

// The numbers are kStarterErrorFd and kStarterFileFd, F_SETFD (2), FD_CLOEXEC
// (1) and those of the system calls. At the start the stack holds argc, argv,
// a null pointer, and the environment (System V ABI, "Process
// Initialization"); PATH is argv[0], and ARGV begins after it.
#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
asm(R"(
  .pushsection .rodata
  .globl rules_dockerfile_starter_begin, rules_dockerfile_starter_end
rules_dockerfile_starter_begin:
  mov $3, %edi
  mov $2, %esi
  mov $1, %edx
  mov $72, %eax             # fcntl
  syscall
  mov $4, %edi
  xor %esi, %esi
  mov $91, %eax             # fchmod
  syscall
  mov $4, %edi
  mov $3, %eax              # close
  syscall
  mov (%rsp), %rcx
  mov 8(%rsp), %rdi
  lea 16(%rsp), %rsi
  lea 16(%rsp,%rcx,8), %rdx
  mov $59, %eax             # execve
  syscall
  neg %eax
  push %rax
  mov $3, %edi
  mov %rsp, %rsi
  mov $4, %edx
  mov $1, %eax              # write
  syscall
  mov $127, %edi
  mov $231, %eax            # exit_group
  syscall
rules_dockerfile_starter_end:
  .popsection
)");
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
asm(R"(
  .pushsection .rodata
  .balign 4
  .globl rules_dockerfile_starter_begin, rules_dockerfile_starter_end
rules_dockerfile_starter_begin:
  mov x0, #3
  mov x1, #2
  mov x2, #1
  mov x8, #25               // fcntl
  svc #0
  mov x0, #4
  mov x1, #0
  mov x8, #52               // fchmod
  svc #0
  mov x0, #4
  mov x8, #57               // close
  svc #0
  ldr x3, [sp]
  ldr x0, [sp, #8]
  add x1, sp, #16
  add x2, x1, x3, lsl #3
  mov x8, #221              // execve
  svc #0
  neg w0, w0
  str x0, [sp, #-16]!
  mov x0, #3
  mov x1, sp
  mov x2, #4
  mov x8, #64               // write
  svc #0
  mov x0, #127
  mov x8, #94               // exit_group
  svc #0
rules_dockerfile_starter_end:
  .popsection
)");
#else
#error "no starter for this architecture"
#endif

extern "C" {
extern const char rules_dockerfile_starter_begin[];
extern const char rules_dockerfile_starter_end[];
}

constexpr uint64_t kAddress = 0x400000;
constexpr uint64_t kLargestPage = 0x10000;

struct Headers {
  Elf64_Ehdr file;
  Elf64_Phdr code;
  Elf64_Phdr stack;
};

Headers MakeHeaders(uint64_t code_size) {
  const uint64_t size = sizeof(Headers) + code_size;
  return {
      .file = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
                           ELFDATA2LSB, EV_CURRENT},
               .e_type = ET_EXEC,
               .e_machine = kMachine,
               .e_version = EV_CURRENT,
               .e_entry = kAddress + sizeof(Headers),
               .e_phoff = sizeof(Elf64_Ehdr),
               .e_ehsize = sizeof(Elf64_Ehdr),
               .e_phentsize = sizeof(Elf64_Phdr),
               .e_phnum = 2},
      .code = {.p_type = PT_LOAD,
               .p_flags = PF_R | PF_X,
               .p_vaddr = kAddress,
               .p_paddr = kAddress,
               .p_filesz = size,
               .p_memsz = size,
               .p_align = kLargestPage},
      .stack = {.p_type = PT_GNU_STACK, .p_flags = PF_R | PF_W},
  };
}

}  // namespace

std::string StarterProgram() {
  const absl::string_view code(
      rules_dockerfile_starter_begin,
      rules_dockerfile_starter_end - rules_dockerfile_starter_begin);
  const Headers headers = MakeHeaders(code.size());
  std::string program(reinterpret_cast<const char*>(&headers), sizeof headers);
  program.append(code);
  return program;
}

}  // namespace rules_dockerfile
