#include "lib/base/tool.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/base/temporary_files.h"

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

// The files beside a file whose names begin with its name.
std::string Litter(const std::string& path) {
  const std::filesystem::path file(path);
  for (const auto& entry :
       std::filesystem::directory_iterator(file.parent_path())) {
    std::string name = entry.path().filename().string();
    if (absl::StartsWith(name, file.filename().string())) return name;
  }
  return "";
}

// Abseil's flags belong to the process, so each run gets its own process: one
// that is executed, as a fork leaves its parent's files alone.
class RunToolDeathTest : public testing::Test {
 protected:
  RunToolDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

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

TEST_F(RunToolDeathTest, TakesRepeatedFlagsAsAbseilTakesOthers) {
  EXPECT_EXIT(
      std::exit(RunWith({"-layer=a=b", "--layer", "--out=o", "-layer", "c"},
                        [] {
                          EXPECT_EQ(absl::GetFlag(FLAGS_out), "");
                          EXPECT_THAT(FLAGS_layer_values(),
                                      ElementsAre("a=b", "--out=o", "c"));
                          std::exit(testing::Test::HasFailure() ? 2 : 0);
                          return absl::OkStatus();
                        })),
      testing::ExitedWithCode(0), "");
  EXPECT_EXIT(
      std::exit(RunWith({"--", "--layer=a"}, [] { return absl::OkStatus(); })),
      testing::ExitedWithCode(1),
      "^tool: unexpected argument \"--layer=a\"\n$");
  EXPECT_EXIT(std::exit(RunWith({"--layer"}, [] { return absl::OkStatus(); })),
              testing::ExitedWithCode(1),
              "Missing the value for the flag 'layer'");
}

TEST_F(RunToolDeathTest, PrintsHelpAndSucceedsWithoutRunning) {
  EXPECT_EXIT(
      {
        // A death test sees standard error only; gtest has written a line.
        dup2(STDERR_FILENO, STDOUT_FILENO);
        std::exit(RunWith({"--out=o", "--help"},
                          [] { return absl::InternalError("it ran"); }));
      },
      testing::ExitedWithCode(0),
      "\nUsage: tool \\[FLAG\\]…\n\nDoes a thing\\.\n$");
}

TEST_F(RunToolDeathTest, PrintsTheErrorAfterTheToolsName) {
  EXPECT_EXIT(
      std::exit(RunWith({}, [] { return RequiredFlag(FLAGS_out).status(); })),
      testing::ExitedWithCode(1), "^tool: flag --out is required\n$");
}

TEST_F(RunToolDeathTest, EscapesWhatATerminalObeys) {
  EXPECT_EXIT(
      std::exit(RunWith(
          {}, [] { return absl::NotFoundError("no file \"\x1b[31m\x9b\""); })),
      testing::ExitedWithCode(1), "^tool: no file \"\\\\x1b\\[31m\\\\x9b\"\n$");
}

TEST_F(RunToolDeathTest, RefusesOtherArguments) {
  EXPECT_EXIT(std::exit(RunWith({"stray"}, [] { return absl::OkStatus(); })),
              testing::ExitedWithCode(1),
              "^tool: unexpected argument \"stray\"\n$");
}

TEST_F(RunToolDeathTest, RunsOutOfMemoryInOneLine) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "skipped: AddressSanitizer's operator new does not throw";
#endif
  const std::string out = testing::TempDir() + "/out_of_memory";
  const auto use_it_up = [] {
    const rlimit limit = {1 << 28, 1 << 28};
    setrlimit(RLIMIT_AS, &limit);
    std::vector<std::string> pieces;
    while (true) pieces.emplace_back(1 << 20, 'x');
  };
  const auto make = [&](absl::FunctionRef<void()> use) -> absl::Status {
    absl::StatusOr<OutputFile> file = OutputFile::Create(out);
    if (!file.ok()) return file.status();
    use();
    return file->Commit();
  };
  const auto no_litter = [&out](int status) {
    return Litter(out) == "" && WIFEXITED(status) && WEXITSTATUS(status) == 1;
  };
  const char kLine[] = "^tool: out of memory\n$";
  EXPECT_EXIT(std::exit(RunWith({}, [&] { return make(use_it_up); })),
              no_litter, kLine);
  EXPECT_EXIT(
      std::exit(RunWith(
          {}, [&] { return make([&] { std::thread(use_it_up).join(); }); })),
      no_litter, kLine);
  // A forked child leaves its parent's files alone.
  EXPECT_EXIT(std::exit(RunWith({},
                                [&] {
                                  return make([&] {
                                    int status = 0;
                                    if (fork() == 0) use_it_up();
                                    wait(&status);
                                    std::exit(WEXITSTATUS(status) == 1 &&
                                                      access(out.c_str(), F_OK)
                                                  ? 1
                                                  : 2);
                                  });
                                })),
              testing::ExitedWithCode(1), kLine);
}

TEST_F(RunToolDeathTest, LeavesNoLitterWhenASignalEndsIt) {
  const std::string out = testing::TempDir() + "/ended";
  for (const int number :
       {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGXCPU, SIGXFSZ}) {
    const auto by_it_without_litter = [&](int status) {
      return Litter(out) == "" && WIFSIGNALED(status) &&
             WTERMSIG(status) == number;
    };
    EXPECT_EXIT(std::exit(RunWith(
                    {},
                    [&]() -> absl::Status {
                      absl::StatusOr<OutputFile> file = OutputFile::Create(out);
                      if (!file.ok()) return file.status();
                      const std::string directory =
                          RememberNewTemporaryFile(out);
                      mkdir(directory.c_str(), 0700);
                      for (int i = 0; i < 1000; ++i) {
                        WriteFile(directory + "/" + std::to_string(i), "x")
                            .IgnoreError();
                      }
                      raise(number);
                      return file->Commit();
                    })),
                by_it_without_litter, "^$")
        << number;
  }
}

// As `nohup` has it.
TEST_F(RunToolDeathTest, IsNotEndedByASignalThatItsCallerIgnores) {
  EXPECT_EXIT(
      {
        signal(SIGHUP, SIG_IGN);
        std::exit(RunWith({}, [] {
          raise(SIGHUP);
          return absl::OkStatus();
        }));
      },
      testing::ExitedWithCode(0), "^$");
}

TEST_F(RunToolDeathTest, FailsWhereItsOutputIsLost) {
  EXPECT_EXIT(std::exit(RunWith({},
                                [] {
                                  std::freopen("/dev/full", "w", stdout);
                                  std::puts("lost");
                                  return absl::OkStatus();
                                })),
              testing::ExitedWithCode(1),
              "^tool: cannot write standard output: No space left on "
              "device\n$");
}

TEST_F(RunToolDeathTest, NamesTheInputThatMadeAnotherError) {
  const std::string path = testing::TempDir() + "/truncated";
  ASSERT_TRUE(WriteFile(path, std::string(8192, 'x')).ok());
  EXPECT_EXIT(
      std::exit(RunWith({},
                        [&] {
                          absl::StatusOr<MappedFile> file =
                              MappedFile::Open(path);
                          truncate(path.c_str(), 0);
                          return absl::InvalidArgumentError(
                              file->contents()[0] == 'x' ? "x" : "no x");
                        })),
      testing::ExitedWithCode(1),
      "^tool: cannot read \".*/truncated\": expected 8192 bytes, got 0: it "
      "was truncated\n$");
}

}  // namespace
}  // namespace rules_dockerfile
