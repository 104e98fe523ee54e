#include "lib/explain/execution_log.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/explain/execution_log_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

absl::StatusOr<ExecutionLog> Read(absl::string_view log) {
  return ReadExecutionLog(log, "Dockerfile");
}

TEST(ExecutionLog, IsRead) {
  const LoggedSpawn spawn = {.mnemonic = "DockerfileRun",
                             .target = "//app:image",
                             .runner = "worker",
                             .status = "NON_ZERO_EXIT",
                             .exit_code = 3,
                             .cache_hit = true,
                             .environment = {{"A", "b"}},
                             .platform = {{"OS", "linux"}},
                             .inputs = {{"app/a", "aa"}, {"app/empty", ""}},
                             .tools = {{"tool", "bb"}},
                             .outputs = {{"out/a", "cc"}, {"out/missing", ""}}};
  LogWriter writer;
  writer.Spawn(spawn);
  writer.Spawn({.mnemonic = "CppLink",
                .target = "//cmd:server",
                .outputs = {{"bazel-out/x/bin/cmd/server", "dd"}}});
  writer.Entry(0, 8, Bytes(1, "a symlink action"));
  writer.Entry(0, 99, Bytes(1, "of a later Bazel"));
  EXPECT_THAT(
      Read(writer.Log()),
      IsOkAndHolds(ExecutionLog{
          .hash_function = "SHA-256",
          .spawns = {spawn},
          .producers = {{"bazel-out/x/bin/cmd/server", "//cmd:server"}}}));
}

TEST(ExecutionLog, HasTheFilesOfSetsAndDirectories) {
  LogWriter writer;
  const uint64_t file = writer.File("a", "11");
  writer.Entry(100, 4,
               Bytes(1, "d") + Bytes(2, FileMessage("x/y", "22")) +
                   Bytes(2, FileMessage("z", "33")));
  writer.Entry(101, 5, Bytes(1, "s") + Bytes(2, "target"));
  const uint64_t inner = writer.Set({file, 100});
  writer.Entry(102, 10, Bytes(1, "t.runfiles") + Number(2, inner));
  // A set with unpacked ids that contains itself.
  writer.Entry(103, 6,
               Number(5, 101) + Number(5, 102) + Number(4, 103) +
                   Varint(20 << 3 | 5) + "1234" + Varint(21 << 3 | 1) +
                   "12345678");
  writer.Entry(0, 7, Number(4, 103) + Bytes(8, "DockerfileCopy"));
  EXPECT_THAT(
      Read(writer.Log()),
      IsOkAndHolds(ExecutionLog{.hash_function = "SHA-256",
                                .spawns = {{.mnemonic = "DockerfileCopy",
                                            .inputs = {{"a", "11"},
                                                       {"d/x/y", "22"},
                                                       {"d/z", "33"},
                                                       {"s", "-> target"}}}}}));
}

TEST(ExecutionLog, RefusesWhatIsNotOne) {
  EXPECT_THAT(
      Read("{\"commandArgs\": []}"),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "expected a compact or binary execution log\nhint: Bazel writes "
               "one with --execution_log_compact_file"));
  struct Row {
    const char* name;
    std::string bytes;
    const char* error;
  };
  for (const Row& row : {
           Row{"a length without its entry", Varint(5) + "abc",
               "entry 2: it is truncated"},
           Row{"half a length", "\xff", "entry 2: it is truncated"},
           Row{"a long length", std::string(10, '\xff'),
               "entry 2: malformed message"},
           Row{"a huge entry", Varint(uint64_t{1} << 40),
               "entry 2: it is too long"},
           Row{"a field beyond its entry",
               Varint(3) + Varint(3 << 3 | 2) + Varint(9) + "a",
               "entry 2: malformed message"},
           Row{"a group", Varint(1) + Varint(3 << 3 | 3),
               "entry 2: malformed message"},
           Row{"field 0", Varint(2) + Varint(0) + Varint(0),
               "entry 2: malformed message"},
           Row{"half a number", Varint(2) + Varint(1 << 3) + "\x80",
               "entry 2: malformed message"},
           Row{"half a fixed number", Varint(2) + Varint(4 << 3 | 5) + "1",
               "entry 2: malformed message"},
       }) {
    LogWriter writer;
    writer.Raw(row.bytes);
    EXPECT_THAT(Read(writer.Log()),
                StatusIs(absl::StatusCode::kInvalidArgument, row.error))
        << row.name;
  }
  LogWriter unknown;
  unknown.Entry(0, 7, Number(4, 77) + Bytes(8, "DockerfileCopy"));
  EXPECT_THAT(Read(unknown.Log()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry 2: no entry with id 77 before it"));
  const std::string log = LogWriter().Log();
  EXPECT_THAT(
      Read(log.substr(0, log.size() - 1)),
      StatusIs(absl::StatusCode::kInvalidArgument, "zstd data is truncated"));
}

std::string SpawnFileMessage(absl::string_view path, absl::string_view digest,
                             bool is_tool) {
  return Bytes(1, path) + Bytes(2, Bytes(1, digest) + Bytes(3, "SHA-256")) +
         Number(3, is_tool ? 1 : 0);
}

std::string Delimited(absl::string_view message) {
  return absl::StrCat(Varint(message.size()), message);
}

TEST(ExecutionLog, IsReadInItsBinaryForm) {
  const std::string log = absl::StrCat(
      Delimited(
          Pair(2, "A", "b") + Bytes(3, Pair(1, "OS", "linux")) +
          Bytes(4, SpawnFileMessage("app/a", "aa", false)) +
          Bytes(4, SpawnFileMessage("tool", "bb", true)) +
          Bytes(4, Bytes(1, "link") + Bytes(4, "target")) + Bytes(5, "out/a") +
          Bytes(5, "out/missing") + Bytes(10, "DockerfileRun") +
          Bytes(11, SpawnFileMessage("out/a", "cc", false)) +
          Bytes(12, "worker") + Number(13, 1) + Bytes(14, "NON_ZERO_EXIT") +
          Number(15, 3) + Bytes(18, "//app:image")),
      Delimited(Bytes(5, "out/b") + Bytes(10, "CppLink") +
                Bytes(18, "//cmd:server")));
  EXPECT_THAT(
      Read(log),
      IsOkAndHolds(ExecutionLog{
          .hash_function = "SHA-256",
          .spawns = {{.mnemonic = "DockerfileRun",
                      .target = "//app:image",
                      .runner = "worker",
                      .status = "NON_ZERO_EXIT",
                      .exit_code = 3,
                      .cache_hit = true,
                      .environment = {{"A", "b"}},
                      .platform = {{"OS", "linux"}},
                      .inputs = {{"app/a", "aa"},
                                 {"link", "-> target"},
                                 {"tool", "bb"}},
                      .tools = {{"tool", "bb"}},
                      .outputs = {{"out/a", "cc"}, {"out/missing", ""}}}},
          .producers = {{"out/b", "//cmd:server"}}}));
  EXPECT_THAT(
      Read(log + "\x05"
                 "a"),
      StatusIs(absl::StatusCode::kInvalidArgument, "entry 3: it is truncated"));
  EXPECT_THAT(Read(log + std::string(10, '\xff')),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry 3: malformed message"));
  EXPECT_THAT(Read(log + Delimited("\x03")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "entry 3: malformed message"));
  EXPECT_THAT(Read(""), IsOkAndHolds(ExecutionLog()));
  for (size_t i = 0; i < log.size(); ++i) {
    std::string damaged = log;
    for (int value = 0; value < 256; ++value) {
      damaged[i] = static_cast<char>(value);
      Read(damaged).IgnoreError();
    }
  }
}

TEST(ExecutionLog, SurvivesDamage) {
  LogWriter writer;
  writer.Spawn({.mnemonic = "DockerfileRun",
                .inputs = {{"a", "11"}, {"b", "22"}},
                .outputs = {{"c", "33"}}});
  const std::string log = writer.Log();
  for (size_t i = 0; i < log.size(); ++i) {
    for (const char bits : {1, 0x10, -128}) {
      std::string damaged = log;
      damaged[i] = static_cast<char>(damaged[i] ^ bits);
      Read(damaged).IgnoreError();
    }
  }
  // The same below the compression, whose checksum finds all of these.
  StringSink plain;
  std::string text = Varint(9) + Number(1, 1) + Bytes(6, Bytes(5, "\1\2"));
  for (int value = 0; value < 256; ++value) {
    for (size_t i = 0; i < text.size(); ++i) {
      LogWriter damaged;
      std::string bytes = text;
      bytes[i] = static_cast<char>(value);
      damaged.Raw(bytes);
      Read(damaged.Log()).IgnoreError();
    }
  }
}

}  // namespace
}  // namespace rules_dockerfile
