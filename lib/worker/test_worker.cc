#include "lib/worker/test_worker.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/base/blocked_sigpipe.h"
#include "lib/base/proto_reader.h"
#include "lib/json/json.h"
#include "lib/process/child_process.h"
#include "lib/worker/test_messages.h"

namespace rules_dockerfile {
namespace {

constexpr int kMinute = 60 * 1000;

// A message WorkRequest of Bazel's worker_protocol.proto.
std::string RequestMessage(const Json& request) {
  std::string message;
  for (const Json& argument : request.value("arguments", Json::array())) {
    message += TextField(1, argument.get<std::string>());
  }
  for (const Json& input : request.value("inputs", Json::array())) {
    message +=
        TextField(2, TextField(1, input["path"].get<std::string>()) +
                         TextField(2, input["digest"].get<std::string>()));
  }
  message += NumberField(3, request.value("requestId", 0));
  message += NumberField(4, request.value("cancel", false) ? 1 : 0);
  return message + TextField(6, request.value("sandboxDir", ""));
}

// What a message WorkResponse says; members that are 0 or false are left out.
Json ResponseOf(absl::string_view message) {
  Json response = {{"exitCode", 0}, {"output", ""}};
  ABSL_CHECK_OK(ForEachField(message, [&](const ProtoReader::Field& field) {
    if (field.number == 1) response["exitCode"] = field.value;
    if (field.number == 2) response["output"] = field.bytes;
    if (field.number == 3) response["requestId"] = field.value;
    if (field.number == 4) response["wasCancelled"] = field.value != 0;
    return absl::OkStatus();
  }));
  return response;
}

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
  const std::string message = RequestMessage(request);
  return Write(Varint(message.size()) + message);
}

Json TestWorker::Receive() {
  while (true) {
    absl::string_view message = received_;
    const std::optional<uint64_t> size = TakeVarint(message).value();
    if (size.has_value() && message.size() >= *size) {
      Json response = ResponseOf(message.substr(0, *size));
      received_ = std::string(message.substr(*size));
      return response;
    }
    pollfd watched = {.fd = output_.get(), .events = POLLIN};
    if (poll(&watched, 1, kMinute) <= 0) return nullptr;
    char buffer[65536];
    const ssize_t got = read(output_.get(), buffer, sizeof buffer);
    if (got <= 0) return nullptr;
    received_.append(buffer, got);
  }
}

int TestWorker::Wait() { return WaitForChild(std::exchange(pid_, 0)); }

}  // namespace rules_dockerfile
