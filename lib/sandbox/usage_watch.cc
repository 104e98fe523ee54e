#include "lib/sandbox/usage_watch.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int kPeriod = 100;  // milliseconds

// The names in a /proc that are process ids.
std::vector<std::string> ProcessIds(int proc_fd) {
  std::vector<std::string> ids;
  // A directory of its own: the position is not to be shared.
  DIR* proc =
      fdopendir(openat(proc_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (proc == nullptr) return ids;
  while (const dirent* entry = readdir(proc)) {
    int id = 0;
    if (absl::SimpleAtoi(entry->d_name, &id)) ids.emplace_back(entry->d_name);
  }
  closedir(proc);
  return ids;
}

std::string ReadIn(int proc_fd, const std::string& path) {
  const UniqueFd fd(openat(proc_fd, path.c_str(), O_RDONLY | O_CLOEXEC));
  return fd.ok() ? ReadAll(fd.get()) : "";
}

// proc_pid_statm(5).
int64_t ResidentMemoryOf(int proc_fd, const std::string& id) {
  const std::string text = ReadIn(proc_fd, absl::StrCat(id, "/statm"));
  const std::vector<absl::string_view> fields = absl::StrSplit(text, ' ');
  int64_t resident = 0;
  int64_t shared = 0;
  if (fields.size() < 3 || !absl::SimpleAtoi(fields[1], &resident) ||
      !absl::SimpleAtoi(fields[2], &shared)) {
    return 0;
  }
  return (resident - shared) * sysconf(_SC_PAGESIZE);
}

// proc_pid_smaps(5): "Pss_Anon:    1234 kB". Of a process that may not be
// looked at, as one whose program cannot be read, the first must do.
int64_t ProportionalMemoryOf(int proc_fd, const std::string& id) {
  const std::string text = ReadIn(proc_fd, absl::StrCat(id, "/smaps_rollup"));
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    int64_t kibibytes = 0;
    if (absl::ConsumePrefix(&line, "Pss_Anon:") &&
        absl::ConsumeSuffix(&line, "kB") &&
        absl::SimpleAtoi(line, &kibibytes)) {
      return kibibytes * 1024;
    }
  }
  return ResidentMemoryOf(proc_fd, id);
}

// What the files of an open file's file system take of the memory.
int64_t FilesInMemory(int fd) {
  struct statfs info;
  if (fstatfs(fd, &info) < 0 || info.f_type != TMPFS_MAGIC) return 0;
  return static_cast<int64_t>(info.f_blocks - info.f_bfree) * info.f_bsize;
}

}  // namespace

WatchedFiles::WatchedFiles(UniqueFd file)
    : file_(std::move(file)), at_start_(FilesInMemory(file_.get())) {}

int64_t WatchedFiles::Grown() const {
  return FilesInMemory(file_.get()) - at_start_;
}

UsageWatch::UsageWatch(UniqueFd proc_fd, std::vector<WatchedFiles> files,
                       const SandboxLimits& limits, std::function<void()> end)
    : proc_fd_(std::move(proc_fd)),
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
  pollfd stop = {stop_.get(), POLLIN, 0};
  while (poll(&stop, 1, kPeriod) <= 0) {
    exceeded_ = Look();
    if (exceeded_ != ExceededLimit::kNone) return end_();
  }
}

ExceededLimit UsageWatch::Look() const {
  const std::vector<std::string> ids = ProcessIds(proc_fd_.get());
  if (limits_.processes > 0 &&
      static_cast<int64_t>(ids.size()) > limits_.processes) {
    return ExceededLimit::kProcesses;
  }
  if (limits_.memory <= 0) return ExceededLimit::kNone;
  int64_t most = limits_.memory;
  for (const WatchedFiles& files : files_) most -= files.Grown();
  const bool exceeded = ResidentMemory(proc_fd_.get(), ids) > most &&
                        ProportionalMemory(proc_fd_.get(), ids) > most;
  return exceeded ? ExceededLimit::kMemory : ExceededLimit::kNone;
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
