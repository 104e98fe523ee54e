#ifndef LIB_DOCKERFILE_STAGES_STAGE_NAMES_H_
#define LIB_DOCKERFILE_STAGES_STAGE_NAMES_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/dockerfile/stages/stage_graph.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// What the names in a Dockerfile refer to: stages, named contexts, images.
class StageNames {
 public:
  // Borrows both.
  StageNames(const Dockerfile& dockerfile, const StageOptions& options);

  // The last of the stages [0, end) with exactly this name, -1 if none has it.
  int LastStage(const std::string& name, int end) const;

  // That of all stages.
  int LastStage(const std::string& name) const;

  // The named context that is meant, in whichever way its name is written.
  std::optional<std::string> NamedContext(absl::string_view name) const;

  // Whether a named context replaces this stage.
  bool IsReplaced(int stage) const;

  // What FROM `name` reads in stage `index`: a stage before it, "scratch", a
  // named context or an image. An image's name is not checked.
  StageSource BaseNamed(const std::string& name, int index) const;

  // What --from=`name` reads in stage `index`: a stage by name in any case,
  // the last one before `index`, else any; or what FROM would read.
  StageSource SourceNamed(const std::string& name, int index) const;

  // The names that stages are given, in order.
  std::vector<std::string> StageNamesInOrder() const;

 private:
  StageSource ImageOrContext(const std::string& name) const;

  const Dockerfile& file_;
  const std::vector<std::string>& contexts_;
  std::map<std::string, std::set<int>> stages_;
};

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_STAGES_STAGE_NAMES_H_
