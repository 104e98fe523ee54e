#ifndef LIB_BASE_TOOL_H_
#define LIB_BASE_TOOL_H_

#include <string>
#include <vector>

#include "absl/base/no_destructor.h"
#include "absl/flags/flag.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The main() of a command-line tool:
//
//   ABSL_FLAG(std::string, layer_out, "", "layer tar to write");
//   RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");
//
//   absl::Status Run() {
//     options.layers = FLAGS_layer_values();
//     …
//   }
//
//   int main(int argc, char** argv) {
//     return RunTool("layer_diff", "Writes …", argc, argv, Run);
//   }
//
// Expands param files, parses the flags (`--help` prints ToolHelp()), refuses
// other arguments, and runs. An error is printed to stderr as
// `layer_diff: <message>` and makes the exit code 1, else it is 0. So is a
// mapped input that could not be read (lib/base/map_guard.h), standard output
// that could not be written, and `layer_diff: out of memory`. What a terminal
// would obey is escaped (lib/base/printable.h).
int RunTool(absl::string_view name, absl::string_view usage, int argc,
            char** argv, absl::FunctionRef<absl::Status()> run);

// As above for a tool with arguments besides its flags: `run` gets them.
int RunToolWithArguments(
    absl::string_view name, absl::string_view usage, int argc, char** argv,
    absl::FunctionRef<absl::Status(const std::vector<std::string>& arguments)>
        run);

// As RunTool() with the name of the program and the lines of a param file.
int RunToolWithLines(absl::string_view name, absl::string_view usage,
                     const std::vector<std::string>& lines,
                     absl::FunctionRef<absl::Status()> run);

// InvalidArgument `flag --layer_out is required` if the value is empty.
absl::StatusOr<std::string> RequiredFlag(const absl::Flag<std::string>& flag);

// A string flag that may be given several times: FLAGS_<name>_values() has all
// values in order. Abseil only knows its name and help; it would need thousands
// of instructions for each value.
#define RULES_DOCKERFILE_REPEATED_FLAG(name, help)                       \
  static std::vector<std::string>& FLAGS_##name##_values() {             \
    static absl::NoDestructor<std::vector<std::string>> values;          \
    return *values;                                                      \
  }                                                                      \
  [[maybe_unused]] static const bool FLAGS_##name##_is_repeated =        \
      rules_dockerfile::AddRepeatedFlag(#name, FLAGS_##name##_values()); \
  ABSL_FLAG(std::string, name, "", help " (may be repeated)")

// Has RunTool() add the values of `--name` to `values`. For the macro.
bool AddRepeatedFlag(absl::string_view name, std::vector<std::string>& values);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_TOOL_H_
