#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <string>
#include <vector>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

char TypeLetter(mode_t mode) {
  if (S_ISDIR(mode)) return 'd';
  if (S_ISLNK(mode)) return 'l';
  if (S_ISCHR(mode)) return 'c';
  if (S_ISBLK(mode)) return 'b';
  if (S_ISFIFO(mode)) return 'p';
  if (S_ISSOCK(mode)) return 's';
  return '-';
}

void PrintStat(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check("stat " + path, -1);
  printf("%s %c%04o %u:%u", path.c_str(), TypeLetter(info.st_mode),
         info.st_mode & 07777, info.st_uid, info.st_gid);
  if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) {
    printf(" %u,%u", major(info.st_rdev), minor(info.st_rdev));
  }
  printf("\n");
  fflush(stdout);
}

void PrintList(const std::string& path) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return Check("list " + path, -1);
  std::vector<std::string> names;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  std::cout << path << ":";
  for (const std::string& name : names) std::cout << " " << name;
  std::cout << "\n";
}

void Write(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0) return Check("write " + path, -1);
  Check("write " + path, static_cast<int>(write(fd, text.data(), text.size())));
  close(fd);
}

void Touch(const std::string& time, const std::string& path) {
  double seconds = atof(time.c_str());
  timespec times[2];
  times[0].tv_sec = times[1].tv_sec = static_cast<time_t>(seconds);
  times[0].tv_nsec = times[1].tv_nsec =
      static_cast<long>((seconds - static_cast<double>(times[0].tv_sec)) * 1e9);
  Check("touch " + path,
        utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW));
}

void PrintTimes(const std::string& which, const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check(which + " " + path, -1);
  const timespec& shown = which == "mtime" ? info.st_mtim : info.st_ctim;
  std::cout << path << " " << which << " " << shown.tv_sec << "\n";
}

// Copies a file, mode and all, over another.
void Copy(const std::string& from, const std::string& to) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary | std::ios::trunc);
  out << in.rdbuf();
  struct stat info;
  stat(from.c_str(), &info);
  chmod(to.c_str(), info.st_mode & 0777);
}

void RemoveAll(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check("rm " + path, -1);
  if (S_ISDIR(info.st_mode)) {
    DIR* directory = opendir(path.c_str());
    std::vector<std::string> names;
    while (const dirent* entry = readdir(directory)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(directory);
    for (const std::string& name : names) RemoveAll(path + "/" + name);
  }
  Check("rm " + path, remove(path.c_str()));
}

// As mv(1): across file systems, of which an overlay counts each layer as one,
// it copies a directory, with modes and times.
void MoveTree(const std::string& from, const std::string& to) {
  if (rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) return Check("mvtree " + from, -1);
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(to)) {
    const std::string path = entry.path();
    struct stat info;
    lstat((from + path.substr(to.size())).c_str(), &info);
    const timespec times[2] = {info.st_mtim, info.st_mtim};
    utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW);
  }
  RemoveAll(from);
}

void Chown(const std::string& owner, const std::string& path) {
  unsigned uid = 0, gid = 0;
  sscanf(owner.c_str(), "%u:%u", &uid, &gid);
  Check("chown " + path, lchown(path.c_str(), uid, gid));
}

void MakeNode(const Arguments& arguments) {
  const mode_t type = arguments[1] == "c"   ? S_IFCHR
                      : arguments[1] == "b" ? S_IFBLK
                                            : S_IFIFO;
  const dev_t device =
      arguments.size() > 4
          ? makedev(atoi(arguments[3].c_str()), atoi(arguments[4].c_str()))
          : 0;
  Check("mknod " + arguments[2],
        mknod(arguments[2].c_str(), type | 0644, device));
}

// `xattrs /f` prints the `user.` xattrs except for the sandbox's own.
void PrintXattrs(const std::string& path) {
  char names[4096];
  const ssize_t listed = llistxattr(path.c_str(), names, sizeof names);
  if (listed < 0) return Check("xattrs " + path, -1);
  std::set<std::string> lines;
  for (ssize_t i = 0; i < listed;) {
    const std::string name = names + i;
    i += static_cast<ssize_t>(name.size()) + 1;
    if (name.rfind("user.", 0) != 0 ||
        name.rfind("user.rules_dockerfile.", 0) == 0) {
      continue;
    }
    std::string value(65536, '\0');
    const ssize_t size =
        lgetxattr(path.c_str(), name.c_str(), value.data(), value.size());
    if (size < 0) return Check("xattrs " + path, -1);
    value.resize(size);
    lines.insert(" " + name + "=" + value);
  }
  printf("%s", path.c_str());
  for (const std::string& line : lines) printf("%s", line.c_str());
  printf("\n");
  fflush(stdout);
}

// `survey DIRECTORY` prints what stat(2) says of all files below, in the order
// in which their directories have them, except for the system's.
void Survey(const std::string& path, dev_t device) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return Check("survey " + path, -1);
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    const std::string below = path + (path == "/" ? "" : "/") + name;
    if (name == "." || name == ".." || below == "/proc" || below == "/sys" ||
        below == "/dev") {
      continue;
    }
    struct stat info;
    if (lstat(below.c_str(), &info) < 0) return Check("survey " + below, -1);
    // As programs that keep it as a double see it.
    const bool large = info.st_ino >= 1ULL << 53;
    printf("%s %o %u:%u links %u, %lld bytes, times %lld %lld %lld%s%s\n",
           below.c_str(), info.st_mode, info.st_uid, info.st_gid,
           static_cast<unsigned>(info.st_nlink),
           S_ISDIR(info.st_mode) ? 0LL : static_cast<long long>(info.st_size),
           static_cast<long long>(info.st_atime),
           static_cast<long long>(info.st_mtime),
           static_cast<long long>(info.st_ctime),
           info.st_dev == device ? "" : ", other device",
           large ? ", large inode number" : "");
    if (S_ISDIR(info.st_mode)) Survey(below, device);
  }
  closedir(directory);
  fflush(stdout);
}

void PrintSurvey(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) < 0) return Check("survey " + path, -1);
  Survey(path, info.st_dev);
}

// `same /a /b` prints whether they are one file.
void PrintSame(const std::string& a, const std::string& b) {
  struct stat of_a, of_b;
  if (lstat(a.c_str(), &of_a) < 0) return Check("same " + a, -1);
  if (lstat(b.c_str(), &of_b) < 0) return Check("same " + b, -1);
  const bool same = of_a.st_ino == of_b.st_ino && of_a.st_dev == of_b.st_dev;
  printf("%s %s %s, %u names\n", a.c_str(), same ? "is" : "is not", b.c_str(),
         static_cast<unsigned>(of_a.st_nlink));
  fflush(stdout);
}

// cap_net_raw=ep, as setcap(8) writes it: linux/capability.h, vfs_cap_data.
void SetCapability(const std::string& path) {
  const unsigned char value[20] = {1, 0, 0, 2, 0, 0x20};
  Check("setcap " + path,
        setxattr(path.c_str(), "security.capability", value, sizeof value, 0));
}

// `acl access /f 1000`: rw- for the owner, rwx for a user, r-- for the group
// and others, and a mask of rwx: acl(5), linux/posix_acl_xattr.h.
void SetAcl(const std::string& which, const std::string& path, unsigned uid) {
  struct Entry {
    uint16_t tag, permissions;
    uint32_t id;
  };
  const struct {
    uint32_t version;
    Entry entries[5];
  } acl = {2,
           {{1, 6, ~0u}, {2, 7, uid}, {4, 4, ~0u}, {16, 7, ~0u}, {32, 4, ~0u}}};
  Check("acl " + path,
        setxattr(path.c_str(), ("system.posix_acl_" + which).c_str(), &acl,
                 sizeof acl, 0));
}

// Opens a file to append to it, and writes nothing.
void Append(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_APPEND);
  Check("append " + path, fd);
  close(fd);
}

void MakeSocket(const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
  Check("bind " + path,
        bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address));
  close(fd);
}

}  // namespace

const CommandTable& FileCommands() {
  using A = const Arguments&;
  static const CommandTable commands = {
      {"stat", [](A a) { PrintStat(a[1]); }},
      {"list", [](A a) { PrintList(a[1]); }},
      {"cat", [](A a) { std::cout << ReadText(a[1]); }},
      {"write", [](A a) { Write(a[1], a[2]); }},
      {"write_mebibytes",
       [](A a) {
         std::ofstream file(a[1]);
         const std::string mebibyte(1 << 20, 'x');
         for (int i = 0; i < std::stoi(a[2]); ++i) file << mebibyte;
       }},
      {"make_hole",
       [](A a) {
         Write(a[2], "");
         Check("make_hole " + a[2], truncate(a[2].c_str(), std::stoll(a[1])));
       }},
      {"date", [](A a) { Write(a[1], std::to_string(time(nullptr))); }},
      {"touch", [](A a) { Touch(a[1], a[2]); }},
      {"mtime", [](A a) { PrintTimes(a[0], a[1]); }},
      {"ctime", [](A a) { PrintTimes(a[0], a[1]); }},
      {"cp", [](A a) { Copy(a[1], a[2]); }},
      {"rm", [](A a) { RemoveAll(a[1]); }},
      {"mkdir", [](A a) { Check("mkdir " + a[1], mkdir(a[1].c_str(), 0755)); }},
      {"symlink",
       [](A a) {
         Check("symlink " + a[2], symlink(a[1].c_str(), a[2].c_str()));
       }},
      {"link",
       [](A a) { Check("link " + a[2], link(a[1].c_str(), a[2].c_str())); }},
      {"mv",
       [](A a) { Check("mv " + a[1], rename(a[1].c_str(), a[2].c_str())); }},
      {"mvtree", [](A a) { MoveTree(a[1], a[2]); }},
      {"chmod",
       [](A a) {
         Check("chmod " + a[2],
               chmod(a[2].c_str(), strtoul(a[1].c_str(), nullptr, 8)));
       }},
      {"chown", [](A a) { Chown(a[1], a[2]); }},
      {"mknod", MakeNode},
      {"setxattr",
       [](A a) {
         Check("setxattr " + a[3], lsetxattr(a[3].c_str(), a[1].c_str(),
                                             a[2].data(), a[2].size(), 0));
       }},
      {"removexattr",
       [](A a) {
         Check("removexattr " + a[2], lremovexattr(a[2].c_str(), a[1].c_str()));
       }},
      {"xattrs", [](A a) { PrintXattrs(a[1]); }},
      {"same", [](A a) { PrintSame(a[1], a[2]); }},
      {"survey", [](A a) { PrintSurvey(a[1]); }},
      {"setcap", [](A a) { SetCapability(a[1]); }},
      {"acl",
       [](A a) { SetAcl(a[1], a[2], strtoul(a[3].c_str(), nullptr, 10)); }},
      {"append", [](A a) { Append(a[1]); }},
      {"socket", [](A a) { MakeSocket(a[1]); }},
  };
  return commands;
}

}  // namespace rules_dockerfile
