#include "lib/sandbox/sandbox_testing.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/child_process.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/sandbox.h"
#include "lib/sandbox/sandbox_choice.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

namespace {

// Read by the test itself: a sandbox has other directories.
const std::string& Probe() {
  static const std::string& probe =
      *new std::string(ReadFile("lib/sandbox/testing/probe").value());
  return probe;
}

}  // namespace

SandboxSpec ProbeSpec(SandboxMode mode, absl::string_view commands) {
  SandboxSpec spec;
  spec.mode = mode;
  spec.command.argv = {"/bin/probe"};
  for (const absl::string_view word : absl::StrSplit(commands, ' ')) {
    spec.command.argv.emplace_back(word);
  }
  spec.command.env = {"PATH=/usr/bin:/bin", "A=1"};
  spec.rootfs.fill =
      [&probe = Probe()](
          const DirectoryToFill& directory) -> absl::StatusOr<SpecialOwners> {
    const int fd = directory.fd;
    mkdirat(fd, "bin", 0755);
    mkdirat(fd, "tmp", 01777);
    mkdirat(fd, "etc", 0755);
    const UniqueFd file(openat(fd, "bin/probe", O_WRONLY | O_CREAT, 0755));
    if (!WriteAll(file.get(), probe)) {
      return absl::InternalError("cannot write the probe");
    }
    return SpecialOwners();
  };
  spec.collect.function = [](const SandboxFiles&) { return "collected"; };
  return spec;
}

SandboxSpec UserProbeSpec(SandboxMode mode, absl::string_view commands) {
  SandboxSpec spec = ProbeSpec(mode, commands);
  spec.command.argv[0] = "/bin/root";
  spec.command.user = {.uid = 1000, .gid = 1000, .groups = {1000, 2000}};
  spec.rootfs.fill =
      [fill = spec.rootfs.fill, &probe = Probe()](
          const DirectoryToFill& directory) -> absl::StatusOr<SpecialOwners> {
    absl::StatusOr<SpecialOwners> owners = fill(directory);
    const UniqueFd file(
        openat(directory.fd, "bin/root", O_WRONLY | O_CREAT, 0755));
    if (!WriteAll(file.get(), probe) || fchmod(file.get(), 04755) < 0) {
      return absl::ErrnoToStatus(errno, "cannot write the program of root's");
    }
    return owners;
  };
  return spec;
}

void ProbeSandboxTest::SetUp() {
  if (!CanHaveSandbox(GetParam())) {
    GTEST_SKIP() << "skipped: this user cannot have such ids";
  }
}

std::string SandboxOutput(const SandboxSpec& spec) {
  testing::internal::CaptureStdout();
  const absl::StatusOr<SandboxResult> result = RunInSandbox(spec);
  std::string output = testing::internal::GetCapturedStdout();
  if (!result.ok()) return std::string(result.status().message());
  if (!result->start_error.empty()) return result->start_error;
  if (result->signal != 0) absl::StrAppend(&output, "signal ", result->signal);
  if (result->exit_code != 0) {
    absl::StrAppend(&output, "exit code ", result->exit_code);
  }
  return output;
}

std::string ProbeSandboxTest::Output(const SandboxSpec& spec) {
  return SandboxOutput(spec);
}

std::string ProbeSandboxTest::Output(absl::string_view commands) {
  return Output(ProbeSpec(GetParam(), commands));
}

}  // namespace rules_dockerfile
