#ifndef LIB_PLAN_COMMAND_LINE_H_
#define LIB_PLAN_COMMAND_LINE_H_

#include <string>
#include <vector>

#include "lib/dockerfile/syntax/instruction.h"

namespace rules_dockerfile {

// Returns the argv of RUN, CMD or ENTRYPOINT: exec form unchanged, shell form
// with `shell` (/bin/sh -c when empty) in front.
std::vector<std::string> CommandArgv(const CommandLine& command,
                                     const std::vector<std::string>& shell);

// Returns what `docker history` shows of a RUN: `|2 A=1 B= /bin/sh -c cmd`,
// each declared ARG (BuildState::args) with its current value, then the argv,
// joined by spaces.
std::string RunCreatedBy(const std::vector<std::string>& argv,
                         const std::vector<std::string>& args,
                         const std::vector<std::string>& environment);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_COMMAND_LINE_H_
