#ifndef LIB_EXPLAIN_INPUT_CHANGES_H_
#define LIB_EXPLAIN_INPUT_CHANGES_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"

namespace rules_dockerfile {

// A file that an action reads, and its digest at two runs.
struct InputChange {
  enum class Kind { kAdded, kChanged, kRemoved };

  std::string path;
  Kind kind = Kind::kChanged;
  std::string before;  // digests in hex
  std::string after;

  friend bool operator==(const InputChange&, const InputChange&) = default;
};

// The inputs that differ, by path. Tools, and what only says what to do (the
// text of an instruction, a param file), are left out.
std::vector<InputChange> InputChanges(const StepRecord& before,
                                      const StepRecord& after);

// `a.txt changed (sha256 2d711642b726 → 4355a46b19d3)`, `b.txt was added`,
// `locked download 2d711642b726 was removed`. Of a generated file the target
// that built it, if the log has it.
std::string DescribeInput(const InputChange& change, const ExecutionLog& log);

// What else differs, for people: flags that name no file, tools, the
// environment, the execution platform. `build argument V changed (1 → 2)`; of a
// proxy without the values.
std::vector<std::string> OtherChanges(const StepRecord& before,
                                      const StepRecord& after);

// Whether the param files of two runs differ.
bool ParamsChanged(const StepRecord& before, const StepRecord& after);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_INPUT_CHANGES_H_
