#include "lib/sandbox/supervisor/vdso_patch.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/supervisor/notification.h"
#include "lib/sandbox/supervisor/target_process.h"

namespace rules_dockerfile {
namespace {

// Where the process' vDSO begins.
std::optional<uint64_t> VdsoAddress(const TargetProcess& process) {
  const std::string auxv = process.ReadProcFile("auxv");
  uint64_t entry[2];
  for (size_t at = 0; at + sizeof entry <= auxv.size(); at += sizeof entry) {
    memcpy(entry, auxv.data() + at, sizeof entry);
    if (entry[0] == AT_SYSINFO_EHDR) return entry[1];
  }
  return std::nullopt;
}

#if defined(__x86_64__)
// mov eax, number; syscall; ret
std::string CallCode(uint32_t number) {
  std::string code = {'\xb8', 0, 0, 0, 0, '\x0f', '\x05', '\xc3'};
  memcpy(code.data() + 1, &number, sizeof number);
  return code;
}

// getcpu(cpu, node): the first processor of the first node.
//   xor eax, eax
//   test rdi, rdi; je +2; mov [rdi], eax
//   test rsi, rsi; je +2; mov [rsi], eax
//   ret
std::string FirstProcessorCode() {
  return "\x31\xc0\x48\x85\xff\x74\x02\x89\x07\x48\x85\xf6\x74\x02\x89\x06"
         "\xc3";
}

// What a function of the vDSO becomes; "": what it is.
std::string CodeOf(absl::string_view symbol, const VdsoPatchOptions& options) {
  if (options.clock) {
    if (symbol == "__vdso_clock_gettime") return CallCode(SYS_clock_gettime);
    if (symbol == "__vdso_gettimeofday") return CallCode(SYS_gettimeofday);
    if (symbol == "__vdso_time") return CallCode(SYS_time);
  }
  if (options.processors && symbol == "__vdso_getcpu") {
    return FirstProcessorCode();
  }
  return "";
}
#elif defined(__aarch64__)
// bti c; mov x8, number; svc 0; ret
std::string CallCode(uint32_t number) {
  const uint32_t code[] = {0xd503245f, 0xd2800008 | number << 5, 0xd4000001,
                           0xd65f03c0};
  return std::string(reinterpret_cast<const char*>(code), sizeof code);
}

// What a function of the vDSO becomes; "": what it is. There is no getcpu.
std::string CodeOf(absl::string_view symbol, const VdsoPatchOptions& options) {
  if (options.clock) {
    if (symbol == "__kernel_clock_gettime") return CallCode(SYS_clock_gettime);
    if (symbol == "__kernel_gettimeofday") return CallCode(SYS_gettimeofday);
  }
  return "";
}
#endif

// The vDSO of this process, as its dynamic section describes it.
struct VdsoSymbols {
  const char* names = nullptr;
  const Elf64_Sym* symbols = nullptr;
  uint32_t count = 0;
  uint64_t bias = 0;  // of addresses over offsets
};

VdsoSymbols ReadVdso(const char* image) {
  VdsoSymbols vdso;
  const auto* header = reinterpret_cast<const Elf64_Ehdr*>(image);
  const auto* segments =
      reinterpret_cast<const Elf64_Phdr*>(image + header->e_phoff);
  const Elf64_Dyn* dynamic = nullptr;
  for (int i = 0; i < header->e_phnum; ++i) {
    if (segments[i].p_type == PT_DYNAMIC) {
      dynamic =
          reinterpret_cast<const Elf64_Dyn*>(image + segments[i].p_offset);
    } else if (segments[i].p_type == PT_LOAD) {
      vdso.bias = segments[i].p_vaddr - segments[i].p_offset;
    }
  }
  for (; dynamic != nullptr && dynamic->d_tag != DT_NULL; ++dynamic) {
    const char* at = image + (dynamic->d_un.d_ptr - vdso.bias);
    if (dynamic->d_tag == DT_SYMTAB) {
      vdso.symbols = reinterpret_cast<const Elf64_Sym*>(at);
    } else if (dynamic->d_tag == DT_STRTAB) {
      vdso.names = at;
    } else if (dynamic->d_tag == DT_HASH) {
      vdso.count = reinterpret_cast<const uint32_t*>(at)[1];
    }
  }
  // Newer kernels have DT_GNU_HASH alone; the symbol table ends where the
  // string table begins.
  if (vdso.count == 0 && vdso.names != nullptr) {
    const char* table = reinterpret_cast<const char*>(vdso.symbols);
    if (table != nullptr && table < vdso.names) {
      vdso.count =
          static_cast<uint32_t>((vdso.names - table) / sizeof(Elf64_Sym));
    }
  }
  return vdso;
}

}  // namespace

VdsoPatch::VdsoPatch(const VdsoPatchOptions& options) {
  const auto* image = reinterpret_cast<const char*>(getauxval(AT_SYSINFO_EHDR));
  if (image == nullptr) return;
  const VdsoSymbols vdso = ReadVdso(image);
  if (vdso.symbols == nullptr || vdso.names == nullptr) return;
  for (uint32_t i = 0; i < vdso.count; ++i) {
    const Elf64_Sym& symbol = vdso.symbols[i];
    std::string code = CodeOf(vdso.names + symbol.st_name, options);
    // Functions begin at multiples of 16.
    const uint64_t room = (symbol.st_size + 15) / 16 * 16;
    if (code.empty() || code.size() > room) continue;
    functions_.push_back({symbol.st_value - vdso.bias, std::move(code)});
  }
}

bool VdsoPatch::Overwrite(int memory_fd, uint64_t vdso) const {
  return absl::c_all_of(functions_, [&](const VdsoFunction& function) {
    return pwrite(memory_fd, function.code.data(), function.code.size(),
                  static_cast<off_t>(vdso + function.offset)) ==
           static_cast<ssize_t>(function.code.size());
  });
}

Answer VdsoPatch::Apply(const Notification& call) const {
  const std::optional<uint64_t> vdso = VdsoAddress(call.target);
  if (!vdso.has_value()) return Answer::Continue();
  // The pages are read-only to the process; its memory file writes a copy.
  const UniqueFd memory = call.target.OpenProcFile("mem", O_RDWR);
  if (Overwrite(memory.get(), *vdso)) return Answer::Continue();
  // Since Linux 6.12 a system may grant that to a tracer alone
  // (CONFIG_PROC_MEM_FORCE_PTRACE). One that seizes stops nothing, and what it
  // traces is free again when its thread ends.
  std::thread([&] {
    if (call.target.Waits() &&
        ptrace(PTRACE_SEIZE, call.target.pid(), nullptr, nullptr) == 0) {
      Overwrite(memory.get(), *vdso);
    }
  }).join();
  return Answer::Continue();
}

}  // namespace rules_dockerfile
