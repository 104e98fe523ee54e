#include "lib/worker/worker.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/json/json.h"
#include "lib/worker/test_worker.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

Json Request(int id, const std::vector<std::string>& arguments) {
  return {{"requestId", id}, {"arguments", arguments}};
}

Json Response(int id, int exit_code, absl::string_view output) {
  return {{"exitCode", exit_code}, {"output", output}, {"requestId", id}};
}

// A pid that a process of the test tool wrote to a file, as soon as it did.
pid_t PidIn(const std::string& path) {
  while (true) {
    pid_t pid = 0;
    if (absl::SimpleAtoi(ReadFile(path).value_or(""), &pid)) return pid;
    usleep(1000);
  }
}

bool IsThere(pid_t pid) { return kill(pid, 0) == 0 || errno != ESRCH; }

// Waits for the end of a process that is no child of this one.
void AwaitEnd(pid_t pid) {
  while (IsThere(pid)) usleep(1000);
}

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
  }

  std::string Path(absl::string_view name) const {
    return absl::StrCat(directory_, "/", name);
  }
  std::string Errors() const { return ReadFile(Path("errors")).value(); }

  // What the worker answers to one request.
  Json Answer(const std::vector<std::string>& arguments) {
    EXPECT_TRUE(worker_.Send(Request(1, arguments)));
    return worker_.Receive();
  }

  const std::string directory_ = absl::StrCat(
      testing::TempDir(),
      testing::UnitTest::GetInstance()->current_test_info()->name());
  const std::string tool_ = std::filesystem::absolute(getenv("TEST_TOOL"));
  TestWorker worker_{tool_, absl::StrCat(testing::TempDir(), "errors")};
};

TEST_F(WorkerTest, RunsEachRequestAsAProcessThatWasExecuted) {
  const std::string expected = absl::StrCat(
      "run 1 in ", std::filesystem::current_path().string(),
      "\nvalue a\nvalue \nvalue two\nlines\\\ndescriptor 0 /dev/null\n"
      "descriptor 1 pipe\ndescriptor 2 pipe\nSIGTERM comes, input at its "
      "end\n");
  // Nothing of a request is left in the next.
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Answer({"--act=describe", "--value=a",
                      "--value=", "\\--value=two\\nlines\\\\"}),
              Response(1, 0, expected));
  }
  EXPECT_EQ(Answer({}), Response(1, 1, "test_tool: no such act\n"));
}

TEST_F(WorkerTest, RunsInTheSandboxDirectory) {
  ASSERT_TRUE(worker_.Send({{"arguments", {"--act=describe"}},
                            {"requestId", 2},
                            {"sandboxDir", directory_}}));
  EXPECT_THAT(
      absl::StrSplit(worker_.Receive()["output"].get<std::string>(), '\n'),
      testing::Contains(absl::StrCat("run 1 in ", directory_)));
  ASSERT_TRUE(worker_.Send({{"sandboxDir", Path("none")}}));
  EXPECT_EQ(
      worker_.Receive(),
      Json({{"exitCode", 1},
            {"output", absl::StrCat("test_tool: cannot enter \"", Path("none"),
                                    "\": No such file or directory\n")}}));
}

TEST_F(WorkerTest, TellsHowARequestEnded) {
  EXPECT_EQ(Answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
  EXPECT_EQ(Answer({"stray"}),
            Response(1, 1, "test_tool: unexpected argument \"stray\"\n"));
  EXPECT_EQ(Answer({"--act=exit"}), Response(1, 7, ""));
  EXPECT_EQ(Answer({"--act=abort"}), Response(1, 1, ""));
  EXPECT_EQ(Answer({"--act=crash"}), Response(1, 128 + SIGSEGV, ""));
}

TEST_F(WorkerTest, RunsOutOfMemoryInARequestAlone) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "skipped: AddressSanitizer's operator new does not throw";
#endif
  EXPECT_EQ(Answer({"--act=use_memory"}),
            Response(1, 1, "test_tool: out of memory\n"));
  EXPECT_EQ(Answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
}

TEST_F(WorkerTest, AnswersAsRequestsEndAndNotAsTheyCome) {
  ASSERT_TRUE(worker_.Send(
      Request(1, {"--act=stay", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  ASSERT_TRUE(worker_.Send(Request(2, {"--act=fail"})));
  EXPECT_EQ(worker_.Receive(), Response(2, 1, "test_tool: it fails\n"));
  kill(pid, SIGKILL);
  EXPECT_EQ(worker_.Receive(), Response(1, 128 + SIGKILL, ""));
}

TEST_F(WorkerTest, CancelsARequest) {
  ASSERT_TRUE(worker_.Send(
      Request(1, {"--act=litter", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  ASSERT_TRUE(worker_.Send({{"requestId", 9}, {"cancel", true}}));
  ASSERT_TRUE(worker_.Send({{"requestId", 1}, {"cancel", true}}));
  Json response = Response(1, 128 + SIGTERM, "");
  response["wasCancelled"] = true;
  EXPECT_EQ(worker_.Receive(), response);
  EXPECT_FALSE(IsThere(pid));
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    files.push_back(entry.path().filename());
  }
  EXPECT_THAT(files, ElementsAre("pid"));
  EXPECT_EQ(Answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
}

TEST_F(WorkerTest, AnswersAndCancelsWhileARequestPrintsWithoutEnd) {
  ASSERT_TRUE(worker_.Send(Request(1, {"--act=write_forever"})));
  ASSERT_TRUE(worker_.Send(Request(2, {"--act=fail"})));
  EXPECT_EQ(worker_.Receive(), Response(2, 1, "test_tool: it fails\n"));
  ASSERT_TRUE(worker_.Send({{"requestId", 1}, {"cancel", true}}));
  Json response = worker_.Receive();
  ASSERT_NE(response, nullptr);
  response.erase("output");
  EXPECT_EQ(response, Json({{"exitCode", 128 + SIGTERM},
                            {"requestId", 1},
                            {"wasCancelled", true}}));
  EXPECT_EQ(Answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
}

// After 15 seconds.
TEST_F(WorkerTest, CancelsARequestThatIgnoresSignals) {
  ASSERT_TRUE(worker_.Send(Request(
      1, {"--act=stay_whatever", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  ASSERT_TRUE(worker_.Send({{"requestId", 1}, {"cancel", true}}));
  Json response = Response(1, 128 + SIGKILL, "");
  response["wasCancelled"] = true;
  EXPECT_EQ(worker_.Receive(), response);
  EXPECT_FALSE(IsThere(pid));
}

TEST_F(WorkerTest, EndsWhatARequestLeavesBehind) {
  EXPECT_EQ(Answer({"--act=leave", absl::StrCat("--file=", Path("pid"))}),
            Response(1, 0, ""));
  EXPECT_FALSE(IsThere(PidIn(Path("pid"))));
}

TEST_F(WorkerTest, EndsAllAtTheEndOfItsInput) {
  ASSERT_TRUE(worker_.Send(
      Request(1, {"--act=stay", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  worker_.CloseInput();
  EXPECT_EQ(worker_.Wait(), 0);
  EXPECT_FALSE(IsThere(pid));
  EXPECT_EQ(worker_.Receive(), nullptr);
}

TEST_F(WorkerTest, EndsAllWhenItIsAskedTo) {
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) {
    TestWorker worker(tool_, Path("errors"));
    const std::string file = Path(absl::StrCat("pid", number));
    ASSERT_TRUE(
        worker.Send(Request(1, {"--act=stay", absl::StrCat("--file=", file)})));
    const pid_t pid = PidIn(file);
    kill(worker.pid(), number);
    const int status = worker.Wait();
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + number);
    EXPECT_FALSE(IsThere(pid));
  }
}

TEST_F(WorkerTest, EndsAllWhenItIsKilled) {
  ASSERT_TRUE(worker_.Send(Request(
      1, {"--act=stay_whatever", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  kill(worker_.pid(), SIGKILL);
  worker_.Wait();
  AwaitEnd(pid);
}

TEST_F(WorkerTest, RefusesWhatIsNoRequest) {
  const struct {
    absl::string_view sent;
    absl::string_view message;
  } cases[] = {
      {"\x03nonsense", "test_tool: work request: malformed message\n"},
      {"\x02\x08\x01",
       "test_tool: work request: field 1: expected text, got a number\n"},
      {"\xff\xff\xff\xff\xff\x01",
       "test_tool: work request: expected at most 1073741824 bytes, got "
       "68719476735\n"},
  };
  for (const auto& [sent, message] : cases) {
    TestWorker worker(tool_, Path("errors"));
    ASSERT_TRUE(worker.Write(std::string(sent)));
    EXPECT_EQ(WEXITSTATUS(worker.Wait()), 1);
    EXPECT_EQ(Errors(), message);
    EXPECT_EQ(worker.Receive(), nullptr);
  }
}

TEST_F(WorkerTest, RefusesOneRequestIfItsIdCanBeRead) {
  ASSERT_TRUE(worker_.Send(
      Request(2, {"--act=stay", absl::StrCat("--file=", Path("pid"))})));
  const pid_t pid = PidIn(Path("pid"));
  ASSERT_TRUE(worker_.Write("\x04\x18\x01\x08\x01"));
  EXPECT_EQ(worker_.Receive(),
            Response(1, 1,
                     "test_tool: work request: field 1: expected text, got a "
                     "number\n"));
  EXPECT_EQ(Answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
  EXPECT_TRUE(IsThere(pid));
}

TEST_F(WorkerTest, RefusesARequestThatIsThereAlready) {
  TestWorker worker(tool_, Path("errors"));
  const std::string file = absl::StrCat("--file=", Path("pid"));
  ASSERT_TRUE(worker.Send(Request(1, {"--act=stay", file})));
  const pid_t pid = PidIn(Path("pid"));
  ASSERT_TRUE(worker.Send(Request(1, {"--act=stay", file})));
  EXPECT_EQ(WEXITSTATUS(worker.Wait()), 1);
  EXPECT_EQ(Errors(), "test_tool: there is a request 1 already\n");
  EXPECT_FALSE(IsThere(pid));
}

// More than a pipe holds, in pieces.
TEST_F(WorkerTest, ReadsARequestWithTenThousandInputs) {
  Json request = Request(3, {"--act=describe"});
  for (int i = 0; i < 10'000; ++i) {
    request["arguments"].push_back(absl::StrCat("--value=", i));
    request["inputs"].push_back({{"path", absl::StrCat("app/src/", i)},
                                 {"digest", std::string(64, 'a')}});
  }
  ASSERT_TRUE(worker_.Send(request));
  const Json response = worker_.Receive();
  const std::vector<std::string> lines =
      absl::StrSplit(response["output"].get<std::string>(), '\n');
  ASSERT_EQ(lines.size(), 10'006);
  EXPECT_EQ(lines[10'000], "value 9999");
}

TEST_F(WorkerTest, KeepsTheBeginAndTheEndOfALongOutput) {
  const Json response = Answer({"--act=write"});
  EXPECT_EQ(response["exitCode"], 0);
  const std::string part(size_t{8} << 20, 'x');
  EXPECT_EQ(response["output"],
            absl::StrCat(part, "\n[4194304 bytes left out]\n", part));
}

TEST_F(WorkerTest, AnswersARequestWhoseProcessGoesOn) {
  TestWorker worker(tool_, Path("errors"), {"--value=succeeded"});
  std::vector<pid_t> pids;
  for (const char* name : {"a", "b"}) {
    ASSERT_TRUE(worker.Send(
        Request(1, {"--act=end_early", absl::StrCat("--file=", Path(name))})));
    EXPECT_EQ(worker.Receive(), Response(1, 0, "done\n"));
    pids.push_back(PidIn(Path(name)));
  }
  // It is no orphan of another one.
  ASSERT_TRUE(worker.Send(Request(1, {"--act=fail"})));
  EXPECT_EQ(worker.Receive(), Response(1, 1, "test_tool: it fails\n"));
  EXPECT_TRUE(IsThere(pids[0]));
  ASSERT_TRUE(worker.Send({{"requestId", 1}, {"cancel", true}}));
  kill(pids[0], SIGKILL);
  AwaitEnd(pids[0]);
  EXPECT_TRUE(IsThere(pids[1]));
  worker.CloseInput();
  EXPECT_EQ(worker.Wait(), 0);
  AwaitEnd(pids[1]);
  EXPECT_EQ(worker.Receive(), nullptr);
}

TEST_F(WorkerTest, FollowsUpRequestsThatSucceeded) {
  TestWorker worker(tool_, Path("errors"), {"--value=succeeded"});
  const auto answer = [&](const std::vector<std::string>& arguments) {
    EXPECT_TRUE(worker.Send(Request(1, arguments)));
    return worker.Receive();
  };
  EXPECT_EQ(answer({"--act=fail"}), Response(1, 1, "test_tool: it fails\n"));
  // Requests go first.
  std::string told;
  while (told.empty()) {
    const Json response = answer({"--act=tell_succeeded"});
    ASSERT_EQ(response["exitCode"], 0);
    told = response["output"];
  }
  for (const absl::string_view line :
       absl::StrSplit(told, '\n', absl::SkipEmpty())) {
    EXPECT_EQ(line, "--act=tell_succeeded");
  }
}

TEST_F(WorkerTest, TakesArgumentsThatAllRequestsHave) {
  TestWorker worker(tool_, Path("errors"), {"--act=fail"});
  ASSERT_TRUE(worker.Send(Request(1, {})));
  EXPECT_EQ(worker.Receive(), Response(1, 1, "test_tool: it fails\n"));
}

}  // namespace
}  // namespace rules_dockerfile
