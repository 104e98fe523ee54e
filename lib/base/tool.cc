#include "lib/base/tool.h"

#include <errno.h>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "absl/flags/usage.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/map_guard.h"
#include "lib/base/param_file.h"
#include "lib/base/printable.h"
#include "lib/base/sudden_end.h"
#include "lib/base/tool_help.h"

namespace rules_dockerfile {
namespace {

// By name.
using RepeatedFlags = std::map<absl::string_view, std::vector<std::string>*>;
RepeatedFlags& AllRepeatedFlags() {
  static absl::NoDestructor<RepeatedFlags> flags;
  return *flags;
}

// Takes the value of the argument at `i`, or of the next one, if it is a
// repeated flag; `i` is then the last argument that it took.
bool TakeRepeatedFlag(std::vector<std::string>& args, size_t& i) {
  absl::string_view arg = args[i];
  if (!absl::ConsumePrefix(&arg, "-")) return false;
  absl::ConsumePrefix(&arg, "-");
  const size_t end = arg.find('=');
  const auto flag = AllRepeatedFlags().find(arg.substr(0, end));
  if (flag == AllRepeatedFlags().end()) return false;
  if (end != absl::string_view::npos) {
    args[i].erase(0, args[i].size() - arg.size() + end + 1);
    flag->second->push_back(std::move(args[i]));
    return true;
  }
  if (i + 1 == args.size()) return false;  // Abseil reports it
  flag->second->push_back(std::move(args[++i]));
  return true;
}

// Takes the repeated flags, and returns the other arguments.
std::vector<std::string> TakeRepeatedFlags(std::vector<std::string> args) {
  std::vector<std::string> rest;
  bool options_ended = false;
  for (size_t i = 0; i < args.size(); ++i) {
    options_ended = options_ended || args[i] == "--";
    if (options_ended || !TakeRepeatedFlag(args, i)) {
      rest.push_back(std::move(args[i]));
    }
  }
  return rest;
}

// Parses the flags; what is left are the other arguments. Abseil ends the
// process with a message if a flag is wrong.
std::vector<std::string> ParseFlags(std::vector<std::string> all_args) {
  std::vector<std::string> args = TakeRepeatedFlags(std::move(all_args));
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(arg.data());
  const std::vector<char*> rest = absl::ParseCommandLine(
      static_cast<int>(pointers.size()), pointers.data());
  return std::vector<std::string>(rest.begin() + 1, rest.end());
}

// Whether all that was printed has arrived.
absl::Status FlushOutput() {
  errno = 0;
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
    return absl::OkStatus();
  }
  return absl::ErrnoToStatus(errno == 0 ? EIO : errno,
                             "cannot write standard output");
}

using RunFunction =
    absl::FunctionRef<absl::Status(const std::vector<std::string>& arguments)>;

// The status of `run`, or the reason why it does not count.
absl::Status ResultOf(absl::StatusOr<std::vector<std::string>> args,
                      RunFunction run) {
  ABSL_RETURN_IF_ERROR(args.status());
  const absl::Status status = run(ParseFlags(*std::move(args)));
  // An input that reads as zeros causes other errors.
  ABSL_RETURN_IF_ERROR(MapReadStatus());
  ABSL_RETURN_IF_ERROR(status);
  return FlushOutput();
}

// `args` is called where exceptions are caught.
int RunExpanded(
    absl::string_view name, absl::string_view usage,
    absl::FunctionRef<absl::StatusOr<std::vector<std::string>>()> args,
    RunFunction run) {
  absl::SetProgramUsageMessage(usage);
  EndSuddenlyAs(name);
  absl::Status status;
  // Libraries throw where they cannot go on. What is on the stack is undone.
  try {
    status = ResultOf(args(), run);
  } catch (const std::exception&) {
    PrintCurrentException();
    return 1;
  }
  if (status.ok()) return 0;
  absl::string_view message = status.message();
  if (message.empty()) message = absl::StatusCodeToStringView(status.code());
  PrintMessage(absl::StrCat(name, ": ", message, "\n"));
  return 1;
}

// `run` for a tool that has only flags.
auto WithoutArguments(absl::FunctionRef<absl::Status()> run) {
  return [run](const std::vector<std::string>& arguments) -> absl::Status {
    if (arguments.empty()) return run();
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected argument \"", arguments[0], "\""));
  };
}

}  // namespace

int RunToolWithArguments(absl::string_view name, absl::string_view usage,
                         int argc, char** argv, RunFunction run) {
  if (AsksForHelp(argc, argv)) {
    std::fputs(ToolHelp(name, usage, FlagsOfTool(name)).c_str(), stdout);
    return FlushOutput().ok() ? 0 : 1;
  }
  const auto expand = [&] {
    return ExpandParamFiles(std::vector<std::string>(argv, argv + argc));
  };
  return RunExpanded(name, usage, expand, run);
}

int RunTool(absl::string_view name, absl::string_view usage, int argc,
            char** argv, absl::FunctionRef<absl::Status()> run) {
  return RunToolWithArguments(name, usage, argc, argv, WithoutArguments(run));
}

int RunToolWithLines(absl::string_view name, absl::string_view usage,
                     const std::vector<std::string>& lines,
                     absl::FunctionRef<absl::Status()> run) {
  const auto unescape = [&]() -> absl::StatusOr<std::vector<std::string>> {
    std::vector<std::string> args;
    args.reserve(lines.size());
    for (const std::string& line : lines) args.push_back(ArgumentOfLine(line));
    return args;
  };
  return RunExpanded(name, usage, unescape, WithoutArguments(run));
}

bool AddRepeatedFlag(absl::string_view name, std::vector<std::string>& values) {
  return AllRepeatedFlags().emplace(name, &values).second;
}

absl::StatusOr<std::string> RequiredFlag(const absl::Flag<std::string>& flag) {
  std::string value = absl::GetFlag(flag);
  if (!value.empty()) return value;
  return absl::InvalidArgumentError(absl::StrCat(
      "flag --", absl::GetFlagReflectionHandle(flag).Name(), " is required"));
}

}  // namespace rules_dockerfile
