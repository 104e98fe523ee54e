#include "lib/sandbox/namespaces/id_map.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

constexpr const char* kNewUidMap = "newuidmap";
constexpr const char* kNewGidMap = "newgidmap";

std::string Read(const char* path) { return ReadFile(path).value_or(""); }

// "" if /etc/passwd has none.
std::string NameOfUser(uid_t uid) {
  const std::string passwd = Read("/etc/passwd");
  for (const absl::string_view line : absl::StrSplit(passwd, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ':');
    if (fields.size() > 2 && fields[2] == absl::StrCat(uid)) {
      return std::string(fields[0]);
    }
  }
  return "";
}

// Writes a map of another process in one write(2), as the kernel requires.
bool WriteMap(pid_t pid, const char* name, const IdMap& map) {
  const std::string path = absl::StrCat("/proc/", pid, "/", name);
  const std::string text = IdMapToText(map);
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return fd.ok() && write(fd.get(), text.data(), text.size()) ==
                        static_cast<ssize_t>(text.size());
}

// Runs newuidmap(1) or newgidmap(1).
bool RunMapper(const char* program, pid_t pid, const IdMap& map) {
  std::vector<std::string> words = {program, absl::StrCat(pid)};
  for (const IdRange& range : map) {
    words.push_back(absl::StrCat(range.inside));
    words.push_back(absl::StrCat(range.outside));
    words.push_back(absl::StrCat(range.count));
  }
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    execvp(program, argv.data());
    _exit(127);
  }
  return child > 0 && WaitForChild(child) == 0;
}

// Runs in a process that stays in the parent namespace. Returns which part
// failed; 0: none.
int WriteMaps(pid_t pid, const IdMaps& maps) {
  const bool users = maps.delegated ? RunMapper(kNewUidMap, pid, maps.users)
                                    : WriteMap(pid, "uid_map", maps.users);
  if (!users) return 1;
  const bool groups = maps.delegated ? RunMapper(kNewGidMap, pid, maps.groups)
                                     : WriteMap(pid, "gid_map", maps.groups);
  return groups ? 0 : 2;
}

}  // namespace

int64_t MappedIds(const IdMap& map) {
  int64_t end = 0;
  for (bool grew = true; grew;) {
    grew = false;
    for (const IdRange& range : map) {
      if (range.inside > end || range.inside + range.count <= end) continue;
      end = range.inside + range.count;
      grew = true;
    }
  }
  return end;
}

IdMap ParseIdMap(absl::string_view text) {
  IdMap map;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::vector<absl::string_view> fields =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    IdRange range;
    if (fields.size() == 3 && absl::SimpleAtoi(fields[0], &range.inside) &&
        absl::SimpleAtoi(fields[1], &range.outside) &&
        absl::SimpleAtoi(fields[2], &range.count)) {
      map.push_back(range);
    }
  }
  return map;
}

std::string IdMapToText(const IdMap& map) {
  std::string text;
  for (const IdRange& range : map) {
    absl::StrAppend(&text, range.inside, " ", range.outside, " ", range.count,
                    "\n");
  }
  return text;
}

IdMap DelegatedIds(absl::string_view subids, absl::string_view name,
                   int64_t id) {
  IdMap map = {{.inside = 0, .outside = id, .count = 1}};
  for (const absl::string_view line : absl::StrSplit(subids, '\n')) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ':');
    if (fields.size() != 3) continue;
    const bool by_name = !name.empty() && fields[0] == name;
    if (!by_name && fields[0] != absl::StrCat(id)) continue;
    IdRange range = {.inside = MappedIds(map)};
    if (absl::SimpleAtoi(fields[1], &range.outside) &&
        absl::SimpleAtoi(fields[2], &range.count) && range.count > 0) {
      map.push_back(range);
    }
  }
  return map.size() > 1 ? map : IdMap();
}

IdMaps LargestIdMaps() {
  const IdMap users = ParseIdMap(Read("/proc/self/uid_map"));
  const IdMap groups = ParseIdMap(Read("/proc/self/gid_map"));
  const bool one = MappedIds(users) <= 1 || MappedIds(groups) <= 1;
  if (one) return {};
  const uid_t uid = geteuid();
  if (uid == 0) {
    return {.users = {{.count = MappedIds(users)}},
            .groups = {{.count = MappedIds(groups)}}};
  }
  // Of /etc/subgid, too, the user is the key: subgid(5).
  const std::string name = NameOfUser(uid);
  IdMaps maps = {.users = DelegatedIds(Read("/etc/subuid"), name, uid),
                 .groups = DelegatedIds(Read("/etc/subgid"), name, uid),
                 .delegated = true};
  if (maps.users.empty() || maps.groups.empty()) return {};
  maps.groups[0].outside = getegid();
  return maps;
}

IdMapError EnterUserNamespaceWith(const IdMaps& maps) {
  absl::StatusOr<Pipe> pipe = MakePipe();
  if (!pipe.ok()) return {errno, "pipe"};
  const pid_t self = getpid();
  const pid_t helper = fork();
  if (helper < 0) return {errno, "fork"};
  if (helper == 0) {
    char byte;
    pipe->write.Close();
    if (read(pipe->read.get(), &byte, 1) != 1) _exit(0);
    _exit(WriteMaps(self, maps));
  }
  const int error = unshare(CLONE_NEWUSER) < 0 ? errno : 0;
  // Without a byte the helper does nothing.
  if (error == 0) WriteAll(pipe->write.get(), "g");
  pipe->write.Close();
  const int status = WaitForChild(helper);
  if (error != 0) return {error, "unshare"};
  if (status == 0) return {};
  const bool users = WIFEXITED(status) && WEXITSTATUS(status) == 1;
  if (maps.delegated) return {EPERM, users ? kNewUidMap : kNewGidMap};
  return {EPERM, users ? "write uid_map" : "write gid_map"};
}

}  // namespace rules_dockerfile
