#ifndef LIB_CONTAINER_RUN_ARGUMENTS_H_
#define LIB_CONTAINER_RUN_ARGUMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// The arguments of `docker run`, except for the image: options, then the
// command.
struct RunArguments {
  std::vector<std::string> env;           // K=V; K: the caller's; in order
  std::vector<std::string> env_files;     // come before `env`
  std::vector<std::string> volumes;       // HOST:CONTAINER[:ro], or CONTAINER
  std::optional<std::string> entrypoint;  // "": none
  std::string hostname;                   // "": see PlanContainer()
  std::string user;                       // "": the config's
  std::string workdir;                    // "": the config's
  int64_t memory = 0;                     // bytes; 0: no limit
  SandboxNetwork network = SandboxNetwork::kHost;
  bool interactive = false;  // the command reads the caller's standard input
  bool terminal = false;
  bool help = false;
  // Whether what the container changes is kept, and where: KeptLayers; "": in a
  // new directory.
  bool keep = false;
  std::string keep_directory;
  std::vector<std::string> command;

  friend bool operator==(const RunArguments&, const RunArguments&) = default;
};

// Reads them as docker does: options come first, long ones as `--name value` or
// `--name=value`, short ones as `-e value`, `-evalue` or, without values,
// together as `-it`. Option parsing stops at the first non-option argument or a
// second `--`; the command follows. InvalidArgument `unknown option "--gpus";
// see --help`.
absl::StatusOr<RunArguments> ParseRunArguments(
    const std::vector<std::string>& arguments);

// The options for `--help`, one per line.
std::string RunOptionsHelp();

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_RUN_ARGUMENTS_H_
