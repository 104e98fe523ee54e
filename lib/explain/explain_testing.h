#ifndef LIB_EXPLAIN_EXPLAIN_TESTING_H_
#define LIB_EXPLAIN_EXPLAIN_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/image_steps.h"

// Images and logs of their builds, for tests.

namespace rules_dockerfile {

inline constexpr char kOut[] = "bazel-out/k8/bin/app/image.stage/";

// An instruction; with a name it has a layer.
inline ImageStep Instruction(int line, const std::string& text,
                             const std::string& name) {
  ImageStep step = {.dockerfile = "app/Dockerfile",
                    .stage = "//app:image.stage",
                    .line = line,
                    .text = text};
  if (!name.empty()) {
    step.outputs = {absl::StrCat(kOut, name, ".layer.tar"),
                    absl::StrCat(kOut, name, ".layer.index")};
  }
  return step;
}

inline ImageStep State(const std::string& name,
                       const std::vector<StepInstruction>& evaluates) {
  return {.kind = StepKind::kState,
          .dockerfile = "app/Dockerfile",
          .stage = "//app:image.stage",
          .line = 1,
          .text = "FROM base",
          .outputs = {absl::StrCat(kOut, name, ".state.json")},
          .evaluates = evaluates};
}

inline ImageSteps Image(std::vector<ImageStep> steps) {
  return {.image = "//app:image", .steps = std::move(steps)};
}

// The spawn of an instruction with a layer.
inline LoggedSpawn Ran(const ImageStep& step, LoggedFiles inputs,
                       const std::string& result) {
  LoggedSpawn spawn = {.mnemonic = "DockerfileRun",
                       .runner = "worker",
                       .inputs = std::move(inputs)};
  for (const std::string& output : step.outputs) spawn.outputs[output] = result;
  return spawn;
}

inline ExecutionLog Log(std::vector<LoggedSpawn> spawns) {
  return {.hash_function = "SHA-256", .spawns = std::move(spawns)};
}

// An image with a COPY, an ENV and a RUN.
class ExplainTest : public testing::Test {
 protected:
  const ImageStep copy_ = Instruction(2, "COPY src /src\n", "copy.1");
  const ImageStep env_ = Instruction(3, "ENV A=1\n", "");
  const ImageStep run_ = Instruction(4, "RUN make\n", "run.1");
  const ImageSteps image_ = Image({copy_, env_, run_});
  const std::string tar_ = copy_.outputs[0];
};

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_EXPLAIN_TESTING_H_
