#include "lib/sandbox/machine/shown_machine.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"

namespace rules_dockerfile {
namespace {

// Linux' arch/x86/kernel/cpu/proc.c; the flags are those of x86-64-v1, which
// the System V ABI demands of each processor, and `ht`.
constexpr char kX86Processor[] =
    "processor\t: $0\n"
    "vendor_id\t: unknown\n"
    "cpu family\t: 15\n"
    "model\t\t: 0\n"
    "model name\t: x86-64\n"
    "stepping\t: 0\n"
    "cpu MHz\t\t: 1000.000\n"
    "cache size\t: 1024 KB\n"
    "physical id\t: 0\n"
    "siblings\t: $1\n"
    "core id\t\t: $0\n"
    "cpu cores\t: $1\n"
    "apicid\t\t: $0\n"
    "initial apicid\t: $0\n"
    "fpu\t\t: yes\n"
    "fpu_exception\t: yes\n"
    "cpuid level\t: 1\n"
    "wp\t\t: yes\n"
    "flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov "
    "pat pse36 clflush mmx fxsr sse sse2 ht syscall nx lm\n"
    "bugs\t\t:\n"
    "bogomips\t: 2000.00\n"
    "clflush size\t: 64\n"
    "cache_alignment\t: 64\n"
    "address sizes\t: 40 bits physical, 48 bits virtual\n"
    "power management:\n"
    "\n";

// Linux' arch/arm64/kernel/cpuinfo.c; the features are those of ARMv8.0-A.
constexpr char kArmProcessor[] =
    "processor\t: $0\n"
    "BogoMIPS\t: 100.00\n"
    "Features\t: fp asimd\n"
    "CPU implementer\t: 0x00\n"
    "CPU architecture: 8\n"
    "CPU variant\t: 0x0\n"
    "CPU part\t: 0x000\n"
    "CPU revision\t: 0\n"
    "\n";

constexpr char kOtherProcessor[] = "processor\t: $0\n\n";

std::string CpuInfo(int processors, absl::string_view machine) {
  const char* format = machine == "x86_64"    ? kX86Processor
                       : machine == "aarch64" ? kArmProcessor
                                              : kOtherProcessor;
  std::string text;
  for (int i = 0; i < processors; ++i) {
    absl::StrAppend(&text, absl::Substitute(format, i, processors));
  }
  return text;
}

std::string Stat(int processors, int64_t boot_time) {
  constexpr char kTimes[] = " 0 0 0 0 0 0 0 0 0 0\n";
  std::string text = absl::StrCat("cpu ", kTimes);
  for (int i = 0; i < processors; ++i) {
    absl::StrAppend(&text, "cpu", i, kTimes);
  }
  absl::StrAppend(&text, "intr 0\nctxt 0\nbtime ", boot_time,
                  "\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n"
                  "softirq 0 0 0 0 0 0 0 0 0 0 0\n");
  return text;
}

std::string MemInfo(int processors) {
  const int64_t total = ShownMemory(processors) >> 10;
  const int64_t free = ShownFreeMemory(processors) >> 10;
  std::string text;
  const auto add = [&text](absl::string_view name, int64_t kibibytes) {
    absl::StrAppendFormat(&text, "%-16s%8d kB\n", absl::StrCat(name, ":"),
                          kibibytes);
  };
  add("MemTotal", total);
  add("MemFree", free);
  add("MemAvailable", free);
  for (const char* name :
       {"Buffers", "Cached", "SwapCached", "Active", "Inactive", "SwapTotal",
        "SwapFree", "Dirty", "Writeback", "AnonPages", "Mapped", "Shmem",
        "Slab", "SReclaimable", "SUnreclaim", "PageTables"}) {
    add(name, 0);
  }
  add("CommitLimit", total);
  add("Committed_AS", 0);
  return text;
}

// As the kernel prints it: as many digits as the processors need, 32 bits a
// word.
std::string CpuMask(uint64_t mask, int processors) {
  const int digits = (processors + 3) / 4;
  if (digits <= 8) return absl::StrFormat("%0*x\n", digits, mask);
  return absl::StrFormat("%0*x,%08x\n", digits - 8, mask >> 32,
                         mask & 0xffffffff);
}

}  // namespace

std::vector<ShownFile> ShownProcFiles(int processors, absl::string_view machine,
                                      int64_t boot_time) {
  return {
      {"/proc/cpuinfo", CpuInfo(processors, machine)},
      {"/proc/stat", Stat(processors, boot_time)},
      {"/proc/meminfo", MemInfo(processors)},
      {"/proc/loadavg", "0.00 0.00 0.00 1/1 1\n"},
      {"/proc/version", absl::StrCat("Linux version ", kShownKernelRelease, " ",
                                     kShownKernelVersion, "\n")},
      {"/proc/sys/kernel/osrelease", absl::StrCat(kShownKernelRelease, "\n")},
      {"/proc/sys/kernel/version", absl::StrCat(kShownKernelVersion, "\n")},
  };
}

std::vector<ShownFile> ShownProcessorFiles(int processors) {
  const std::string all =
      processors == 1 ? "0\n" : absl::StrCat("0-", processors - 1, "\n");
  std::vector<ShownFile> files = {
      {"kernel_max", absl::StrCat(processors - 1, "\n")},
      {"offline", "\n"},
      {"online", all},
      {"possible", all},
      {"present", all}};
  for (int i = 0; i < processors; ++i) {
    const std::string number = absl::StrCat(i, "\n");
    const std::string one = CpuMask(uint64_t{1} << i, processors);
    const std::string package =
        CpuMask(~uint64_t{0} >> (kMaxShownProcessors - processors), processors);
    for (const auto& [name, text] :
         {ShownFile("core_id", number), ShownFile("physical_package_id", "0\n"),
          ShownFile("core_cpus", one), ShownFile("core_cpus_list", number),
          ShownFile("thread_siblings", one),
          ShownFile("thread_siblings_list", number),
          ShownFile("core_siblings", package),
          ShownFile("core_siblings_list", all),
          ShownFile("package_cpus", package),
          ShownFile("package_cpus_list", all)}) {
      files.emplace_back(absl::StrCat("cpu", i, "/topology/", name), text);
    }
  }
  return files;
}

}  // namespace rules_dockerfile
