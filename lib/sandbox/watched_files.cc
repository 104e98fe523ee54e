#include "lib/sandbox/watched_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/cleanup/cleanup.h"
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

// The names and values of the extended attributes of what has this name in the
// working directory: there is no call that takes a descriptor of any file. A
// symlink is followed if `list` and `get` do so.
int64_t XattrBytes(const char* name, decltype(listxattr)* list,
                   decltype(getxattr)* get) {
  if (list(name, nullptr, 0) <= 0) return 0;
  std::string names(XATTR_LIST_MAX, '\0');
  const ssize_t size = list(name, names.data(), names.size());
  if (size <= 0) return 0;
  names.resize(size);
  int64_t bytes = size;
  for (size_t at = 0; at < names.size(); at += strlen(&names[at]) + 1) {
    bytes += std::max<int64_t>(get(name, &names[at], nullptr, 0), 0);
  }
  return bytes;
}

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
  void AddXattrs(int64_t bytes) { sum_ += bytes; }
  // False if the file is known.
  bool Add(const struct stat& info) {
    if (info.st_nlink != 1 && !inodes_.insert(info.st_ino).second) return false;
    sum_ += static_cast<int64_t>(info.st_blocks) * kBlock;
    return true;
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
// Changes the working directory. False if it is too deep, or takes until `end`:
// a command can move directories to where they are still to be seen, again and
// again, and fill one with names.
bool AddBelow(int top, absl::Time end, FileSum& files) {
  std::vector<Directory> open;
  open.push_back(OpenDirectory(top, "."));
  if (open.back() == nullptr || fchdir(top) < 0) return false;
  size_t names = 0;
  while (!open.empty()) {
    const dirent* entry = readdir(open.back().get());
    if (entry == nullptr) {
      open.pop_back();
      if (!open.empty() && fchdir(dirfd(open.back().get())) < 0) return false;
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
    const bool is_directory = S_ISDIR(info.st_mode);
    if (is_directory || files.Add(info)) {
      files.AddXattrs(XattrBytes(entry->d_name, llistxattr, lgetxattr));
    }
    if (!is_directory) continue;
    if (open.size() == kMostLevels || absl::Now() >= end) return false;
    Directory inner = OpenDirectory(in, entry->d_name);
    if (inner == nullptr && errno != ENOENT && errno != ENOTDIR) return false;
    if (inner == nullptr) continue;
    if (fchdir(dirfd(inner.get())) < 0) return false;
    open.push_back(std::move(inner));
  }
  return true;
}

// Adds the removed files that a thread has open. Changes the working directory.
void AddRemoved(int proc_fd, const std::string& thread,
                const std::vector<dev_t>& devices, FileSum& files) {
  const Directory fds =
      OpenDirectory(proc_fd, absl::StrCat(thread, "/fd").c_str());
  if (fds == nullptr || fchdir(dirfd(fds.get())) < 0) return;
  while (const dirent* entry = readdir(fds.get())) {
    struct stat info;
    if (fstatat(dirfd(fds.get()), entry->d_name, &info, 0) == 0 &&
        S_ISREG(info.st_mode) && info.st_nlink == 0 &&
        absl::c_linear_search(devices, info.st_dev) && files.Add(info)) {
      files.AddXattrs(XattrBytes(entry->d_name, listxattr, getxattr));
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
  const UniqueFd before(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC));
  const absl::Cleanup return_there = [&before] {
    [[maybe_unused]] const int ignored = fchdir(before.get());
  };
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
