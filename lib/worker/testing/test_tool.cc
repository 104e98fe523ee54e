// A tool that does to itself what a request of a worker may do:
// lib/worker/worker_test.cc.

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/process/child_process.h"
#include "lib/worker/action_tool.h"
#include "lib/worker/work_request.h"

ABSL_FLAG(std::string, act, "", "what to do");
ABSL_FLAG(std::string, file, "", "a file");
RULES_DOCKERFILE_REPEATED_FLAG(value, "values to print");

namespace rules_dockerfile {
namespace {

int runs = 0;  // in this process

// What a tool finds in its process.
absl::Status Describe() {
  std::printf("run %d in %s\n", ++runs,
              std::filesystem::current_path().c_str());
  for (const std::string& value : FLAGS_value_values()) {
    std::printf("value %s\n", value.c_str());
  }
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(entry, error);
    // That of the iterator itself is open meanwhile.
    if (absl::StrContains(target, "/fd")) continue;
    std::printf("descriptor %s %s\n", entry.path().filename().c_str(),
                target.substr(0, target.find(':')).c_str());
  }
  sigset_t blocked;
  sigprocmask(SIG_SETMASK, nullptr, &blocked);
  std::printf("SIGTERM %s, input %s\n",
              sigismember(&blocked, SIGTERM) ? "blocked" : "comes",
              std::getchar() == EOF ? "at its end" : "there");
  return absl::OkStatus();
}

// In a worker, the values of the arguments of requests that succeeded.
std::string& ThisSucceeded() {
  static absl::NoDestructor<std::string> succeeded;
  return *succeeded;
}

void NoteSuccess(const WorkRequest& request) {
  absl::StrAppend(&ThisSucceeded(), absl::StrJoin(request.arguments, " "),
                  "\n");
}

// Tells that it is there, by its number in the file, and stays.
[[noreturn]] void Stay() {
  if (!WriteFile(absl::GetFlag(FLAGS_file), absl::StrCat(getpid())).ok()) {
    std::exit(3);
  }
  while (true) pause();
}

absl::Status Run() {
  const std::string act = absl::GetFlag(FLAGS_act);
  if (act == "describe") return Describe();
  if (act == "fail") return absl::InvalidArgumentError("it fails");
  if (act == "exit") std::exit(7);
  if (act == "crash") raise(SIGSEGV);
  if (act == "abort") std::abort();
  if (act == "stay") Stay();
  if (act == "end_early") {
    std::printf("done\n");
    EndRequestEarly();
    EndRequestEarly();
    Stay();
  }
  if (act == "tell_succeeded") {
    std::printf("%s", ThisSucceeded().c_str());
    return absl::OkStatus();
  }
  if (act == "stay_whatever") {
    for (int number = 1; number < NSIG; ++number) signal(number, SIG_IGN);
    Stay();
  }
  if (act == "leave") {
    // A daemon: another session, and its parent ends.
    if (fork() == 0) {
      setsid();
      if (fork() == 0) Stay();
      std::_Exit(0);
    }
    while (access(absl::GetFlag(FLAGS_file).c_str(), F_OK) != 0) usleep(1000);
    return absl::OkStatus();
  }
  if (act == "use_memory") {
    const rlimit limit = {size_t{1} << 28, size_t{1} << 28};
    setrlimit(RLIMIT_AS, &limit);
    std::vector<std::string> pieces;
    while (true) pieces.emplace_back(1 << 20, 'x');
  }
  if (act == "write") {
    std::printf("%s", std::string(size_t{20} << 20, 'x').c_str());
    return absl::OkStatus();
  }
  if (act == "write_forever") {
    // So that there is always something to read.
    fcntl(STDOUT_FILENO, F_SETPIPE_SZ, 1 << 20);
    if (fork() != 0) fork();
    const std::string text(size_t{1} << 20, 'x');
    while (WriteAll(STDOUT_FILENO, text)) {
    }
  }
  if (act == "litter") {
    absl::StatusOr<OutputFile> file =
        OutputFile::Create(absl::GetFlag(FLAGS_file) + ".output");
    if (!file.ok()) return file.status();
    Stay();
  }
  return absl::InvalidArgumentError("no such act");
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  rules_dockerfile::WorkerPart part;
  if (argc > 1 && absl::string_view(argv[1]) == "--value=succeeded") {
    part.succeeded = rules_dockerfile::NoteSuccess;
  }
  return rules_dockerfile::RunActionTool("test_tool", "Is tested.", argc, argv,
                                         rules_dockerfile::Run, part);
}
