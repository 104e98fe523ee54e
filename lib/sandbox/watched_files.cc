#include "lib/sandbox/watched_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/process_names.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMostLevels = 1000;
constexpr size_t kNamesBetweenLooks = 1024;  // at the clock
constexpr int kTimesAsLong = 9;
constexpr int64_t kBlock = 512;  // stat(2)

// What a name of a file takes of the memory besides its data; the kernel counts
// extended attributes in this unit, too.
constexpr int64_t kInode = 1024;

// What the files of an open file's file system take of the memory.
int64_t FilesInMemory(int fd) {
  struct statfs info;
  if (fstatfs(fd, &info) < 0 || info.f_type != TMPFS_MAGIC) return 0;
  return static_cast<int64_t>(info.f_blocks - info.f_bfree) * info.f_bsize +
         static_cast<int64_t>(info.f_files - info.f_ffree) * kInode;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

Directory OpenDirectory(int directory_fd, const char* name) {
  const int fd = openat(directory_fd, name,
                        O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return Directory(fd < 0 ? nullptr : fdopendir(fd));
}

// Sums up files, by inode.
class FileSum {
 public:
  void AddName() { sum_ += kInode; }
  void Add(const struct stat& info) {
    if (info.st_nlink == 1 || inodes_.insert(info.st_ino).second) {
      sum_ += static_cast<int64_t>(info.st_blocks) * kBlock;
    }
  }
  int64_t sum() const { return sum_; }
  // Those that have not one name.
  std::set<ino_t>& inodes() { return inodes_; }

 private:
  std::set<ino_t> inodes_;
  int64_t sum_ = 0;
};

bool IsNumber(absl::string_view name) {
  return absl::c_all_of(name, absl::ascii_isdigit);
}

// Adds the files below the directory, except for those in it that are numbers.
// False if it is too deep, or takes until `end`: a command can move directories
// to where they are still to be seen, again and again, and fill one with names.
bool AddBelow(int top, absl::Time end, FileSum& files) {
  std::vector<Directory> open;
  open.push_back(OpenDirectory(top, "."));
  if (open.back() == nullptr) return false;
  size_t names = 0;
  while (!open.empty()) {
    const dirent* entry = readdir(open.back().get());
    if (entry == nullptr) {
      open.pop_back();
      continue;
    }
    if (++names % kNamesBetweenLooks == 0 && absl::Now() >= end) return false;
    const absl::string_view name = entry->d_name;
    if (name == "." || name == ".." || (open.size() == 1 && IsNumber(name))) {
      continue;
    }
    const int in = dirfd(open.back().get());
    struct stat info;
    // What is gone by now does not count.
    if (fstatat(in, entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0) continue;
    files.AddName();
    if (!S_ISDIR(info.st_mode)) {
      files.Add(info);
      continue;
    }
    if (open.size() == kMostLevels || absl::Now() >= end) return false;
    Directory inner = OpenDirectory(in, entry->d_name);
    if (inner == nullptr && errno != ENOENT && errno != ENOTDIR) return false;
    if (inner != nullptr) open.push_back(std::move(inner));
  }
  return true;
}

// Adds the removed files that a thread has open.
void AddRemoved(int proc_fd, const std::string& thread,
                const std::vector<dev_t>& devices, FileSum& files) {
  const Directory fds =
      OpenDirectory(proc_fd, absl::StrCat(thread, "/fd").c_str());
  if (fds == nullptr) return;
  while (const dirent* entry = readdir(fds.get())) {
    struct stat info;
    if (fstatat(dirfd(fds.get()), entry->d_name, &info, 0) == 0 &&
        S_ISREG(info.st_mode) && info.st_nlink == 0 &&
        absl::c_linear_search(devices, info.st_dev)) {
      files.Add(info);
    }
  }
}

}  // namespace

WatchedFiles::WatchedFiles(UniqueFd file)
    : file_(std::move(file)), at_start_(FilesInMemory(file_.get())) {}

WatchedFiles::WatchedFiles(UniqueFd directory, std::vector<dev_t> devices,
                           absl::Duration longest_walk)
    : file_(std::move(directory)),
      devices_(std::move(devices)),
      longest_walk_(longest_walk) {
  at_start_ = Walk(-1, {});
}

int64_t WatchedFiles::AtMost() const {
  // Others may have removed more than they wrote, so all of it counts.
  return FilesInMemory(file_.get()) - (devices_.empty() ? at_start_ : 0);
}

int64_t WatchedFiles::Grown(int proc_fd, const std::vector<std::string>& ids) {
  if (devices_.empty()) return AtMost();
  const absl::Time start = absl::Now();
  if (start < next_walk_) return grown_;
  grown_ = Walk(proc_fd, ids) - at_start_;
  const absl::Time end = absl::Now();
  next_walk_ = end + kTimesAsLong * (end - start);
  return grown_;
}

int64_t WatchedFiles::Walk(int proc_fd, const std::vector<std::string>& ids) {
  FileSum files;
  // What cannot be seen counts as a whole.
  const absl::Time end = absl::Now() + longest_walk_;
  if (!AddBelow(file_.get(), end, files)) return AtMost();
  for (const std::string& id : ids) {
    for (const std::string& thread : ThreadDirectories(proc_fd, id)) {
      AddRemoved(proc_fd, thread, devices_, files);
    }
  }
  links_ = std::move(files.inodes());
  return files.sum();
}

bool WatchedFiles::LeavesOut(dev_t device, ino_t inode) const {
  return absl::c_linear_search(devices_, device) && !links_.contains(inode);
}

}  // namespace rules_dockerfile
