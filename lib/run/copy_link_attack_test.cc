#include <fcntl.h>

#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/copy/copy_layer.h"
#include "lib/layer/layer_times.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/run/layer_testing.h"
#include "lib/run/lower_layers.h"
#include "lib/run/run_layer_testing.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using absl_testing::IsOk;

// A COPY or ADD on an image whose links lead out of it. HOST is a directory of
// the host, which holds `secret` and `passwd`; IN_HOST is its name in a layer,
// without the slash before it. The context has `a`, `l`, a
// symlink to HOST/secret, and `t.tar`, whose members `archive` are.
struct CopyLinkCase {
  const char* name;
  const char* instruction;
  std::vector<TestFile> files;
  // The layer's entries except directories, one per line, or the error.
  const char* want;
  std::vector<TestFile> archive = {};
  std::vector<TestFile> later_files = {};  // of a layer above that of `files`
  const char* workdir = "/";
};

void PrintTo(const CopyLinkCase& row, std::ostream* out) { *out << row.name; }

class CopyLinkAttackTest : public testing::TestWithParam<CopyLinkCase> {
 protected:
  CopyLinkAttackTest() {
    host_ =
        std::filesystem::path(run_.Path("host")).lexically_normal().string();
    std::filesystem::create_directory(host_);
    run_.Write("host/secret", "secret");
    run_.Write("host/passwd", "evil:x:4242:4242::/:\n");
  }

  std::string WithHost(absl::string_view text) const {
    return absl::StrReplaceAll(text,
                               {{"IN_HOST", host_.substr(1)}, {"HOST", host_}});
  }

  std::string Tar(const std::vector<TestFile>& files) const {
    StringSink sink;
    TarWriter writer(&sink);
    for (const TestFile& file : files) {
      EXPECT_THAT(writer.Add({.path = file.path,
                              .type = file.type,
                              .mode = file.mode,
                              .size = static_cast<int64_t>(file.data.size()),
                              .mtime = 1000,
                              .link_target = WithHost(file.link)},
                             file.data),
                  IsOk());
    }
    EXPECT_THAT(writer.Finish(), IsOk());
    return sink.contents();
  }

  // Puts a layer above the others.
  void Keep(std::vector<TestFile> files) {
    for (TestFile& file : files) file.link = WithHost(file.link);
    KeepFiles(run_, files);
    const std::string kept = absl::StrCat("kept", layers_.size() - 1);
    layers_.push_back(run_.Path(absl::StrCat(kept, ".tar").c_str()));
    indexes_.push_back(run_.Path(absl::StrCat(kept, ".index").c_str()));
  }

  // The layer without its directories, or the error.
  std::string Copy(const CopyLinkCase& attack) {
    run_.Write("a", "A");
    run_.Write("t.tar", Tar(attack.archive));
    run_.Write("context.tar",
               Tar({TestLink("l", "HOST/secret"),
                    {"a", TarEntryType::kFile, "A", 0644},
                    {"t.tar", TarEntryType::kFile,
                     ReadFile(run_.Path("t.tar")).value(), 0644}}));
    run_.Write("instruction", absl::StrCat(WithHost(attack.instruction), "\n"));
    run_.Write("state",
               absl::StrCat(R"({"args": [], "env": [], "platform": )",
                            R"("linux/amd64", "shell": [], "user": "", )",
                            R"("workdir": ")", attack.workdir, "\"}"));
    const bool from = absl::StrContains(attack.instruction, "--from=");
    const std::vector<std::string> none;
    const absl::Status status =
        MakeCopyLayer({.instruction = run_.Path("instruction"),
                       .state = run_.Path("state"),
                       .context = {.tar = run_.Path("context.tar")},
                       .source_layers = from ? layers_ : none,
                       .source_indexes = from ? indexes_ : none,
                       .indexes = indexes_,
                       .layers = layers_,
                       .times = LayerTimes::Of(TestRun::kEpoch),
                       .layer_out = run_.Path("layer.tar"),
                       .index_out = run_.Path("layer.index"),
                       .step_out = run_.Path("step")});
    if (!status.ok()) return std::string(status.message());
    layers_.push_back(run_.Path("layer.tar"));
    indexes_.push_back(run_.Path("layer.index"));
    std::string files;
    for (const absl::string_view line :
         absl::StrSplit(run_.Entries(), ", ", absl::SkipEmpty())) {
      if (!absl::StrContains(line, "/ 0")) absl::StrAppend(&files, line, "\n");
    }
    return files;
  }

  // New files in the host's directory.
  std::string Litter() const {
    std::string litter;
    for (const auto& entry : std::filesystem::directory_iterator(host_)) {
      const std::string name = entry.path().filename().string();
      if (name != "secret" && name != "passwd") {
        absl::StrAppend(&litter, name, "\n");
      }
    }
    if (ReadFile(absl::StrCat(host_, "/secret")).value_or("") != "secret") {
      litter += "secret was changed\n";
    }
    return litter;
  }

  TestRun run_;
  std::string host_;
  std::vector<std::string> layers_ = {run_.Path("base.tar")};
  std::vector<std::string> indexes_ = {run_.Path("base.index")};
};

TEST_P(CopyLinkAttackTest, StaysInTheImage) {
  const CopyLinkCase& attack = GetParam();
  Keep(attack.files);
  Keep(attack.later_files);
  EXPECT_EQ(Copy(attack), WithHost(attack.want));
  EXPECT_EQ(Litter(), "");
  // The layer, above those with the links, on a disk.
  const absl::StatusOr<LowerLayers> lower = ReadLowerLayers(layers_, indexes_);
  ASSERT_THAT(lower.status(), IsOk());
  std::filesystem::create_directory(run_.Path("rootfs"));
  const UniqueFd rootfs(
      open(run_.Path("rootfs").c_str(), O_RDONLY | O_DIRECTORY));
  EXPECT_THAT(FillWithLayers(
                  *lower, {.fd = rootfs.get(), .owners = OwnerStore::kRecorded})
                  .status(),
              IsOk());
  EXPECT_EQ(Litter(), "");
}

constexpr TarEntryType kFile = TarEntryType::kFile;
constexpr TarEntryType kHardLink = TarEntryType::kHardLink;

INSTANTIATE_TEST_SUITE_P(
    Cases, CopyLinkAttackTest,
    testing::ValuesIn<CopyLinkCase>({
        {"OpenFile",
         "COPY a /out/x",
         {TestLink("out", "/proc/self/fd/7")},
         "proc/self/fd/7/x 0644\n"},
        {"RootOfPidOne",
         "COPY a /out/x",
         {TestLink("out", "/proc/1/root")},
         "proc/1/root/x 0644\n"},
        {"Absolute",
         "COPY a /out/secret",
         {TestLink("out", "HOST")},
         "IN_HOST/secret 0644\n"},
        {"DotDot",
         "COPY a /out/new",
         {TestLink("out", "../../../../../../../../../../../..HOST")},
         "IN_HOST/new 0644\n"},
        {"DotDotOfTheInstruction",
         "COPY a /out/../../../../../../..HOST/new",
         {TestLink("out", "d/sub")},
         "IN_HOST/new 0644\n"},
        {"TheLinkItself",
         "COPY a /out",
         {TestLink("out", "HOST/secret")},
         "IN_HOST/secret 0644\n"},
        {"DirectoryAtALink",
         "COPY . /out/",
         {TestLink("out", "HOST")},
         "IN_HOST/a 0644\nIN_HOST/l -> HOST/secret\nIN_HOST/t.tar 0644\n"},
        {"LinkBelowALink",
         "COPY a /d1/up/new",
         {TestLink("d1", "d"), TestLink("d/up", "../..HOST")},
         "IN_HOST/new 0644\n"},
        {"ThroughLowerLayers",
         "COPY a /first/new",
         {TestLink("first", "second")},
         "IN_HOST/new 0644\n",
         {},
         {TestLink("second", "third"), TestLink("third", "HOST")}},
        {"LinkOverADirectoryOfALowerLayer",
         "COPY a /d/new",
         {{"d/kept", kFile, "x", 0644}},
         "IN_HOST/new 0644\n",
         {},
         {TestLink("d", "HOST")}},
        {"Loop",
         "COPY a /out/x",
         {TestLink("out", "back"), TestLink("back", "out")},
         "too many levels of symbolic links: \"out\""},
        {"LoopToItself",
         "COPY a /out",
         {TestLink("out", "out")},
         "too many levels of symbolic links: \"out\""},
        {"LoopThatGrows",
         "COPY a /out/x",
         {TestLink("out", "out/out")},
         "too many levels of symbolic links: \"out\""},
        {"WorkingDirectory",
         "COPY a new",
         {TestLink("out", "HOST")},
         "IN_HOST/new 0644\n",
         {},
         {},
         "/out"},
        {"CopyLink",
         "COPY --link a /out/new",
         {TestLink("out", "HOST")},
         "out/new 0644\n"},
        {"ArchiveAtALink",
         "ADD t.tar /out",
         {TestLink("out", "HOST")},
         "IN_HOST/secret 0644\n",
         {{"secret", kFile, "new", 0644}}},
        {"ArchiveThroughItsOwnLink",
         "ADD t.tar /in",
         {},
         "cannot extract \"/in/l/new\": the symlink \"/in/l\" leads to "
         "\"/in/IN_HOST\", which does not exist",
         {TestLink("l", "HOST"), {"l/new", kFile, "new", 0644}}},
        {"ArchiveThroughItsOwnDotDot",
         "ADD t.tar /in",
         {},
         "cannot extract \"/in/l/new\": the symlink \"/in/l\" leads to "
         "\"/in/IN_HOST\", which does not exist",
         {TestLink("l", "../..HOST"), {"l/new", kFile, "new", 0644}}},
        {"ArchiveWithAHardLinkOut",
         "ADD t.tar /in",
         {},
         "hardlink \"/in/h\" -> \"HOST/secret\": no such file",
         {{"h", kHardLink, "", 0644, "HOST/secret"}}},
        // A name that is not found is 0:0, as in BuildKit.
        {"PasswdOfTheImage",
         "COPY --chown=app a /new",
         {},
         "new 0644 1000:1000\n"},
        {"PasswdIsALink",
         "COPY --chown=evil a /new",
         {TestLink("etc/passwd", "HOST/passwd")},
         "new 0644\n"},
        {"PasswdBelowALink",
         "COPY --chown=evil a /new",
         {TestLink("etc", "HOST")},
         "new 0644\n"},
        {"SourceIsALink",
         "COPY --from=0 /out /new",
         {TestLink("out", "HOST/secret")},
         "failed to compute cache key: \"/out\": not found in \"0\""},
        {"SourceIsBelowALink",
         "COPY --from=0 /out/secret /new",
         {TestLink("out", "../../../../../../..HOST")},
         "failed to compute cache key: \"/out/secret\": not found in \"0\""},
        {"SourceIsMagic",
         "COPY --from=0 /out/host /new",
         {TestLink("out", "/proc/self/cwd")},
         "failed to compute cache key: \"/out/host\": not found in \"0\""},
        {"SourceOfTheContextIsALink",
         "COPY l /new",
         {},
         "failed to compute cache key: \"/l\": not found in the build "
         "context"},
    }),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace rules_dockerfile
