#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/digest/digest.h"
#include "lib/explain/align_steps.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/explain_build.h"
#include "lib/explain/explain_logs.h"
#include "lib/explain/image_steps.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

// --- The wire format.

std::string Varint(uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes.push_back(static_cast<char>(value));
  return bytes;
}
std::string Number(int field, uint64_t value) {
  return absl::StrCat(Varint(field << 3), Varint(value));
}
std::string Bytes(int field, absl::string_view bytes) {
  return absl::StrCat(Varint(field << 3 | 2), Varint(bytes.size()), bytes);
}
std::string Pair(int field, absl::string_view name, absl::string_view value) {
  return Bytes(field, Bytes(1, name) + Bytes(2, value));
}
std::string FileMessage(absl::string_view path, absl::string_view digest) {
  return Bytes(1, path) + (digest.empty() ? "" : Bytes(2, Bytes(1, digest)));
}

// The entries of a log.
class LogWriter {
 public:
  explicit LogWriter(absl::string_view hash = "SHA-256") {
    Entry(0, 2, Bytes(1, hash));
  }
  void Entry(uint64_t id, int field, absl::string_view payload) {
    const std::string entry = Number(1, id) + Bytes(field, payload);
    text_ += Varint(entry.size()) + entry;
  }
  void Raw(absl::string_view bytes) { text_ += bytes; }
  uint64_t File(absl::string_view path, absl::string_view digest) {
    Entry(++id_, 3, FileMessage(path, digest));
    return id_;
  }
  uint64_t Set(const std::vector<uint64_t>& inputs,
               const std::vector<uint64_t>& sets = {}) {
    std::string packed;
    for (const uint64_t input : inputs) packed += Varint(input);
    std::string message = Bytes(5, packed);
    for (const uint64_t set : sets) message += Number(4, set);
    Entry(++id_, 6, message);
    return id_;
  }
  uint64_t Set(const LoggedFiles& files) {
    std::vector<uint64_t> ids;
    for (const auto& [path, digest] : files) ids.push_back(File(path, digest));
    return Set(ids);
  }
  void Spawn(const LoggedSpawn& spawn) {
    std::string message;
    for (const auto& [name, value] : spawn.environment) {
      message += Pair(2, name, value);
    }
    std::string platform;
    for (const auto& [name, value] : spawn.platform) {
      platform += Pair(1, name, value);
    }
    message += Bytes(3, platform);
    message += Number(4, Set(spawn.inputs)) + Number(5, Set(spawn.tools));
    for (const auto& [path, digest] : spawn.outputs) {
      message += digest.empty() ? Bytes(6, Bytes(4, path))
                                : Bytes(6, Number(5, File(path, digest)));
    }
    message += Bytes(7, spawn.target) + Bytes(8, spawn.mnemonic) +
               Number(9, spawn.exit_code) + Bytes(10, spawn.status) +
               Bytes(11, spawn.runner) + Number(12, spawn.cache_hit ? 1 : 0);
    Entry(0, 7, message);
  }
  std::string Log() const {
    StringSink sink;
    ABSL_CHECK_OK(Compress(text_, {.codec = Codec::kZstd}, &sink));
    return std::move(sink).contents();
  }

 private:
  std::string text_;
  uint64_t id_ = 0;
};

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

// --- The explanation.

const char kOut[] = "bazel-out/k8/bin/app/image.stage/";

ImageStep Instruction(int line, const std::string& text,
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

ImageStep State(const std::string& name,
                const std::vector<StepInstruction>& evaluates) {
  return {.kind = StepKind::kState,
          .dockerfile = "app/Dockerfile",
          .stage = "//app:image.stage",
          .line = 1,
          .text = "FROM base",
          .outputs = {absl::StrCat(kOut, name, ".state.json")},
          .evaluates = evaluates};
}

ImageSteps Image(std::vector<ImageStep> steps) {
  return {.image = "//app:image", .steps = std::move(steps)};
}

// The spawn of an instruction with a layer.
LoggedSpawn Ran(const ImageStep& step, LoggedFiles inputs,
                const std::string& result) {
  LoggedSpawn spawn = {.mnemonic = "DockerfileRun",
                       .runner = "worker",
                       .inputs = std::move(inputs)};
  for (const std::string& output : step.outputs) spawn.outputs[output] = result;
  return spawn;
}

ExecutionLog Log(std::vector<LoggedSpawn> spawns) {
  return {.hash_function = "SHA-256", .spawns = std::move(spawns)};
}

// The explanation of the second of two builds.
std::string Explained(const ImageSteps& image_before, const ExecutionLog& first,
                      const ImageSteps& image, const ExecutionLog& second) {
  const ImageRecord before = RecordBuild({}, image_before, first, "");
  return ExplainBuild(before, RecordBuild(before, image, second, ""), second);
}

class ExplainTest : public testing::Test {
 protected:
  const ImageStep copy_ = Instruction(2, "COPY src /src\n", "copy.1");
  const ImageStep env_ = Instruction(3, "ENV A=1\n", "");
  const ImageStep run_ = Instruction(4, "RUN make\n", "run.1");
  const ImageSteps image_ = Image({copy_, env_, run_});
  const std::string tar_ = copy_.outputs[0];
};

TEST_F(ExplainTest, NamesTheFileAndTheInstructionThatWroteAnInput) {
  EXPECT_EQ(
      Explained(image_,
                Log({Ran(copy_, {{"app/src/a", "1111111111111111"}}, "22"),
                     Ran(run_, {{tar_, "22"}}, "33")}),
                image_,
                Log({Ran(copy_, {{"app/src/a", "4444444444444444"}}, "55"),
                     Ran(run_, {{tar_, "55"}}, "66")})),
      "//app:image: 2 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  ran: app/src/a changed (sha256 111111111111 → 444444444444)\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: because of app/Dockerfile:2 COPY src /src:\n      app/src/a "
      "changed "
      "(sha256 111111111111 → 444444444444)\n");
}

TEST_F(ExplainTest, HasCachedInstructionsAndHitsOfACache) {
  LoggedSpawn hit = Ran(run_, {{tar_, "22"}, {"b", "2"}}, "66");
  hit.cache_hit = true;
  hit.runner = "disk cache hit";
  EXPECT_EQ(Explained(image_,
                      Log({Ran(copy_, {}, "22"),
                           Ran(run_, {{tar_, "22"}, {"c", ""}}, "33")}),
                      image_, Log({hit})),
            "//app:image: 0 of 2 instructions ran, 1 came from a cache\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make\n"
            "  disk cache hit: b was added\n"
            "    c was removed\n");
}

TEST_F(ExplainTest, KnowsAnInstructionWhoseTextChanged) {
  const ImageStep edited = Instruction(4, "RUN make all\n", "run.2");
  const ImageStep added = Instruction(5, "RUN more\n", "run.3");
  EXPECT_EQ(Explained(image_, Log({Ran(copy_, {}, "22"), Ran(run_, {}, "33")}),
                      Image({copy_, env_, edited, added}),
                      Log({Ran(edited, {}, "33"),
                           Ran(added, {{edited.outputs[0], "33"}}, "44")})),
            "//app:image: 2 of 3 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make all\n"
            "  ran: the instruction changed: it was RUN make\n"
            "app/Dockerfile:5 RUN more\n"
            "  ran: first time: the instruction is new\n");
}

TEST_F(ExplainTest, KnowsAnInstructionThatIsGone) {
  EXPECT_EQ(
      Explained(image_,
                Log({Ran(copy_, {}, "22"), Ran(run_, {{tar_, "22"}}, "33")}),
                Image({run_}), Log({Ran(run_, {}, "44")})),
      "//app:image: 1 of 1 instruction ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: COPY src /src was removed\n");
}

TEST_F(ExplainTest, NamesTheInstructionsThatSetTheEnvironment) {
  const ImageStep one =
      State("one", {{2, "ENV A=1\n"}, {3, "ARG X\n"}, {3, "ENV B=1\n"}});
  const ImageStep two =
      State("two", {{2, "ENV A=1\n"}, {3, "ENV B=2\n"}, {4, "USER app\n"}});
  EXPECT_EQ(
      Explained(
          Image({one, run_}),
          Log({Ran(one, {}, "11"), Ran(run_, {{one.outputs[0], "11"}}, "33")}),
          Image({two, run_}),
          Log({Ran(two, {}, "22"), Ran(run_, {{two.outputs[0], "22"}}, "33")})),
      "//app:image: 1 of 1 instruction ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: app/Dockerfile:3 ENV B=2 changed: it was ENV B=1\n"
      "    app/Dockerfile:4 USER app is new\n"
      "    ARG X was removed\n"
      "    its layer is the same as before\n");
}

TEST_F(ExplainTest, NamesFlagsToolsAndEnvironment) {
  ImageRecord before = RecordBuild({}, image_, Log({Ran(run_, {}, "33")}), "");
  ImageRecord after = before;
  StepRecord& old_record = before.records[run_.outputs[0]];
  StepRecord& record = after.records[run_.outputs[0]];
  old_record.flags = {"--build_arg=V=1", "--network=none",
                      "--layer=bazel-out/x"};
  old_record.tools = {{"tools/layer_run", "1"}};
  old_record.failed = true;
  record.flags = {"--build_arg=V=2", "--add_host=a=b", "--layer=bazel-out/y",
                  "--network=none"};
  record.tools = {{"tools/layer_run", "2"}};
  record.environment = {{"LANG", "C"}};
  record.platform = {{"pool", "big"}};
  record.outputs.clear();
  EXPECT_EQ(ExplainBuild(before, after, Log({Ran(run_, {}, "33")})),
            "//app:image: 1 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  cached\n"
            "app/Dockerfile:4 RUN make\n"
            "  ran: it failed the last time\n"
            "    flag --add_host=a changed (none → b)\n"
            "    build argument V changed (1 → 2)\n"
            "    the tool tools/layer_run changed\n"
            "    the environment of the action changed: LANG (none → C)\n"
            "    the execution properties changed: pool (none → big)\n");
}

// They may have a password.
TEST_F(ExplainTest, NeitherShowsNorKeepsTheValuesOfProxies) {
  const std::string root = absl::StrCat(testing::TempDir(), "/proxies");
  std::filesystem::create_directories(absl::StrCat(root, "/bazel-out"));
  const auto build = [&](const std::string& value) {
    const std::string text = absl::StrCat(
        "--build_arg=HTTP_PROXY=http://me:", value, "=x@h\n",
        "--global_arg=a_Proxy=", value, "\n\\--build_arg=b_proxy=", value,
        "\\n\n", "--https_proxy=", value, "\n--build_arg=V=_proxy=1\n");
    const std::string path = "bazel-out/proxy.params";
    ABSL_CHECK_OK(WriteFile(absl::StrCat(root, "/", path), text));
    LoggedSpawn spawn =
        Ran(run_, {{path, std::string(DigestHex(DigestOf(text)))}}, "33");
    spawn.environment = {{"no_proxy", value}};
    return RecordBuild({}, image_, Log({spawn}), root);
  };
  BuildHistory history = {
      .log = "sha256:1", .before = build("secret1"), .after = build("secret2")};
  EXPECT_EQ(
      ExplainBuild(history.before, history.after, Log({Ran(run_, {}, "33")})),
      "//app:image: 1 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  cached\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: build argument HTTP_PROXY changed\n"
      "    build argument a_Proxy changed\n"
      "    flag --https_proxy changed\n"
      "    flag \\--build_arg=b_proxy changed\n"
      "    the environment of the action changed: no_proxy\n"
      "    its layer is the same as before\n");
  EXPECT_FALSE(absl::StrContains(BuildHistoryToText(history), "secret"));
  EXPECT_TRUE(absl::StrContains(BuildHistoryToText(history), "V=_proxy=1"));
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(history));

  // What an earlier version has kept.
  history.after.records.begin()->second.environment = {{"no_proxy", "secret2"}};
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(BuildHistory{.log = "sha256:1",
                                        .before = build("secret1"),
                                        .after = build("secret2")}));
}

TEST_F(ExplainTest, SaysThatItKnowsNoReason) {
  LoggedSpawn failed = Ran(run_, {{"bazel-out/x.params", "2"}}, "");
  failed.exit_code = 2;
  EXPECT_EQ(Explained(image_,
                      Log({Ran(copy_, {}, "22"),
                           Ran(run_, {{"bazel-out/x.params", "1"}}, "33")}),
                      image_, Log({Ran(copy_, {}, "22"), failed})),
            "//app:image: 2 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  ran: nothing that it reads changed: its result was no longer "
            "there\n"
            "    its layer is the same as before\n"
            "app/Dockerfile:4 RUN make\n"
            "  failed with exit code 2: its flags changed\n");
}

TEST_F(ExplainTest, SaysThatNoEarlierBuildIsKnown) {
  EXPECT_EQ(Explained({}, {}, image_, Log({Ran(copy_, {}, "22")})),
            "//app:image: 1 of 2 instructions ran\n"
            "\n"
            "app/Dockerfile:2 COPY src /src\n"
            "  ran: first time\n"
            "app/Dockerfile:4 RUN make\n"
            "  cached\n"
            "\n"
            "hint: no earlier build is known; run this after the next build, "
            "too\n");
}

TEST_F(ExplainTest, FollowsCausesThroughStagesAndToTheBase) {
  const ImageStep base = {.kind = StepKind::kBase,
                          .dockerfile = "app/Dockerfile",
                          .stage = "//app:image.stage",
                          .line = 1,
                          .text = "FROM base",
                          .outputs = {"bazel-out/k8/bin/app/base/layers"}};
  const std::string layer = "bazel-out/k8/bin/app/base/layers/0000";
  const ImageStep last = Instruction(9, "COPY --from=0 / /\n", "copy.9");
  const ImageStep config = {.kind = StepKind::kImage,
                            .dockerfile = "app/Dockerfile",
                            .stage = "//app:image",
                            .line = 8,
                            .text = "FROM scratch",
                            .outputs = {"bazel-out/k8/bin/app/config.json"},
                            .evaluates = {{10, "CMD a\n"}}};
  ImageStep edited = config;
  edited.evaluates = {{10, "CMD b\n"}};
  EXPECT_EQ(
      Explained(Image({base, run_, last, config}),
                Log({Ran(run_, {{layer, "1"}}, "2"),
                     Ran(last, {{run_.outputs[0], "2"}}, "3"),
                     Ran(config, {{last.outputs[1], "3"}}, "4")}),
                Image({base, run_, last, edited}),
                Log({Ran(run_, {{layer, "5"}}, "6"),
                     Ran(last, {{run_.outputs[0], "6"}}, "7"),
                     Ran(edited, {{last.outputs[1], "7"}}, "8")})),
      "//app:image: 2 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: because of app/Dockerfile:1 FROM base:\n      the image changed\n"
      "app/Dockerfile:9 COPY --from=0 / /\n"
      "  ran: because of app/Dockerfile:1 FROM base:\n      the image changed\n"
      "config of //app:image\n"
      "  ran: app/Dockerfile:10 CMD b changed: it was CMD a\n"
      "    because of app/Dockerfile:1 FROM base:\n      the image changed\n");
}

TEST_F(ExplainTest, EndsWhenAStateReadsItself) {
  const ImageStep state = State("one", {});
  EXPECT_EQ(Explained(Image({state, run_}),
                      Log({Ran(state, {{state.outputs[0], "1"}}, "1"),
                           Ran(run_, {{state.outputs[0], "1"}}, "2")}),
                      Image({state, run_}),
                      Log({Ran(state, {{state.outputs[0], "3"}}, "3"),
                           Ran(run_, {{state.outputs[0], "3"}}, "4")})),
            "//app:image: 1 of 1 instruction ran\n"
            "\n"
            "app/Dockerfile:4 RUN make\n"
            "  ran: the environment above it changed (app/Dockerfile:1 FROM "
            "base)\n");
}

TEST(AlignTexts, PairsEqualTextsAndThoseBetweenThem) {
  using Indices = std::vector<std::optional<size_t>>;
  EXPECT_EQ(AlignTexts({"A 1", "B 1", "C 1"}, {"A 1", "C 1"}), (Indices{0, 2}));
  EXPECT_EQ(AlignTexts({"A 1", "B 1", "C 1"}, {"A 2", "X 1", "B 2", "C 1"}),
            (Indices{0, std::nullopt, 1, 2}));
  EXPECT_EQ(AlignTexts({}, {"A 1"}), (Indices{std::nullopt}));
  EXPECT_EQ(AlignTexts({"A 1", "A 2"}, {"A 2", "A 3"}),
            (Indices{1, std::nullopt}));
}

TEST(ShortText, IsTheFirstLine) {
  EXPECT_EQ(ShortText("# escape=`\nRUN <<END\na\nEND\n"), "RUN <<END");
  EXPECT_EQ(ShortText(absl::StrCat("RUN ", std::string(76, 'a'))),
            absl::StrCat("RUN ", std::string(76, 'a')));
  EXPECT_EQ(ShortText(absl::StrCat("RUN ", std::string(75, 'a'), "äb")),
            absl::StrCat("RUN ", std::string(75, 'a'), "ä…"));
}

// --- Files.

TEST_F(ExplainTest, RemembersBuildsInAFile) {
  const std::string directory = testing::TempDir();
  const ExplainFiles files = {.steps = absl::StrCat(directory, "/steps"),
                              .log = absl::StrCat(directory, "/log"),
                              .cache = absl::StrCat(directory, "/cache"),
                              .workspace = "/w"};
  ASSERT_THAT(WriteFile(files.steps, JsonText(ImageStepsToJson(image_))),
              IsOk());
  EXPECT_THAT(
      ExplainLogs(files),
      StatusIs(absl::StatusCode::kNotFound,
               absl::StrCat("cannot open \"", files.log,
                            "\": No such file or directory\nhint: have builds "
                            "write it with this line of .bazelrc: build "
                            "--execution_log_compact_file="
                            "bazel-execution.log")));
  const auto build = [&](const std::string& digest) {
    LogWriter writer;
    writer.Spawn(Ran(run_, {{"a", digest}}, "22"));
    ABSL_CHECK_OK(WriteFile(files.log, writer.Log()));
  };
  build("1");
  ASSERT_THAT(ExplainLogs(files), IsOk());
  build("2");
  const std::string second =
      "//app:image: 1 of 2 instructions ran\n"
      "\n"
      "app/Dockerfile:2 COPY src /src\n"
      "  cached\n"
      "app/Dockerfile:4 RUN make\n"
      "  ran: a changed (sha256 1 → 2)\n"
      "    its layer is the same as before\n";
  EXPECT_THAT(ExplainLogs(files), IsOkAndHolds(second));
  EXPECT_THAT(ExplainLogs(files), IsOkAndHolds(second));
  build("3");
  ExplainFiles compared = files;
  compared.before = absl::StrCat(directory, "/before");
  LogWriter before;
  before.Spawn(Ran(run_, {{"a", "0"}}, "21"));
  ASSERT_THAT(WriteFile(compared.before, before.Log()), IsOk());
  EXPECT_THAT(ExplainLogs(compared),
              IsOkAndHolds("//app:image: 1 of 2 instructions ran\n"
                           "\n"
                           "app/Dockerfile:2 COPY src /src\n"
                           "  cached\n"
                           "app/Dockerfile:4 RUN make\n"
                           "  ran: a changed (sha256 0 → 3)\n"));
}

TEST_F(ExplainTest, RefusesFilesThatAreDamaged) {
  const std::string directory = absl::StrCat(testing::TempDir(), "/damaged");
  ExplainFiles files = {.steps = absl::StrCat(directory, "_steps"),
                        .log = absl::StrCat(directory, "_log"),
                        .state = absl::StrCat(directory, "_state")};
  ASSERT_THAT(WriteFile(files.steps, JsonText(ImageStepsToJson(image_))),
              IsOk());
  ASSERT_THAT(WriteFile(files.log, LogWriter().Log()), IsOk());
  ASSERT_THAT(WriteFile(files.state, "{\"version\": 2}"), IsOk());
  EXPECT_THAT(ExplainLogs(files),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("\"", files.state,
                                    "\": expected version 1, got "
                                    "2\nhint: remove the file")));
  ASSERT_THAT(WriteFile(files.log, "x"), IsOk());
  EXPECT_THAT(
      ExplainLogs(files),
      StatusIs(absl::StatusCode::kInvalidArgument,
               absl::StrCat("\"", files.log,
                            "\": expected a compact or binary execution log\n"
                            "hint: Bazel writes one with "
                            "--execution_log_compact_file")));
}

TEST_F(ExplainTest, ReadsTheFlagsOfAParamFileThatIsStillThere) {
  const std::string root = testing::TempDir();
  ASSERT_THAT(WriteFile(absl::StrCat(root, "/x.params"), "--a=1\n--b\n"),
              IsOk());
  const auto flags = [&](const std::string& digest) {
    const ImageRecord build = RecordBuild(
        {}, image_, Log({Ran(run_, {{"x.params", digest}}, "1")}), root);
    return build.records.at(run_.outputs[0]).flags;
  };
  EXPECT_EQ(flags("e4f5f0459200568ea042938d92a94e31"
                  "9b49e371ff9c84733a8cb3b8931f98d6"),
            (std::vector<std::string>{"--a=1", "--b"}));
  EXPECT_EQ(flags("0000"), std::vector<std::string>());
}

TEST_F(ExplainTest, WritesItsHistoryAndReadsIt) {
  ImageSteps image = image_;
  image.steps.push_back(State("one", {{3, "ENV A=1\n"}}));
  LoggedSpawn spawn = Ran(run_, {{"a", "1"}}, "2");
  spawn.environment = {{"A", "b"}};
  spawn.platform = {{"C", "d"}};
  spawn.tools = {{"tool", "3"}};
  spawn.exit_code = 1;
  BuildHistory history = {.log = "sha256:1"};
  history.after = RecordBuild({}, image, Log({spawn}), "");
  history.after.records.begin()->second.flags = {"--a"};
  EXPECT_THAT(ParseBuildHistory(BuildHistoryToText(history)),
              IsOkAndHolds(history));
}

}  // namespace
}  // namespace rules_dockerfile
