#include "lib/base/tool.h"

#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

ABSL_FLAG(std::string, out, "", "an output");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "a layer");

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

int RunWith(std::vector<std::string> args,
            absl::FunctionRef<absl::Status()> run) {
  args.insert(args.begin(), "tool");
  std::vector<char*> pointers;
  for (std::string& arg : args) pointers.push_back(arg.data());
  return RunTool("tool", "Does a thing.", static_cast<int>(pointers.size()),
                 pointers.data(), run);
}

// Abseil's flags belong to the process, so each run gets a process of its own.
using RunToolDeathTest = testing::Test;

TEST_F(RunToolDeathTest, GathersRepeatedFlagsAndParamFiles) {
  const std::string path = testing::TempDir() + "/params";
  ASSERT_TRUE(WriteFile(path, "--layer=b\n--layer=\n").ok());
  EXPECT_EXIT(
      std::exit(RunWith({"--layer=a", "@" + path, "--out=o", "--layer", "c"},
                        [] {
                          EXPECT_EQ(*RequiredFlag(FLAGS_out), "o");
                          EXPECT_THAT(FLAGS_layer_values(),
                                      ElementsAre("a", "b", "", "c"));
                          std::exit(testing::Test::HasFailure() ? 2 : 0);
                          return absl::OkStatus();
                        })),
      testing::ExitedWithCode(0), "");
}

TEST_F(RunToolDeathTest, PrintsTheErrorAfterTheToolsName) {
  EXPECT_EXIT(
      std::exit(RunWith({}, [] { return RequiredFlag(FLAGS_out).status(); })),
      testing::ExitedWithCode(1), "^tool: flag --out is required\n$");
}

TEST_F(RunToolDeathTest, RefusesOtherArguments) {
  EXPECT_EXIT(std::exit(RunWith({"stray"}, [] { return absl::OkStatus(); })),
              testing::ExitedWithCode(1),
              "^tool: unexpected argument \"stray\"\n$");
}

}  // namespace
}  // namespace rules_dockerfile
