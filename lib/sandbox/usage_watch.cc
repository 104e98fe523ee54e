#include "lib/sandbox/usage_watch.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/process_names.h"
#include "lib/sandbox/spec/sandbox_spec.h"
#include "lib/sandbox/watched_files.h"

namespace rules_dockerfile {
namespace {

constexpr int kPeriod = 100;  // milliseconds

std::string ReadIn(int proc_fd, const std::string& path) {
  const UniqueFd fd(openat(proc_fd, path.c_str(), O_RDONLY | O_CLOEXEC));
  return fd.ok() ? ReadAll(fd.get()) : "";
}

// The bytes of a line "NAME:    1234 kB" of a file in /proc.
std::optional<int64_t> BytesAfter(absl::string_view name,
                                  absl::string_view line) {
  int64_t kibibytes = 0;
  if (!absl::ConsumePrefix(&line, name) || !absl::ConsumeSuffix(&line, "kB") ||
      !absl::SimpleAtoi(line, &kibibytes)) {
    return std::nullopt;
  }
  return kibibytes * 1024;
}

// The sum of such lines.
int64_t SumOf(absl::string_view text,
              std::initializer_list<absl::string_view> names) {
  int64_t sum = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    for (const absl::string_view name : names) {
      sum += BytesAfter(name, line).value_or(0);
    }
  }
  return sum;
}

// What is swapped out is memory of the host, too.
constexpr std::initializer_list<absl::string_view> kResident = {
    "RssAnon:", "RssShmem:", "VmSwap:"};

// A file of proc_pid(5) about the memory of a process. The thread that began it
// has none if it ended before the others: then that of one of these.
std::string ReadMemoryFile(int proc_fd, const std::string& id,
                           absl::string_view name, absl::string_view field) {
  std::string text = ReadIn(proc_fd, absl::StrCat(id, "/", name));
  if (absl::StrContains(text, field)) return text;
  for (const std::string& thread : ThreadDirectories(proc_fd, id)) {
    std::string other = ReadIn(proc_fd, absl::StrCat(thread, "/", name));
    if (absl::StrContains(other, field)) return other;
  }
  return text;
}

// proc_pid_status(5). Mapped files of a tmpfs count, too.
int64_t ResidentMemoryOf(int proc_fd, const std::string& id) {
  return SumOf(ReadMemoryFile(proc_fd, id, "status", "\nRssAnon:"), kResident);
}

// Of this process: it keeps what the command wants to be known.
int64_t OwnMemory(int proc_fd) {
  return SumOf(ReadIn(proc_fd, "self/status"), {"RssAnon:", "VmSwap:"});
}

// Whether a line of proc_pid_smaps(5) begins a mapping of memory that has no
// name in a file system: MAP_SHARED | MAP_ANONYMOUS, memfd_create(2),
// shmget(2).
bool BeginsNamelessMemory(absl::string_view line) {
  return absl::StrContains(line, " /dev/zero (deleted)") ||
         absl::StrContains(line, " [anon_shmem:") ||
         absl::StrContains(line, " /memfd:") ||
         absl::StrContains(line, " /SYSV");
}

// "00400000-0040b000 r-xp …", not "Pss:    4 kB".
bool BeginsMapping(absl::string_view line) {
  const size_t dash = line.find('-');
  return dash != line.npos && dash < line.find(' ');
}

// The shares of the mappings of proc_pid_smaps(5) whose first lines `counts`.
int64_t MappedMemory(absl::string_view smaps,
                     absl::FunctionRef<bool(absl::string_view)> counts) {
  int64_t sum = 0;
  bool is_counted = false;
  for (const absl::string_view line : absl::StrSplit(smaps, '\n')) {
    if (BeginsMapping(line)) is_counted = counts(line);
    if (is_counted) sum += BytesAfter("Pss:", line).value_or(0);
  }
  return sum;
}

// Whether a line begins a mapping of a file that has no name any more and is
// left out of what `files` took: "… rw-s 00000000 00:2f 1234   /f (deleted)".
bool BeginsLeftOutFile(absl::string_view line,
                       const std::vector<WatchedFiles>& files) {
  if (!absl::EndsWith(line, " (deleted)")) return false;
  const std::vector<std::string> words =
      absl::StrSplit(line, ' ', absl::SkipEmpty());
  unsigned major = 0;
  unsigned minor = 0;
  unsigned long long inode = 0;
  if (words.size() < 6 ||
      sscanf(words[3].c_str(), "%x:%x", &major, &minor) != 2 ||
      !absl::SimpleAtoi(words[4], &inode)) {
    return false;
  }
  return absl::c_any_of(files, [&](const WatchedFiles& each) {
    return each.LeavesOut(makedev(major, minor), inode);
  });
}

// From smaps_rollup, which is cheaper; files of a tmpfs are not counted here.
// For a process that cannot be inspected, as one whose program cannot be read,
// the first must do.
int64_t ProportionalMemoryOf(int proc_fd, const std::string& id) {
  const std::string text =
      ReadMemoryFile(proc_fd, id, "smaps_rollup", "\nPss_Anon:");
  if (text.empty()) return ResidentMemoryOf(proc_fd, id);
  const int64_t sum = SumOf(text, {"Pss_Anon:", "SwapPss:"});
  if (SumOf(text, {"Pss_Shmem:"}) == 0) return sum;
  return sum + MappedMemory(ReadMemoryFile(proc_fd, id, "smaps", "\nPss:"),
                            BeginsNamelessMemory);
}

}  // namespace

UsageWatch::UsageWatch(UniqueFd proc_fd, int own_proc_fd,
                       std::vector<WatchedFiles> files,
                       const SandboxLimits& limits, std::function<void()> end)
    : proc_fd_(std::move(proc_fd)),
      own_proc_fd_(own_proc_fd),
      own_at_start_(OwnMemory(own_proc_fd)),
      files_(std::move(files)),
      limits_(limits),
      end_(std::move(end)),
      stop_(eventfd(0, EFD_CLOEXEC)),
      thread_([this] { Watch(); }) {}

UsageWatch::~UsageWatch() { Stop(); }

ExceededLimit UsageWatch::Stop() {
  if (!thread_.joinable()) return exceeded_;
  eventfd_write(stop_.get(), 1);
  thread_.join();
  return exceeded_;
}

void UsageWatch::Watch() {
  // Its working directory is for walks alone.
  unshare(CLONE_FS);
  pollfd stop = {stop_.get(), POLLIN, 0};
  while (poll(&stop, 1, kPeriod) <= 0) {
    exceeded_ = Look();
    if (exceeded_ != ExceededLimit::kNone) return end_();
  }
}

ExceededLimit UsageWatch::Look() {
  const std::vector<std::string> ids = ProcessIds(proc_fd_.get());
  if (limits_.processes > 0 &&
      CountTasks(proc_fd_.get(), ids) > limits_.processes) {
    return ExceededLimit::kProcesses;
  }
  if (limits_.memory <= 0) return ExceededLimit::kNone;
  const int64_t limit =
      limits_.memory -
      std::max(OwnMemory(own_proc_fd_) - own_at_start_, int64_t{0});
  // What is cheap comes first, and is at least the rest.
  int64_t most = limit;
  for (const WatchedFiles& files : files_) most -= files.AtMost();
  const int64_t resident = ResidentMemory(proc_fd_.get(), ids);
  if (resident <= most) return ExceededLimit::kNone;
  // A walk of the files may take long: first what needs none.
  if (resident > limit && ProportionalMemory(proc_fd_.get(), ids) > limit) {
    return ExceededLimit::kMemory;
  }
  most = limit;
  for (WatchedFiles& files : files_) most -= files.Grown(proc_fd_.get(), ids);
  if (resident <= most) return ExceededLimit::kNone;
  const bool exceeded =
      ProportionalMemory(proc_fd_.get(), ids) + LeftOutMemory(ids) > most;
  return exceeded ? ExceededLimit::kMemory : ExceededLimit::kNone;
}

int64_t UsageWatch::LeftOutMemory(const std::vector<std::string>& ids) const {
  if (absl::c_all_of(files_,
                     [](const auto& each) { return each.is_whole(); })) {
    return 0;
  }
  int64_t sum = 0;
  for (const std::string& id : ids) {
    sum += MappedMemory(ReadMemoryFile(proc_fd_.get(), id, "smaps", "\nPss:"),
                        [this](absl::string_view line) {
                          return BeginsLeftOutFile(line, files_);
                        });
  }
  return sum;
}

int64_t CountTasks(int proc_fd, const std::vector<std::string>& ids) {
  int64_t count = 0;
  for (const std::string& id : ids) {
    // A directory has two links, and one for each directory in it.
    struct stat info;
    const std::string tasks = absl::StrCat(id, "/task");
    if (fstatat(proc_fd, tasks.c_str(), &info, 0) < 0) continue;
    count += std::max<int64_t>(static_cast<int64_t>(info.st_nlink) - 2, 1);
  }
  return count;
}

int64_t ResidentMemory(int proc_fd, const std::vector<std::string>& ids) {
  int64_t sum = 0;
  for (const std::string& id : ids) sum += ResidentMemoryOf(proc_fd, id);
  return sum;
}

int64_t ProportionalMemory(int proc_fd, const std::vector<std::string>& ids) {
  int64_t sum = 0;
  for (const std::string& id : ids) sum += ProportionalMemoryOf(proc_fd, id);
  return sum;
}

UniqueFd OpenCommandProc() {
  UniqueFd proc(open("/proc", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  struct statfs info;
  char self[16];
  if (!proc.ok() || fstatfs(proc.get(), &info) < 0 ||
      info.f_type != PROC_SUPER_MAGIC ||
      readlinkat(proc.get(), "self", self, sizeof self) >= 0) {
    return UniqueFd();
  }
  return proc;
}

}  // namespace rules_dockerfile
