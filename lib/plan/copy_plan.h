#ifndef LIB_PLAN_COPY_PLAN_H_
#define LIB_PLAN_COPY_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/plan/build_state.h"
#include "lib/plan/step_history.h"

namespace rules_dockerfile {

// A here-document source of COPY or ADD, ready to be written.
struct InlineFile {
  std::string name;
  std::string content;

  friend bool operator==(const InlineFile&, const InlineFile&) = default;
};

// What COPY or ADD does, all words expanded.
struct CopyPlan {
  bool is_add = false;
  std::vector<std::string> sources;
  std::vector<InlineFile> inline_files;  // after all sources
  // Absolute and lexically clean; a trailing slash means a directory.
  std::string destination;
  std::string from;
  std::string chown;  // "user[:group]"; "" when not given
  std::string chmod;
  bool link = false;  // without a chmod, which cancels it
  bool parents = false;
  std::vector<std::string> excludes;
  std::string checksum;
  std::optional<bool> keep_git_dir;  // unless set by the Git reference
  std::optional<bool> unpack;
  StepHistory history;  // of its step, which does not change the config
  std::vector<std::string> undefined;  // unset variables that were used

  friend bool operator==(const CopyPlan&, const CopyPlan&) = default;
};

// Plans the COPY or ADD instruction `text` (Dockerfile reference, "COPY",
// "ADD"), which does not change the build state. InvalidArgument for other
// instructions, or with the frontend's messages, such as `source can't be a URL
// for COPY`.
absl::StatusOr<CopyPlan> PlanCopy(const InstructionText& text,
                                  const BuildState& state);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_COPY_PLAN_H_
