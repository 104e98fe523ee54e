#include "lib/base/param_file.h"

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"

namespace rules_dockerfile {

absl::StatusOr<std::vector<std::string>> ExpandParamFiles(
    const std::vector<std::string>& args) {
  std::vector<std::string> expanded;
  bool options_ended = false;
  for (const std::string& arg : args) {
    options_ended = options_ended || arg == "--";
    if (options_ended || arg.size() < 2 || arg[0] != '@') {
      expanded.push_back(arg);
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(arg.substr(1)));
    if (text.empty()) continue;
    for (absl::string_view line :
         absl::StrSplit(absl::StripSuffix(text, "\n"), '\n')) {
      expanded.push_back(ArgumentOfLine(line));
    }
  }
  return expanded;
}

std::string ArgumentOfLine(absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "\\")) return std::string(line);
  std::string argument;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      argument += line[i];
      continue;
    }
    ++i;
    argument += line[i] == 'n' ? '\n' : line[i] == 'r' ? '\r' : line[i];
  }
  return argument;
}

}  // namespace rules_dockerfile
