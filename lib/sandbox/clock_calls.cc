#include "lib/sandbox/clock_calls.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"
#include "lib/sandbox/fake_clock.h"
#include "lib/sandbox/notification.h"
#include "lib/sandbox/target_process.h"
#include "lib/sandbox/unique_fd.h"

namespace rules_dockerfile {
namespace {

timespec RealTime() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

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
std::optional<uint32_t> NumberOf(absl::string_view vdso_symbol) {
  if (vdso_symbol == "__vdso_clock_gettime") return SYS_clock_gettime;
  if (vdso_symbol == "__vdso_gettimeofday") return SYS_gettimeofday;
  if (vdso_symbol == "__vdso_time") return SYS_time;
  return std::nullopt;
}

// mov eax, number; syscall; ret
std::string CallCode(uint32_t number) {
  std::string code = {'\xb8', 0, 0, 0, 0, '\x0f', '\x05', '\xc3'};
  memcpy(code.data() + 1, &number, sizeof number);
  return code;
}
#else
std::optional<uint32_t> NumberOf(absl::string_view) { return std::nullopt; }
std::string CallCode(uint32_t) { return ""; }
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

ClockCalls::ClockCalls(const FakeClock* clock)
    : clock_(clock), functions_(FindVdsoFunctions()) {}

std::vector<ClockCalls::VdsoFunction> ClockCalls::FindVdsoFunctions() {
  std::vector<VdsoFunction> functions;
  const auto* image = reinterpret_cast<const char*>(getauxval(AT_SYSINFO_EHDR));
  if (image == nullptr) return functions;
  const VdsoSymbols vdso = ReadVdso(image);
  if (vdso.symbols == nullptr || vdso.names == nullptr) return functions;
  for (uint32_t i = 0; i < vdso.count; ++i) {
    const Elf64_Sym& symbol = vdso.symbols[i];
    const std::optional<uint32_t> number =
        NumberOf(vdso.names + symbol.st_name);
    if (!number.has_value()) continue;
    functions.push_back({symbol.st_value - vdso.bias, *number});
  }
  return functions;
}

Answer ClockCalls::PatchVdso(const Notification& call) {
  const std::optional<uint64_t> vdso = VdsoAddress(call.target);
  if (!vdso.has_value()) return Answer::Continue();
  // The pages are read-only to the process; its memory file writes a copy.
  const UniqueFd memory = call.target.OpenProcFile("mem", O_RDWR);
  for (const VdsoFunction& function : functions_) {
    const std::string code = CallCode(function.number);
    [[maybe_unused]] const ssize_t written =
        pwrite(memory.get(), code.data(), code.size(),
               static_cast<off_t>(*vdso + function.offset));
  }
  return Answer::Continue();
}

Answer ClockCalls::ClockGettime(const Notification& call) {
  const timespec now = clock_->Shift(RealTime());
  return Answer::Error(call.target.WriteValue(call.arguments[1], now) ? 0
                                                                      : EFAULT);
}

Answer ClockCalls::Gettimeofday(const Notification& call) {
  const timespec now = clock_->Shift(RealTime());
  const timeval value = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  const struct timezone utc = {};
  if (call.arguments[0] != 0 &&
      !call.target.WriteValue(call.arguments[0], value)) {
    return Answer::Error(EFAULT);
  }
  if (call.arguments[1] != 0 &&
      !call.target.WriteValue(call.arguments[1], utc)) {
    return Answer::Error(EFAULT);
  }
  return Answer::Error(0);
}

Answer ClockCalls::Time(const Notification& call) {
  const int64_t now = clock_->Shift(RealTime()).tv_sec;
  if (call.arguments[0] != 0 &&
      !call.target.WriteValue(call.arguments[0], now)) {
    return Answer::Error(EFAULT);
  }
  return Answer::Value(now);
}

}  // namespace rules_dockerfile
