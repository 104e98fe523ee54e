#include "lib/base/tool_help.h"

#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/reflection.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/tool.h"

ABSL_FLAG(std::string, out, "", "file to write");
ABSL_FLAG(bool, quiet, false, "print nothing");
ABSL_FLAG(bool, keep, true, "keep the file");
ABSL_FLAG(int, jobs, 4,
          "how many layers are read at the same time, each of them by a thread "
          "with its own buffer");
RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");

namespace rules_dockerfile {
namespace {

bool Asks(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  return AsksForHelp(static_cast<int>(pointers.size()), pointers.data());
}

TEST(ToolHelp, ShowsUsageDescriptionAndFlagsByName) {
  EXPECT_EQ(ToolHelp("tool", "Writes a file.",
                     {&absl::GetFlagReflectionHandle(FLAGS_quiet),
                      &absl::GetFlagReflectionHandle(FLAGS_out),
                      &absl::GetFlagReflectionHandle(FLAGS_layer),
                      &absl::GetFlagReflectionHandle(FLAGS_keep),
                      &absl::GetFlagReflectionHandle(FLAGS_jobs)}),
            "Usage: tool [FLAG]…\n"
            "\n"
            "Writes a file.\n"
            "\n"
            "Flags:\n"
            "  --jobs=VALUE\n"
            "      how many layers are read at the same time, each of them by "
            "a thread with\n"
            "      its own buffer (default: 4)\n"
            "  --[no]keep\n"
            "      keep the file (default: true)\n"
            "  --layer=VALUE\n"
            "      layer tar, base first (may be repeated)\n"
            "  --out=VALUE\n"
            "      file to write\n"
            "  --[no]quiet\n"
            "      print nothing\n");
}

TEST(ToolHelp, WrapsADescriptionByColumnsAndNotByBytes) {
  EXPECT_EQ(ToolHelp("tool",
                     "…… … 11111111 22222222 33333333 44444444 55555555 "
                     "66666666 77777777 88888888",
                     {}),
            "Usage: tool [FLAG]…\n"
            "\n"
            "…… … 11111111 22222222 33333333 44444444 55555555 66666666 "
            "77777777 88888888\n");
}

TEST(ToolHelp, KeepsATextThatHasItsOwnUsageLine) {
  EXPECT_EQ(ToolHelp("tool", "Usage: tool get < FILE\n\n  -i  an option\n", {}),
            "Usage: tool get < FILE\n\n  -i  an option\n");
}

TEST(FlagsOfTool, LeavesOutThoseOfLibraries) {
  EXPECT_THAT(FlagsOfTool("tool"), testing::IsEmpty());
}

TEST(AsksForHelp, LooksAtArgumentsBeforeTheEndOfTheFlags) {
  EXPECT_TRUE(Asks({"tool", "--help"}));
  EXPECT_TRUE(Asks({"tool", "--out=x", "-help"}));
  EXPECT_FALSE(Asks({"tool"}));
  EXPECT_FALSE(Asks({"--help"}));
  EXPECT_FALSE(Asks({"tool", "--helpfull"}));
  EXPECT_FALSE(Asks({"tool", "--", "--help"}));
}

}  // namespace
}  // namespace rules_dockerfile
