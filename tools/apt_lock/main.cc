// apt_lock: writes the lock file of a Debian base image from what `apt-cache
// show` says of its packages.

#include <cstdint>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "lib/apt/apt_lock.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"

ABSL_FLAG(std::string, suite, "", "code name of the suite, \"bookworm\"");
ABSL_FLAG(std::string, architecture, "", "Debian architecture, \"amd64\"");
ABSL_FLAG(int64_t, date, 0, "date of the archive, in seconds since the epoch");
ABSL_FLAG(std::string, packages, "", "output of apt-cache show");
ABSL_FLAG(std::string, lock_out, "", "lock file to write");

namespace rules_dockerfile {
namespace {

absl::Status Run() {
  AptLock lock;
  lock.date = absl::GetFlag(FLAGS_date);
  ABSL_ASSIGN_OR_RETURN(lock.suite, RequiredFlag(FLAGS_suite));
  ABSL_ASSIGN_OR_RETURN(lock.architecture, RequiredFlag(FLAGS_architecture));
  ABSL_ASSIGN_OR_RETURN(const std::string packages,
                        RequiredFlag(FLAGS_packages));
  ABSL_ASSIGN_OR_RETURN(const std::string lock_out,
                        RequiredFlag(FLAGS_lock_out));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(packages));
  ABSL_ASSIGN_OR_RETURN(lock.packages, ParseLockedPackages(text));
  return WriteFile(lock_out, AptLockToJson(lock));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "apt_lock", "Writes the lock file of a Debian base image.", argc, argv,
      rules_dockerfile::Run);
}
