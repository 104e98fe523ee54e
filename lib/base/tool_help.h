#ifndef LIB_BASE_TOOL_HELP_H_
#define LIB_BASE_TOOL_HELP_H_

#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns whether an argument before `--` is `--help`.
bool AsksForHelp(int argc, char** argv);

// Returns the flags that the tool `name` declares (in tools/<name>/) and those
// that tools share, without those of libraries. In no order.
std::vector<const absl::CommandLineFlag*> FlagsOfTool(absl::string_view name);

// Returns what `--help` prints: a usage line, the description and the flags by
// name, in lines of at most 80 columns. `usage` is the description, in one
// line; or, for a tool with arguments, a text with line ends that begins with a
// line `Usage: …` and stays as it is. The text is that of a page in docs/tools,
// so it depends on nothing else.
std::string ToolHelp(absl::string_view name, absl::string_view usage,
                     std::vector<const absl::CommandLineFlag*> flags);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_TOOL_HELP_H_
