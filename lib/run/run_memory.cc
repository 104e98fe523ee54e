#include "lib/run/run_memory.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

constexpr double kGibibyte = 1024.0 * 1024 * 1024;

int64_t TotalMemory(absl::string_view meminfo) {
  for (const absl::string_view line : absl::StrSplit(meminfo, '\n')) {
    const std::vector<absl::string_view> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    int64_t kibibytes = 0;
    if (words.size() == 3 && words[0] == "MemTotal:" &&
        absl::SimpleAtoi(words[1], &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return 0;
}

// Its path in cgroup v2, such as "/user.slice/a.service"; "" for the root.
std::string CgroupPath(absl::string_view cgroup) {
  for (absl::string_view line : absl::StrSplit(cgroup, '\n')) {
    if (absl::ConsumePrefix(&line, "0::") && line != "/") {
      return std::string(line);
    }
  }
  return "";
}

}  // namespace

int64_t DefaultRunMemory(absl::string_view meminfo) {
  return TotalMemory(meminfo) / 4 * 3;
}

int64_t UsableMemory() {
  return UsableMemory(ReadFile("/proc/meminfo").value_or(""),
                      ReadFile("/proc/self/cgroup").value_or(""),
                      "/sys/fs/cgroup");
}

int64_t UsableMemory(absl::string_view meminfo, absl::string_view cgroup,
                     const std::string& mount) {
  int64_t least = TotalMemory(meminfo);
  std::string path = CgroupPath(cgroup);
  while (true) {
    const absl::StatusOr<std::string> text =
        ReadFile(absl::StrCat(mount, path, "/memory.max"));
    int64_t most = 0;
    if (text.ok() && absl::SimpleAtoi(*text, &most) &&
        (least == 0 || most < least)) {
      least = most;
    }
    if (path.empty()) return least;
    path.resize(path.rfind('/'));
  }
}

int64_t DefaultRunMemory() {
  return DefaultRunMemory(ReadFile("/proc/meminfo").value_or(""));
}

std::string MemoryText(int64_t bytes) {
  const double gibibytes = static_cast<double>(bytes) / kGibibyte;
  if (gibibytes < 1) return absl::StrFormat("%.0f MiB", gibibytes * 1024);
  return absl::StrFormat("%.1f GiB", gibibytes);
}

std::string OutOfMemoryNote(int64_t limit) {
  return absl::StrCat(
      "RUN ran out of memory: the limit is ", MemoryText(limit),
      "\nhint: --@rules_dockerfile//rules/settings:run_memory=MIB");
}

std::string TooManyProcessesNote(int limit) {
  return absl::StrCat("RUN ran too many processes: the limit is ", limit);
}

}  // namespace rules_dockerfile
