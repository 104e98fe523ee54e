#include "lib/sandbox/namespaces/network_use.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {
namespace {

std::string ReadCounters(int proc_fd) {
  const UniqueFd fd(
      openat(proc_fd, "thread-self/net/snmp", O_RDONLY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  ssize_t size = 0;
  while ((size = read(fd.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<size_t>(size));
  }
  return text;
}

// Of each protocol a line of names and one of values, "Ip: Forwarding …" and
// "Ip: 1 …" (proc_pid_net(5)).
std::map<std::string, std::string> ParseCounters(absl::string_view text) {
  std::map<std::string, std::string> counters;
  std::vector<absl::string_view> names;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, ' ');
    if (names.size() == fields.size() && names[0] == fields[0]) {
      for (size_t i = 1; i < fields.size(); ++i) {
        counters[absl::StrCat(fields[0], names[i])] = std::string(fields[i]);
      }
    }
    names = fields;
  }
  return counters;
}

}  // namespace

bool NetworkWasTried(int proc_fd) {
  const std::map<std::string, std::string> counters =
      ParseCounters(ReadCounters(proc_fd));
  for (const char* name : {"Ip:OutNoRoutes", "Udp:NoPorts"}) {
    const auto counter = counters.find(name);
    if (counter != counters.end() && counter->second != "0") return true;
  }
  return false;
}

}  // namespace rules_dockerfile
