#include "lib/sandbox/testing/escape/outcome.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"

namespace rules_dockerfile {

std::string Outcome(long result, const std::string& success) {
  if (result >= 0) return success;
  const char* name = strerrorname_np(errno);
  return name != nullptr ? name : std::to_string(errno);
}

std::string Outcomes::Text(const std::string& none) const {
  std::string text;
  for (const std::string& outcome : outcomes_) {
    if (outcome.starts_with("ESCAPED")) return outcome;
    text += (text.empty() ? "" : ", ") + outcome;
  }
  return outcomes_.empty() ? none : text;
}

std::vector<int> OtherProcesses() {
  std::vector<std::string> names;
  List("/proc", names);
  std::vector<int> pids;
  for (const std::string& name : names) {
    if (!isdigit(name[0])) continue;
    const int pid = atoi(name.c_str());
    if (pid != getpid() && pid != getppid()) pids.push_back(pid);
  }
  return pids;
}

std::string ForOtherProcesses(
    const std::function<std::string(const std::string& proc)>& attempt) {
  Outcomes outcomes;
  for (const int pid : OtherProcesses()) {
    outcomes.Add(attempt("/proc/" + std::to_string(pid)));
  }
  return outcomes.Text("no other process");
}

std::string ReadMarker(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK);
  if (fd < 0) return Outcome(-1);
  close(fd);
  return Contents(path) == kOutsideSecret ? "ESCAPED: " + path : "another file";
}

bool SameFile(const std::string& a, const std::string& b) {
  struct stat of_a, of_b;
  return stat(a.c_str(), &of_a) == 0 && stat(b.c_str(), &of_b) == 0 &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

bool List(const std::string& path, std::vector<std::string>& names) {
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return false;
  while (const dirent* entry = readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") names.push_back(name);
  }
  closedir(directory);
  std::sort(names.begin(), names.end());
  return true;
}

std::string OpenAllForWriting(const std::string& directory,
                              const std::set<std::string>& except) {
  std::vector<std::string> names;
  List(directory, names);
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    struct stat info;
    if (except.contains(name) || lstat(path.c_str(), &info) < 0) continue;
    if (S_ISDIR(info.st_mode)) {
      const std::string below = OpenAllForWriting(path);
      if (below.starts_with("ESCAPED")) return below;
    }
    if (!S_ISREG(info.st_mode)) continue;
    const int fd = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) continue;
    // A file of /proc that takes nothing opens all the same, and says so.
    const bool written = write(fd, "", 0) >= 0 || errno != EIO;
    close(fd);
    if (written) return "ESCAPED: " + path + " can be written";
  }
  return "nothing can be written";
}

}  // namespace rules_dockerfile
