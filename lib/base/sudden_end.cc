#include "lib/base/sudden_end.h"

#include <errno.h>
#include <signal.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>

#include "absl/strings/string_view.h"
#include "lib/base/temporary_files.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxName = 64;

char tool_name[kMaxName] = "rules_dockerfile";
size_t tool_name_size = 16;

void PrintLine(absl::string_view message) {
  const absl::string_view parts[] = {
      absl::string_view(tool_name, tool_name_size), ": ", message, "\n"};
  iovec vectors[std::size(parts)];
  for (size_t i = 0; i < std::size(parts); ++i) {
    vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
  }
  [[maybe_unused]] const ssize_t written =
      writev(STDERR_FILENO, vectors, std::size(vectors));
}

// Flags and tables are made before main(), and may find no memory either.
[[gnu::constructor(101)]] void EndSuddenlyBeforeMain() {
  EndSuddenlyAs(program_invocation_short_name);
}

[[noreturn]] void OnTerminate() {
  if (std::current_exception() == nullptr) {
    PrintLine("internal error");
  } else {
    PrintCurrentException();
  }
  RemoveTemporaryFiles();
  _exit(1);
}

// abort(3) of a library: Abseil's, where it has no memory for itself, and of
// ABSL_CHECK. It has printed why.
void OnAbort(int) {
  if (errno == ENOMEM) PrintLine("out of memory");
  RemoveTemporaryFiles();
  _exit(1);
}

// Asked to end: by a terminal, a build that is cancelled, a reader that is
// gone.
void OnEndingSignal(int number) {
  const int before = errno;
  RemoveTemporaryFiles();
  signal(number, SIG_DFL);
  raise(number);  // comes when this returns
  errno = before;
}

// Does not touch what is ignored, as `nohup` has it, or handled.
void HandleEndingSignals() {
  for (const int number :
       {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ}) {
    struct sigaction action = {};
    if (sigaction(number, nullptr, &action) != 0 ||
        action.sa_handler != SIG_DFL) {
      continue;
    }
    action.sa_handler = OnEndingSignal;
    action.sa_flags = SA_RESTART;
    sigaction(number, &action, nullptr);
  }
}

// In the process itself an exception undoes what is on the stack. A forked
// child must not undo what is its parent's.
void OnNoMemory() {
  if (!IsForkedChild()) throw std::bad_alloc();
  PrintLine("out of memory");
  _exit(1);
}

}  // namespace

void EndSuddenlyAs(absl::string_view tool) {
  tool_name_size = std::min(tool.size(), kMaxName);
  std::copy_n(tool.data(), tool_name_size, tool_name);
  std::set_terminate(OnTerminate);
  std::set_new_handler(OnNoMemory);
  struct sigaction action = {};
  action.sa_handler = OnAbort;
  sigaction(SIGABRT, &action, nullptr);
  HandleEndingSignals();
}

void PrintCurrentException() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    PrintLine("out of memory");
  } catch (const std::exception& exception) {
    PrintLine(exception.what());
  } catch (...) {
    PrintLine("internal error");
  }
}

}  // namespace rules_dockerfile
