#include "lib/sandbox/root/system_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr std::pair<const char*, const char*> kDeviceLinks[] = {
    {"fd", "/proc/self/fd"},
    {"stdin", "/proc/self/fd/0"},
    {"stdout", "/proc/self/fd/1"},
    {"stderr", "/proc/self/fd/2"},
    {"ptmx", "pts/ptmx"}};

}  // namespace

absl::Status MakeDeviceLinks(int dev) {
  for (const auto& [name, target] : kDeviceLinks) {
    if (symlinkat(target, dev, name) < 0) {
      return absl::ErrnoToStatus(errno,
                                 absl::StrCat("cannot create /dev/", name));
    }
  }
  return absl::OkStatus();
}

std::string HostsText(absl::string_view hostname,
                      absl::Span<const HostAddress> hosts) {
  std::string text =
      absl::StrCat("127.0.0.1\tlocalhost ", hostname,
                   "\n::1\tlocalhost ip6-localhost ip6-loopback\n");
  for (const HostAddress& host : hosts) {
    absl::StrAppend(&text, host.address, "\t", host.name, "\n");
  }
  return text;
}

absl::Status MakeFile(int directory_fd, const std::string& name,
                      absl::string_view contents, mode_t mode) {
  const UniqueFd fd(openat(directory_fd, name.c_str(),
                           O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd.ok() ||
      write(fd.get(), contents.data(), contents.size()) !=
          static_cast<ssize_t>(contents.size()) ||
      fchmod(fd.get(), mode) < 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", name));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
