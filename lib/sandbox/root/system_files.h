#ifndef LIB_SANDBOX_ROOT_SYSTEM_FILES_H_
#define LIB_SANDBOX_ROOT_SYSTEM_FILES_H_

#include <sys/types.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// A device of a container: config-linux.md of OCI's runtime-spec, "Default
// Devices", except for the terminals.
struct SystemDevice {
  const char* name;  // in /dev
  unsigned major;
  unsigned minor;
};
inline constexpr SystemDevice kSystemDevices[] = {
    {"null", 1, 3},   {"zero", 1, 5},    {"full", 1, 7},
    {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

// Makes the links of /dev in the open directory `dev`: config-linux.md, "/dev
// symbolic links".
absl::Status MakeDeviceLinks(int dev);

// Returns the text of /etc/hosts for a host of that name that knows `hosts`.
std::string HostsText(absl::string_view hostname,
                      absl::Span<const HostAddress> hosts);

// Writes a new file with exactly this mode; `directory_fd` as of openat(2).
absl::Status MakeFile(int directory_fd, const std::string& name,
                      absl::string_view contents, mode_t mode);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_ROOT_SYSTEM_FILES_H_
