#include "lib/copy/copy_layer.h"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/copy/context.h"
#include "lib/copy/copy_step_testing.h"
#include "lib/digest/digest.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_times.h"
#include "lib/plan/build_state.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class CopyLayerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
    options_.layer_out = Path("layer.tar");
    options_.index_out = Path("layer.index");
    options_.step_out = Path("step.json");
  }

  std::string Path(absl::string_view name) const {
    return absl::StrCat(root_, "/", name);
  }

  std::string Write(absl::string_view name, absl::string_view text) {
    EXPECT_THAT(WriteFile(Path(name), text), IsOk());
    return Path(name);
  }

  // Writes a layer of the tree of `spec`, and its index.
  void WriteLayer(absl::string_view name, absl::string_view spec) {
    const TestTree tree = ParseTreeSpec(spec);
    StringSink sink;
    const absl::StatusOr<LayerIndex> index = WriteChangeset(
        FileTree(), tree.tree, tree.reader(), {.epoch = 1 << 30}, &sink);
    ASSERT_THAT(index.status(), IsOk());
    Write(absl::StrCat(name, ".tar"), sink.contents());
    Write(absl::StrCat(name, ".index"), LayerIndexToText(*index));
  }

  // Runs the instruction; returns what the layer holds, or the error.
  std::string Make(absl::string_view instruction, BuildState state = {}) {
    options_.instruction =
        Write("instruction", absl::StrCat(instruction, "\n"));
    options_.state = Write("state.json", BuildStateToJson(state));
    const absl::Status status = MakeCopyLayer(options_);
    if (!status.ok()) return std::string(status.message());
    const absl::StatusOr<std::string> tar = ReadFile(options_.layer_out);
    const absl::StatusOr<std::string> text = ReadFile(options_.index_out);
    EXPECT_THAT(tar.status(), IsOk());
    EXPECT_THAT(text.status(), IsOk());
    absl::StatusOr<LayerIndex> index = ParseLayerIndex(*text);
    // The index that is written is that of the tar, and what no tar has.
    snapshot_ = std::exchange(index->snapshot, {});
    EXPECT_THAT(IndexLayer(*tar), IsOkAndHolds(*index));
    return LayerText(*index, *tar);
  }

  const std::string root_ = testing::TempDir() + "/copy_layer_test";
  std::vector<SnapshotEntry> snapshot_;  // of the last Make()
  CopyLayerOptions options_ = {.times = LayerTimes::Of(1000)};
};

TEST_F(CopyLayerTest, CopiesContextFiles) {
  options_.context.files = {{"d/a", Write("a", "A")}, {"b", Write("b", "B")}};
  EXPECT_EQ(Make("COPY . /x/"),
            "x/ 0755 0:0 @0\n"
            "x/b 0644 0:0 @1000 = B\n"
            "x/d/ 0755 0:0 @1000\n"
            "x/d/a 0644 0:0 @1000 = A\n");
  EXPECT_THAT(ReadFile(options_.step_out),
              IsOkAndHolds("{\n"
                           "  \"config\": {},\n"
                           "  \"history\": {\n"
                           "    \"created_by\": \"COPY . /x/ # buildkit\",\n"
                           "    \"comment\": \"buildkit.dockerfile.v0\"\n"
                           "  }\n"
                           "}\n"));
}

TEST_F(CopyLayerTest, TakesTheModeOfAFileFromItsDataOrTheFlag) {
  options_.context.files = {
      {"run", Write("run", "#!")},
      {"text", Write("text", "T")},
      {"x/link", Write("linked", "#!/x"), /*shared=*/true},
      {"y/link", Path("linked"), /*shared=*/true}};
  EXPECT_EQ(Make("COPY . /"),
            "run 0755 0:0 @1000 = #!\n"
            "text 0644 0:0 @1000 = T\n"
            "x/ 0755 0:0 @1000\n"
            "x/link 0755 0:0 @1000 = #!/x\n"
            "y/ 0755 0:0 @1000\n"
            "y/link 0755 0:0 @1000 => x/link\n");
  EXPECT_EQ(Make("COPY --chmod=go-rx,u+X run text /"),
            "run 0700 0:0 @1000 = #!\n"
            "text 0600 0:0 @1000 = T\n");
  EXPECT_EQ(Make("COPY --chmod=640 run text /"),
            "run 0640 0:0 @1000 = #!\n"
            "text 0640 0:0 @1000 = T\n");
}

TEST_F(CopyLayerTest, LeavesOutWhatIsTheSameBelow) {
  WriteLayer("below",
             "data = 1 mtime=1000\nmode = #! mode=0644 mtime=1000\n"
             "same = T mtime=1000\nprogram = #! mode=0755 mtime=1000\n"
             "time = T mtime=999");
  options_.indexes = {Path("below.index")};
  options_.context.files = {{"data", Write("data", "2")},
                            {"mode", Write("mode", "#!")},
                            {"program", Path("mode")},
                            {"same", Write("same", "T")},
                            {"time", Path("same")}};
  EXPECT_EQ(Make("COPY . /"),
            "data 0644 0:0 @1000 = 2\n"
            "mode 0755 0:0 @1000 = #!\n"
            "time 0644 0:0 @1000 = T\n");
}

TEST_F(CopyLayerTest, IgnoresWhatTheIgnoreFilesSay) {
  options_.context.files = {{"a", Write("a", "A")}, {"b", Write("b", "B")}};
  options_.context.ignore_files = {Write("ignore1", "a"),
                                   Write("ignore2", "!c\n")};
  EXPECT_EQ(Make("COPY . /"), "b 0644 0:0 @1000 = B\n");
  EXPECT_EQ(Make("COPY a /"),
            "failed to compute cache key: \"/a\": not found: .dockerignore "
            "excludes it from the build context");
  // A named context has no ignore file.
  EXPECT_EQ(Make("COPY --from=other a /"), "a 0644 0:0 @1000 = A\n");
}

TEST_F(CopyLayerTest, CopiesFromACompressedContextTarAndFiles) {
  WriteLayer("context", "d/ mode=0700 uid=5\nd/a = A mode=0600 uid=5 mtime=3");
  const absl::StatusOr<std::string> tar = ReadFile(Path("context.tar"));
  ASSERT_THAT(tar.status(), IsOk());
  StringSink gzip;
  ASSERT_THAT(Compress(*tar, {.codec = Codec::kGzip}, &gzip), IsOk());
  options_.context.tar = Write("context.tar.gz", gzip.contents());
  options_.context.files = {{"d/b", Write("b", "B")}};
  EXPECT_EQ(Make("COPY . /x"),
            "x/ 0755 0:0 @0\n"
            "x/d/ 0700 0:0 @0\n"
            "x/d/a 0600 0:0 @3 = A\n"
            "x/d/b 0644 0:0 @1000 = B\n");
}

TEST_F(CopyLayerTest, CopiesFromLayersOntoLayers) {
  WriteLayer("source", "d/ uid=1\nd/a = A uid=1 gid=2 mtime=2000");
  WriteLayer("below", "x/ mode=0700");
  options_.source_layers = {Path("source.tar")};
  options_.source_indexes = {Path("source.index")};
  options_.indexes = {Path("below.index")};
  EXPECT_EQ(Make("COPY --from=s d/a /x"),
            "x/ 0700 0:0 @0\n"
            "x/a 0644 1:2 @1000 = A\n");
}

TEST_F(CopyLayerTest, AddsAHardLinkToAFileOfALowerLayer) {
  StringSink sink;
  TarWriter writer(&sink);
  ASSERT_THAT(writer.Add({.path = "b",
                          .type = TarEntryType::kHardLink,
                          .mode = 0644,
                          .mtime = 7,
                          .link_target = "a"},
                         ""),
              IsOk());
  ASSERT_THAT(writer.Finish(), IsOk());
  WriteLayer("below", "out/\nout/a = A mtime=7");
  options_.context.files = {{"x.tar", Write("x.tar", sink.contents())}};
  options_.indexes = {Path("below.index")};
  options_.layers = {Path("below.tar")};
  EXPECT_EQ(Make("ADD x.tar /out"),
            "out/ 0755 0:0 @0\nout/b 0644 0:0 @7 = A\n");
  EXPECT_THAT(snapshot_, testing::ElementsAre(SnapshotEntry{
                             .path = "out/b", .link_target = "out/a"}));
}

TEST_F(CopyLayerTest, RefusesOtherLayersBelowThanIndexes) {
  WriteLayer("below", "a = A");
  options_.indexes = {Path("below.index")};
  options_.layers = {Path("below.tar"), Path("below.tar")};
  EXPECT_EQ(
      Make("COPY a /"),
      "2 layers, but 1 indexes: expected one index per layer, or no layers");
}

TEST_F(CopyLayerTest, CopiesWhatASnapshotHas) {
  WriteLayer("source", "d/\nd/a = A\nd/b = A");
  LayerIndex later;
  later.snapshot = {{.path = "d/b", .link_target = "d/a"},
                    {.path = "d/a", .xattrs = {{"user.x", "1"}}}};
  Write("empty.tar", std::string(1024, '\0'));
  Write("later.index", LayerIndexToText(later));
  options_.source_layers = {Path("source.tar"), Path("empty.tar")};
  options_.source_indexes = {Path("source.index"), Path("later.index")};
  EXPECT_EQ(Make("COPY --from=s /d /x"),
            "x/ 0755 0:0 @0\nx/a 0644 0:0 @0 = A\nx/b 0644 0:0 @0 => x/a\n");
  EXPECT_THAT(snapshot_,
              testing::ElementsAre(
                  SnapshotEntry{.path = "x/a", .xattrs = {{"user.x", "1"}}},
                  SnapshotEntry{.path = "x/b", .xattrs = {{"user.x", "1"}}}));
}

TEST_F(CopyLayerTest, RefusesALayerWithoutItsIndex) {
  WriteLayer("source", "a = A");
  options_.source_layers = {Path("source.tar"), Path("source.tar")};
  options_.source_indexes = {Path("source.index")};
  EXPECT_EQ(
      Make("COPY --from=s a /"),
      "2 source layers, but 1 source indexes: expected one index per layer");
}

TEST_F(CopyLayerTest, AddsFetchedFiles) {
  options_.urls = {
      {"https://h/d/f?x=1", {.file = Write("f", "F"), .last_modified = 7}}};
  EXPECT_EQ(Make("ADD https://h/d/f?x=1 /x/"),
            "x/ 0755 0:0 @1000\nx/f 0600 0:0 @7 = F\n");
  EXPECT_EQ(Make("ADD --chown=1 --chmod=644 https://h/d/f?x=1 /n"),
            "n 0644 1:1 @7 = F\n");
  const std::string digest = DigestOf("F");
  EXPECT_EQ(
      Make(absl::StrCat("ADD --checksum=", digest, " https://h/d/f?x=1 /n")),
      "n 0600 0:0 @7 = F\n");
  EXPECT_EQ(Make(absl::StrCat("ADD --checksum=", DigestOf("G"),
                              " https://h/d/f?x=1 /n")),
            absl::StrCat("digest mismatch for https://h/d/f?x=1: ", digest,
                         " (expected: ", DigestOf("G"), ")"));
}

TEST_F(CopyLayerTest, ExtractsArchives) {
  WriteLayer("archive", "d/\nd/a = A uid=7 mode=0600 mtime=3");
  options_.context.files = {{"a.tar", Path("archive.tar")}};
  options_.urls = {{"https://h/a.tar", {.file = Path("archive.tar")}}};
  const std::string extracted =
      "x/ 0755 0:0 @1000\nx/d/ 0755 0:0 @0\nx/d/a 0600 7:0 @3 = A\n";
  EXPECT_EQ(Make("ADD --chmod=777 a.tar /x"), extracted);
  EXPECT_EQ(Make("ADD --unpack=true https://h/a.tar /x"), extracted);

  const absl::StatusOr<std::string> tar = ReadFile(Path("archive.tar"));
  ASSERT_THAT(tar.status(), IsOk());
  const std::string verbatim = absl::StrCat(" 0:0 @1000 = ", *tar, "\n");
  EXPECT_EQ(Make("ADD --unpack=false a.tar /x"),
            absl::StrCat("x 0644", verbatim));
  EXPECT_EQ(Make("COPY a.tar /x"), absl::StrCat("x 0644", verbatim));
  EXPECT_EQ(Make("ADD https://h/a.tar /x"),
            absl::StrCat("x 0600 0:0 @0 = ", *tar, "\n"));
}

TEST_F(CopyLayerTest, AddsGitTreesWithoutTheirGitDirectory) {
  WriteLayer("git", ".git/\n.git/HEAD = h\nd/\nd/a = A\nd/.git = f");
  options_.git_tars = {{"https://h/r.git#v1", Path("git.tar")},
                       {"https://h/r.git?keep-git-dir=1", Path("git.tar")},
                       {"https://h/r.git?keep-git-dir=0", Path("git.tar")}};
  EXPECT_EQ(Make("ADD https://h/r.git#v1 /x"),
            "x/ 0755 0:0 @0\n"
            "x/d/ 0755 0:0 @0\n"
            "x/d/.git 0644 0:0 @0 = f\n"
            "x/d/a 0644 0:0 @0 = A\n");
  EXPECT_EQ(Make("ADD --keep-git-dir --exclude=d https://h/r.git#v1 /x"),
            "x/ 0755 0:0 @0\n"
            "x/.git/ 0755 0:0 @0\n"
            "x/.git/HEAD 0644 0:0 @0 = h\n");
  EXPECT_EQ(Make("ADD --exclude=d https://h/r.git?keep-git-dir=1 /x"),
            "x/ 0755 0:0 @0\n"
            "x/.git/ 0755 0:0 @0\n"
            "x/.git/HEAD 0644 0:0 @0 = h\n");
  EXPECT_EQ(Make("ADD --exclude=d https://h/r.git?keep-git-dir=0 /x"),
            "x/ 0755 0:0 @0\n");
}

TEST_F(CopyLayerTest, CreatesTheWorkingDirectoryAndTheState) {
  WriteLayer("below", "home/");
  options_.indexes = {Path("below.index")};
  options_.state_out = Path("after.json");
  EXPECT_EQ(Make("WORKDIR ../home/$NAME",
                 {.env = {"NAME=me"}, .workdir = "/srv", .user = "5:6"}),
            "home/ 0755 0:0 @0\nhome/me/ 0755 5:6 @1000\n");
  EXPECT_THAT(ReadFile(options_.state_out),
              IsOkAndHolds(BuildStateToJson(
                  {.env = {"NAME=me"}, .workdir = "/home/me", .user = "5:6"})));
  EXPECT_THAT(ReadFile(options_.step_out),
              IsOkAndHolds("{\n"
                           "  \"config\": {\n"
                           "    \"WorkingDir\": \"/home/me\"\n"
                           "  },\n"
                           "  \"history\": {\n"
                           "    \"created_by\": \"WORKDIR /home/me\",\n"
                           "    \"comment\": \"buildkit.dockerfile.v0\"\n"
                           "  }\n"
                           "}\n"));
}

TEST_F(CopyLayerTest, CreatesALayerForARootThatOnlyAVariableNames) {
  EXPECT_EQ(Make("WORKDIR $DIR", {.env = {"DIR=/"}, .workdir = "/a"}), "");
  EXPECT_THAT(ReadFile(options_.step_out),
              IsOkAndHolds("{\n"
                           "  \"config\": {\n"
                           "    \"WorkingDir\": \"/\"\n"
                           "  },\n"
                           "  \"history\": {\n"
                           "    \"created_by\": \"WORKDIR /\",\n"
                           "    \"comment\": \"buildkit.dockerfile.v0\"\n"
                           "  }\n"
                           "}\n"));
}

TEST_F(CopyLayerTest, LeavesNothingBehindAnError) {
  options_.context.files = {{".wh.a", Write("a", "A")}};
  EXPECT_EQ(Make("COPY . /"),
            "file name \".wh.a\" cannot be stored in a layer: the prefix "
            "\".wh.\" marks deletions");
  for (const std::string& path :
       {options_.layer_out, options_.index_out, options_.step_out}) {
    EXPECT_FALSE(std::filesystem::exists(path)) << path;
  }
}

TEST_F(CopyLayerTest, NamesTheIndexThatIsMalformed) {
  options_.indexes = {Write("bad.index", "{}\n")};
  options_.context.files = {{"a", Write("a", "A")}};
  EXPECT_THAT(Make("COPY a /"), testing::StartsWith(absl::StrCat(
                                    "\"", Path("bad.index"), "\": ")));
}

TEST_F(CopyLayerTest, SplitsSourceFlagsAtTheLastEqualsSign) {
  const absl::StatusOr<SourceFile> source =
      ParseSourceFile("https://h/f?a=b=dir/file");
  ASSERT_THAT(source.status(), IsOk());
  EXPECT_EQ(source->source, "https://h/f?a=b");
  EXPECT_EQ(source->file, "dir/file");
  EXPECT_THAT(ParseSourceFile("file"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "source \"file\": expected SOURCE=FILE"));
}

}  // namespace
}  // namespace rules_dockerfile
