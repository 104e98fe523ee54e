#ifndef LIB_EXPLAIN_BINARY_LOG_H_
#define LIB_EXPLAIN_BINARY_LOG_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/explain/execution_log.h"

namespace rules_dockerfile {

// Reads an execution log of `--execution_log_binary_file`: SpawnExec messages
// of Bazel's spawn.proto, each after its length. InvalidArgument for what is
// not one; for what does not begin like one, with a hint.
absl::StatusOr<ExecutionLog> ReadBinaryLog(absl::string_view file,
                                           absl::string_view prefix);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_BINARY_LOG_H_
