#include "lib/container/run_arguments.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/container/memory_size.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

struct Option {
  char letter;  // 0: none
  absl::string_view name;
  // What its value is called; "": it is a switch, and `[=…]` that it can be.
  absl::string_view value;
  absl::string_view help;
  std::function<absl::Status(RunArguments&, const std::string& value)> set;

  bool takes_value() const { return !value.empty() && value[0] != '['; }
};

using Strings = std::vector<std::string>;

auto Append(Strings RunArguments::*field) {
  return [field](RunArguments& arguments, const std::string& value) {
    (arguments.*field).push_back(value);
    return absl::OkStatus();
  };
}

template <typename Field>
auto Set(Field RunArguments::*field) {
  return [field](RunArguments& arguments, const std::string& value) {
    arguments.*field = value;
    return absl::OkStatus();
  };
}

absl::StatusOr<bool> ParseSwitch(absl::string_view name,
                                 absl::string_view value) {
  if (value.empty() || value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return absl::InvalidArgumentError(
      absl::StrCat("option --", name, "=", value, ": expected true or false"));
}

auto Switch(absl::string_view name, bool RunArguments::*field, bool on) {
  return
      [=](RunArguments& arguments, const std::string& value) -> absl::Status {
        ABSL_ASSIGN_OR_RETURN(const bool given, ParseSwitch(name, value));
        arguments.*field = given == on;
        return absl::OkStatus();
      };
}

absl::Status SetKeep(RunArguments& arguments, const std::string& value) {
  arguments.keep = true;
  arguments.keep_directory = value;
  return absl::OkStatus();
}

absl::Status SetMemory(RunArguments& arguments, const std::string& value) {
  const absl::StatusOr<int64_t> size = ParseMemorySize(value);
  if (!size.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("option --memory: ", size.status().message()));
  }
  arguments.memory = *size;
  return absl::OkStatus();
}

absl::Status SetNetwork(RunArguments& arguments, const std::string& value) {
  if (value == "none") {
    arguments.network = SandboxNetwork::kNone;
  } else if (value == "host") {
    arguments.network = SandboxNetwork::kHost;
  } else {
    return absl::InvalidArgumentError(
        absl::StrCat("option --network=", value, ": expected host or none"));
  }
  return absl::OkStatus();
}

const std::vector<Option>& Options() {
  static const auto& options = *new std::vector<Option>{
      {'e', "env", "K[=V]", "a variable; without a value, that of the caller",
       Append(&RunArguments::env)},
      {0, "env-file", "FILE", "variables, one per line",
       Append(&RunArguments::env_files)},
      {0, "entrypoint", "PROGRAM",
       "replaces the image's ENTRYPOINT and CMD; \"\" for none",
       Set(&RunArguments::entrypoint)},
      {0, "help", "", "print this help",
       Switch("help", &RunArguments::help, true)},
      {'h', "hostname", "NAME", "the name of the container",
       Set(&RunArguments::hostname)},
      {'i', "interactive", "", "pass on the standard input",
       Switch("interactive", &RunArguments::interactive, true)},
      {0, "keep", "[=DIR]",
       "save changes of the container as layers in DIR, and start with the "
       "layers saved there",
       SetKeep},
      {'m', "memory", "SIZE", "memory limit, such as 512m", SetMemory},
      {0, "network", "host|none", "host, the default, or none", SetNetwork},
      {0, "net", "host|none", "the same", SetNetwork},
      {0, "rm", "", "discard all changes; the default",
       Switch("rm", &RunArguments::keep, false)},
      {'t', "tty", "", "give the command a terminal",
       Switch("tty", &RunArguments::terminal, true)},
      {'u', "user", "USER[:GROUP]", "names or numbers",
       Set(&RunArguments::user)},
      {'v', "volume", "HOST:CONTAINER[:ro]",
       "mount a file or directory of the host", Append(&RunArguments::volumes)},
      {'w', "workdir", "DIR", "the working directory",
       Set(&RunArguments::workdir)},
  };
  return options;
}

// Reads the options one by one.
class Parser {
 public:
  explicit Parser(const Strings& arguments) : arguments_(arguments) {}

  absl::StatusOr<RunArguments> Parse() {
    while (at_ < arguments_.size()) {
      const std::string& word = arguments_[at_];
      if (word.size() < 2 || word[0] != '-') break;
      ++at_;
      if (word == "--") break;
      ABSL_RETURN_IF_ERROR(absl::StartsWith(word, "--") ? ReadLong(word)
                                                        : ReadShort(word));
    }
    parsed_.command.assign(arguments_.begin() + at_, arguments_.end());
    return std::move(parsed_);
  }

 private:
  absl::Status ReadLong(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(2, equals - 2);
    const auto option =
        std::find_if(Options().begin(), Options().end(),
                     [&](const Option& known) { return known.name == name; });
    if (option == Options().end()) return Unknown(word.substr(0, equals));
    if (equals != std::string::npos) {
      return option->set(parsed_, word.substr(equals + 1));
    }
    return SetWithNext(*option, word);
  }

  absl::Status ReadShort(const std::string& word) {
    for (size_t i = 1; i < word.size(); ++i) {
      const std::string name = absl::StrCat("-", word.substr(i, 1));
      const auto option = std::find_if(
          Options().begin(), Options().end(),
          [&](const Option& known) { return known.letter == word[i]; });
      if (option == Options().end()) return Unknown(name);
      if (!option->takes_value()) {
        ABSL_RETURN_IF_ERROR(option->set(parsed_, ""));
        continue;
      }
      std::string rest = word.substr(i + 1);
      if (rest.empty()) return SetWithNext(*option, name);
      if (rest[0] == '=') rest.erase(0, 1);
      return option->set(parsed_, rest);
    }
    return absl::OkStatus();
  }

  absl::Status SetWithNext(const Option& option, const std::string& name) {
    if (!option.takes_value()) return option.set(parsed_, "");
    if (at_ == arguments_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("option ", name, " requires a value: ", option.value));
    }
    return option.set(parsed_, arguments_[at_++]);
  }

  static absl::Status Unknown(const std::string& name) {
    absl::string_view hint = "see --help";
    if (name == "-p" || name == "--publish") {
      hint = "the container has the ports of the host; see --network";
    } else if (name == "-d" || name == "--detach") {
      hint = "the container ends with the program that started it";
    }
    return absl::InvalidArgumentError(
        absl::StrCat("unknown option \"", name, "\": ", hint));
  }

  const Strings& arguments_;
  size_t at_ = 0;
  RunArguments parsed_;
};

}  // namespace

absl::StatusOr<RunArguments> ParseRunArguments(
    const std::vector<std::string>& arguments) {
  return Parser(arguments).Parse();
}

std::string RunOptionsHelp() {
  std::string text;
  for (const Option& option : Options()) {
    const std::string letter =
        option.letter == 0 ? "    " : absl::StrFormat("-%c, ", option.letter);
    const std::string name = absl::StrCat(
        "--", option.name, option.takes_value() ? " " : "", option.value);
    absl::StrAppend(&text, "  ", letter, absl::StrFormat("%-30s", name),
                    option.help, "\n");
  }
  return text;
}

}  // namespace rules_dockerfile
