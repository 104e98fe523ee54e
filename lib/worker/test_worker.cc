#include "lib/worker/test_worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "lib/base/blocked_sigpipe.h"
#include "lib/json/json.h"
#include "lib/process/child_process.h"

namespace rules_dockerfile {
namespace {

constexpr int kMinute = 60 * 1000;

}  // namespace

TestWorker::TestWorker(const std::string& tool, const std::string& errors,
                       const std::vector<std::string>& arguments) {
  Pipe input = *MakePipe();
  Pipe output = *MakePipe();
  std::vector<std::string> argv = {tool};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  argv.emplace_back("--persistent_worker");
  std::vector<char*> pointers;
  for (std::string& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const pid_t test = getpid();
  pid_ = fork();
  if (pid_ == 0) {
    DieWithParent(test);
    dup2(input.read.get(), STDIN_FILENO);
    dup2(output.write.get(), STDOUT_FILENO);
    dup2(open(errors.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
         STDERR_FILENO);
    execv(tool.c_str(), pointers.data());
    _exit(127);
  }
  input_ = std::move(input.write);
  output_ = std::move(output.read);
}

TestWorker::~TestWorker() {
  if (pid_ <= 0) return;
  kill(pid_, SIGKILL);
  WaitForChild(pid_);
}

bool TestWorker::Write(const std::string& bytes) {
  const BlockedSigpipe blocked;
  return WriteAll(input_.get(), bytes);
}

bool TestWorker::Send(const Json& request) {
  return Write(request.dump() + "\n");
}

Json TestWorker::Receive() {
  size_t end = 0;
  while ((end = received_.find('\n')) == received_.npos) {
    pollfd watched = {.fd = output_.get(), .events = POLLIN};
    if (poll(&watched, 1, kMinute) <= 0) return nullptr;
    char buffer[65536];
    const ssize_t got = read(output_.get(), buffer, sizeof buffer);
    if (got <= 0) return nullptr;
    received_.append(buffer, got);
  }
  const Json response = *ParseJson(received_.substr(0, end));
  received_.erase(0, end + 1);
  return response;
}

int TestWorker::Wait() { return WaitForChild(std::exchange(pid_, 0)); }

}  // namespace rules_dockerfile
