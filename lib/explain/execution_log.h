#ifndef LIB_EXPLAIN_EXECUTION_LOG_H_
#define LIB_EXPLAIN_EXECUTION_LOG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The digest of each file, in hex, by its path below the execution root. That
// of an empty file is "", of a symlink "-> " and its target. Directories are
// the files in them.
using LoggedFiles = std::map<std::string, std::string>;

// One action that a build executed, or whose result came from a cache.
struct LoggedSpawn {
  std::string mnemonic;
  std::string target;  // label
  std::string runner;  // such as "worker" or "disk cache hit"
  std::string status;  // "" if it succeeded
  int exit_code = 0;
  bool cache_hit = false;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> platform;  // execution properties
  LoggedFiles inputs;                           // with those of the tool
  LoggedFiles tools;
  LoggedFiles outputs;  // "" for an output that is missing

  friend bool operator==(const LoggedSpawn&, const LoggedSpawn&) = default;
};

struct ExecutionLog {
  std::string hash_function;        // such as "SHA-256"
  std::vector<LoggedSpawn> spawns;  // whose mnemonic has the prefix
  // The target that built each output of the other spawns.
  std::map<std::string, std::string> producers;

  friend bool operator==(const ExecutionLog&, const ExecutionLog&) = default;
};

// Reads an execution log of Bazel, in the form that its first bytes show:
//  - of `--execution_log_compact_file` (Bazel 7.2 and later): ExecLogEntry
//    messages of Bazel's spawn.proto, each after its length, in one zstd
//    stream;
//  - of `--execution_log_binary_file`: ReadBinaryLog().
// Unknown fields are skipped. InvalidArgument for what is not one: `entry 3:
// …`, `zstd data is truncated`.
absl::StatusOr<ExecutionLog> ReadExecutionLog(absl::string_view file,
                                              absl::string_view prefix);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_EXECUTION_LOG_H_
