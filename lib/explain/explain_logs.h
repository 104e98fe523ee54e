#ifndef LIB_EXPLAIN_EXPLAIN_LOGS_H_
#define LIB_EXPLAIN_EXPLAIN_LOGS_H_

#include <string>

#include "absl/status/statusor.h"

namespace rules_dockerfile {

// The files of an explanation.
struct ExplainFiles {
  std::string steps;   // what the rules write of the image
  std::string log;     // of the build to explain
  std::string before;  // log of an earlier build, or ""
  // What is remembered of earlier builds; "" for a file below `cache`, by
  // workspace and image. Not used if `before` is given.
  std::string state;
  std::string cache;           // directory
  std::string workspace;       // directory
  std::string execution_root;  // directory, or "" if it is not known
};

// Returns the text of ExplainBuild() for the files, and remembers the build. A
// log that was explained before is compared with the same builds as then. A
// state file that cannot be read is an error that names it.
absl::StatusOr<std::string> ExplainLogs(const ExplainFiles& files);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_EXPLAIN_LOGS_H_
