#ifndef TOOLS_DOCKERFILE_PARSE_READ_OPTIONS_H_
#define TOOLS_DOCKERFILE_PARSE_READ_OPTIONS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/dockerfile_parse/parse_command.h"

namespace rules_dockerfile {

// The flags of dockerfile_parse, as given; "" is not given.
struct ParseFlagValues {
  std::string dockerfile;
  std::string filename;
  bool dump = false;
  bool outline_json = false;
  std::string outline;
  std::string lint;
  std::vector<std::string> build_args;  // NAME=VALUE
  std::string target;
  std::string platform;
  std::string build_platform;
  std::vector<std::string> named_contexts;
  std::vector<std::string> base_configs;  // IMAGE=FILE
  bool unknown_bases = false;
  bool needed_stages_only = false;
  std::string ignore_file;
  bool rules_only = false;
  std::string error;
};

// Reads the files that the flags name. InvalidArgument names the flag whose
// value is wrong.
absl::StatusOr<ParseCommandOptions> ReadParseCommandOptions(
    const ParseFlagValues& flags);

}  // namespace rules_dockerfile

#endif  // TOOLS_DOCKERFILE_PARSE_READ_OPTIONS_H_
