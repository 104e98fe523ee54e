#include "lib/copy/copy_step.h"

#include <cstdint>
#include <map>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/copy/archive.h"
#include "lib/copy/copy_step_testing.h"
#include "lib/copy/data_store.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/layer_times.h"
#include "lib/plan/copy_plan.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

constexpr int64_t kNow = 1000;

// The rootfs of most rows.
constexpr char kRootfs[] = R"(
etc/ mtime=5
etc/passwd = x mtime=5
dir/ mode=0700 uid=3 gid=4 mtime=5
dir/old = old mtime=5
dir/sub/ mode=0711 mtime=5
file = file mtime=5
to_dir -> dir mtime=5
to_file -> /file mtime=5
dangling -> deep/er/target mtime=5
)";

// The build context, or other source, of most rows.
constexpr char kSource[] = R"(
a = a mtime=10
b = b mode=0755 mtime=10
new.txt = new mtime=10
src/ mode=0750 uid=7 gid=8 mtime=10
src/x = x mode=4755 uid=7 gid=8 mtime=10
src/l -> x mtime=10
src/sub/ mode=0701 uid=7 gid=8 mtime=10
src/sub/y = y mtime=10
to_a -> a
to_src -> /src
broken -> nowhere
.hidden = h mtime=10
)";

// Rows are named after the rules of the Dockerfile reference that they show;
// `want` is the expected layer, or the error.
struct CopyCase {
  const char* name;
  const char* instruction;
  const char* want;
  const char* rootfs = kRootfs;
  const char* source = kSource;
};

void PrintTo(const CopyCase& row, std::ostream* out) { *out << row.name; }

std::string Copy(const CopyCase& row) {
  const absl::StatusOr<InstructionText> text =
      ParseInstructionText(absl::StrCat(row.instruction, "\n"));
  if (!text.ok()) return std::string(text.status().message());
  const absl::StatusOr<CopyPlan> plan = PlanCopy(*text, {.workdir = "/work"});
  if (!plan.ok()) return std::string(plan.status().message());
  DataStore store;
  ArchiveOpener archives(testing::TempDir() + "/layer", &store);
  StepRootfs rootfs = {.tree = ParseTreeSpec(row.rootfs).tree,
                       .has_layers = row.rootfs[0] != '\0',
                       .times = LayerTimes::Of(kNow)};
  CopySources sources;
  sources.tree = StoredTree(row.source, &store);
  return LayerOrError(ApplyCopy(*plan, rootfs, sources, &store, &archives),
                      kNow, &store);
}

class CopyTest : public testing::TestWithParam<CopyCase> {};

TEST_P(CopyTest, CreatesTheLayer) {
  EXPECT_EQ(Copy(GetParam()), GetParam().want);
}

std::string CaseName(const testing::TestParamInfo<CopyCase>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Paths, CopyTest,
    testing::ValuesIn<CopyCase>({
        {"FileToName", "COPY a /n", "n 0644 0:0 @10 = a\n"},
        {"FileToNewDirectory", "COPY a /n/",
         "n/ 0755 0:0 @1000\nn/a 0644 0:0 @10 = a\n"},
        {"FileToExistingDirectory", "COPY a /dir",
         "dir/ 0700 3:4 @5\ndir/a 0644 0:0 @10 = a\n"},
        {"FileThroughSymlinkToDirectory", "COPY a /to_dir",
         "dir/ 0700 3:4 @5\ndir/a 0644 0:0 @10 = a\n"},
        {"FileThroughSymlinkToDirectoryWithName", "COPY a /to_dir/n",
         "dir/ 0700 3:4 @5\ndir/n 0644 0:0 @10 = a\n"},
        {"FileReplacesFile", "COPY a /file", "file 0644 0:0 @10 = a\n"},
        {"FileReplacesWhatALinkPointsTo", "COPY a /to_file",
         "file 0644 0:0 @10 = a\n"},
        {"FileCreatesTargetOfDanglingLink", "COPY a /dangling",
         "deep/ 0755 0:0 @1000\ndeep/er/ 0755 0:0 @1000\n"
         "deep/er/target 0644 0:0 @10 = a\n"},
        {"FileReplacesLinkInDirectory", "COPY to_file /d",
         "d/ 0755 0:0 @0\nd/to_file 0644 0:0 @10 = f\n",
         "d/\nd/to_file -> /file\nfile = x\n", "to_file = f mtime=10\n"},
        {"RelativeToWorkdir", "COPY a n",
         "work/ 0755 0:0 @1000\nwork/n 0644 0:0 @10 = a\n"},
        {"EmptyDestinationIsWorkdir", "COPY a $NONE",
         "work/ 0755 0:0 @1000\nwork/a 0644 0:0 @10 = a\n"},
        {"ParentsAreMade", "COPY a /p/q/n",
         "p/ 0755 0:0 @1000\np/q/ 0755 0:0 @1000\n"
         "p/q/n 0644 0:0 @10 = a\n"},
        {"SourceCannotLeaveItsRoot", "COPY ../../a /n", "n 0644 0:0 @10 = a\n"},
        {"SourceSlashesMeanNothing", "COPY /a/ /n", "n 0644 0:0 @10 = a\n"},
        {"LinkToFileIsFollowed", "COPY to_a /n/",
         "n/ 0755 0:0 @1000\nn/to_a 0644 0:0 @10 = a\n"},
        {"LinkToDirectoryIsFollowed", "COPY to_src/sub /n",
         "n/ 0755 0:0 @10\nn/y 0644 0:0 @10 = y\n"},
        {"DanglingLink", "COPY broken /n",
         "failed to compute cache key: \"/broken\": not found in the build "
         "context"},
        {"Missing", "COPY nope/x /n",
         "failed to compute cache key: \"/nope/x\": not found in the build "
         "context"},
        {"MissingInStage", "COPY --from=builder /nope /n",
         "failed to compute cache key: \"/nope\": not found in \"builder\""},
        {"SeveralToOneName", "COPY a b /n", "n 0755 0:0 @10 = b\n"},
        {"SeveralToDirectory", "COPY a b /dir",
         "dir/ 0700 3:4 @5\ndir/a 0644 0:0 @10 = a\n"
         "dir/b 0755 0:0 @10 = b\n"},
        {"FileOverDirectory", "COPY sub /dir/",
         "cannot replace to directory /dir/sub with file", kRootfs, "sub = s"},
        {"DirectoryOverFile", "COPY src /file",
         "cannot copy to non-directory: /file"},
        {"NestedDirectoryOverFile", "COPY . /d",
         "cannot copy to non-directory: /d/src", "d/\nd/src = f", "src/\n"},
        {"ParentIsAFile", "COPY a /file/n", "mkdir /file: not a directory"},
        {"DestinationDirectoryIsAFile", "COPY a /file/",
         "mkdir /file: not a directory"},
        {"IdenticalCopyIsNotAChange", "COPY a /a", "", "a = a mtime=10\n"},
        {"NothingInScratch", "COPY a /n", "n 0644 0:0 @10 = a\n", ""},
    }),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Wildcards, CopyTest,
    testing::ValuesIn<CopyCase>({
        {"Star", "COPY *.txt /n/",
         "n/ 0755 0:0 @1000\nn/new.txt 0644 0:0 @10 = new\n"},
        {"QuestionMarkAndClass", "COPY ? [c-z]rc /n/",
         "n/ 0755 0:0 @10\nn/a 0644 0:0 @10 = a\nn/b 0755 0:0 @10 = b\n"
         "n/l 0777 0:0 @10 -> x\nn/sub/ 0701 7:8 @10\n"
         "n/sub/y 0644 0:0 @10 = y\nn/x 4755 7:8 @10 = x\n"},
        {"DotsAreNotSpecial", "COPY *hidden /n/",
         "n/ 0755 0:0 @1000\nn/.hidden 0644 0:0 @10 = h\n"},
        {"NeverCrossesSlash", "COPY *x /n/", ""},
        {"DirectoriesAreFlattened", "COPY src/* /n/",
         "n/ 0755 0:0 @10\nn/l 0644 0:0 @10 = x\nn/x 0644 0:0 @10 = x\n"
         "n/y 0644 0:0 @10 = y\n",
         kRootfs,
         "src/ mtime=10\nsrc/x = x mtime=10\nsrc/l -> x\n"
         "src/sub/ mtime=10\nsrc/sub/y = y mtime=10\n"},
        {"BelowLink", "COPY to_src/su* /n",
         "n/ 0755 0:0 @10\nn/y 0644 0:0 @10 = y\n"},
        {"NoMatchCreatesNothing", "COPY *.none /n/", ""},
        {"DanglingMatch", "COPY brok* /n/",
         "failed to compute cache key: \"/broken\": not found in the build "
         "context"},
        {"EscapedByClass", "COPY arr[[]0].txt /n", "n 0644 0:0 @0 = 0\n",
         kRootfs, "arr[0].txt = 0\n"},
        {"EscapedByBackslashIsLiteral", "COPY 'arr\\[0].txt' /n",
         "failed to compute cache key: \"/arr\\[0].txt\": not found in the "
         "build context",
         kRootfs, "arr[0].txt = 0\n"},
    }),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Metadata, CopyTest,
    testing::ValuesIn<CopyCase>({
        {"NewDirectoryIsNotTheSource", "COPY --from=s src /n",
         "n/ 0755 0:0 @10\nn/l 0777 0:0 @10 -> x\nn/sub/ 0701 7:8 @10\n"
         "n/sub/y 0644 0:0 @10 = y\nn/x 4755 7:8 @10 = x\n"},
        {"ExistingDirectoryKeepsModeAndOwner", "COPY src/sub /dir",
         "dir/ 0700 3:4 @10\ndir/y 0644 0:0 @10 = y\n"},
        {"NestedDirectoryTakesTheSources", "COPY src /dir",
         "dir/ 0700 3:4 @10\ndir/l 0777 0:0 @10 -> x\ndir/sub/ 0701 7:8 @10\n"
         "dir/sub/y 0644 0:0 @10 = y\ndir/x 4755 7:8 @10 = x\n"},
        {"Chown", "COPY --chown=5:6 src /n/m",
         "n/ 0755 5:6 @1000\nn/m/ 0755 5:6 @10\nn/m/l 0777 5:6 @10 -> x\n"
         "n/m/sub/ 0701 5:6 @10\nn/m/sub/y 0644 5:6 @10 = y\n"
         "n/m/x 4755 5:6 @10 = x\n"},
        {"ChownNumberImpliesGroup", "COPY --chown=5 a /n",
         "n 0644 5:5 @10 = a\n"},
        {"ChownUnknownNameIsRoot", "COPY --chown=nobody:nogroup a /n",
         "n 0644 0:0 @10 = a\n"},
        {"ChownGroupOnly", "COPY --chown=:9 a /n", "n 0644 0:9 @10 = a\n"},
        {"ChownNameInScratch", "COPY --chown=me a /n",
         "invalid user index: -1 (there is no /etc/passwd to look \"me\" up "
         "in)",
         ""},
        {"ChmodHitsParents", "COPY --chmod=640 a /x/n",
         "x/ 0640 0:0 @1000\nx/n 0640 0:0 @10 = a\n"},
        {"ChmodOctalOfDirectory", "COPY --chmod=4750 src /n",
         "n/ 0750 0:0 @10\nn/l 0777 7:8 @10 -> x\nn/sub/ 4750 7:8 @10\n"
         "n/sub/y 4750 0:0 @10 = y\nn/x 4750 7:8 @10 = x\n",
         kRootfs,
         "src/ mtime=10\nsrc/x = x mode=4755 uid=7 gid=8 mtime=10\n"
         "src/l -> x uid=7 gid=8 mtime=10\n"
         "src/sub/ mode=0701 uid=7 gid=8 mtime=10\n"
         "src/sub/y = y mtime=10\n"},
        {"ChmodSymbolic", "COPY --chmod=u=rwX,go=rX src /p/n",
         "p/ 0755 0:0 @1000\np/n/ 0755 0:0 @10\np/n/l 0777 0:0 @10 -> x\n"
         "p/n/sub/ 0755 7:8 @10\np/n/sub/y 0644 0:0 @10 = y\n"
         "p/n/x 0755 7:8 @10 = x\n"},
        {"ChmodTooLarge", "COPY --chmod=99999 a /n",
         "invalid chmod parameter: '99999'. it should be octal string and "
         "between 0 and 07777"},
        {"HardLinksInOneSourceStay", "COPY d /n/",
         "n/ 0755 0:0 @0\nn/x 0644 0:0 @0 = x\nn/y 0644 0:0 @0 => n/x\n",
         kRootfs, "d/\nd/x = x\nd/y => d/x\n"},
        {"HardLinksAcrossSourcesDoNot", "COPY d/x d/y /n/",
         "n/ 0755 0:0 @1000\nn/x 0644 0:0 @0 = x\nn/y 0644 0:0 @0 = x\n",
         kRootfs, "d/\nd/x = x\nd/y => d/x\n"},
        {"CapabilitiesStay", "COPY --from=s --chown=1 f /n",
         "n 0755 1:1 @0 cap=0a0b = f\n", kRootfs, "f = f mode=0755 cap=0a0b"},
        {"SpecialFiles", "COPY d /n/",
         "n/ 0755 0:0 @0\nn/c 0755 0:0 @0 char 1:3\nn/p 0644 0:0 @0 fifo\n",
         kRootfs, "d/\nd/p | mode=0644\nd/c c 1:3\n"},
        {"HereDocument", "COPY <<E /n\n$(x) $NONE.\nE",
         "n 0644 0:0 @1000 = $(x) .\n\n"},
        {"HereDocumentToDirectory", "COPY --chown=1:2 --chmod=600 a <<E /n/\nE",
         "n/ 0600 1:2 @1000\nn/E 0600 1:2 @1000 = \nn/a 0600 1:2 @10 = a\n"},
    }),
    CaseName);

constexpr char kNested[] = R"(
r/ mode=0711 mtime=10
r/a/ mode=0750 uid=7 gid=8 mtime=10
r/a/b/ mode=0751 mtime=10
r/a/b/c.txt = c mtime=10
r/a/b/d.o = d mtime=10
r/top.txt = t mtime=10
)";

INSTANTIATE_TEST_SUITE_P(
    Flags, CopyTest,
    testing::ValuesIn<CopyCase>({
        {"ParentsKeepsThePath", "COPY --parents r/a/b/c.txt /n",
         "n/ 0755 0:0 @0\nn/r/ 0711 0:0 @1000\nn/r/a/ 0750 7:8 @1000\n"
         "n/r/a/b/ 0751 0:0 @1000\nn/r/a/b/c.txt 0644 0:0 @10 = c\n",
         kRootfs, kNested},
        {"ParentsWithPivot", "COPY --parents r/./a/b/c.txt /n/",
         "n/ 0755 0:0 @10\nn/a/ 0750 7:8 @1000\nn/a/b/ 0751 0:0 @1000\n"
         "n/a/b/c.txt 0644 0:0 @10 = c\n",
         kRootfs, kNested},
        {"ParentsOfDirectory", "COPY --parents r/a /n",
         "n/ 0755 0:0 @0\nn/r/ 0711 0:0 @1000\nn/r/a/ 0750 7:8 @10\n"
         "n/r/a/b/ 0751 0:0 @10\nn/r/a/b/c.txt 0644 0:0 @10 = c\n"
         "n/r/a/b/d.o 0644 0:0 @10 = d\n",
         kRootfs, kNested},
        {"ParentsTakesDoubleStar", "COPY --parents r/**/*.txt /n",
         "n/ 0755 0:0 @0\nn/r/ 0711 0:0 @1000\nn/r/a/ 0750 7:8 @1000\n"
         "n/r/a/b/ 0751 0:0 @1000\nn/r/a/b/c.txt 0644 0:0 @10 = c\n"
         "n/r/top.txt 0644 0:0 @10 = t\n",
         kRootfs, kNested},
        {"ParentsOfTheRootTakesNothing", "COPY --parents ./ /n/",
         "n/ 0755 0:0 @0\n", kRootfs, kNested},
        {"ParentsOfADotTakesNothing", "COPY --parents . /n", "n/ 0755 0:0 @0\n",
         kRootfs, kNested},
        {"ParentsWithNothingBelowThePivot", "COPY --parents ./r/./ /n",
         "n/ 0755 0:0 @10\n", kRootfs, kNested},
        {"ParentsOfABadPattern", "COPY --parents r/[ /n",
         "invalid includepatterns: [r/[]: syntax error in pattern", kRootfs,
         kNested},
        {"ExcludeOfABadPattern", "COPY --exclude=a --exclude=[ r /n",
         "invalid excludepatterns: [a []: syntax error in pattern", kRootfs,
         kNested},
        {"ParentsMissing", "COPY --parents r/nope /n",
         "failed to compute cache key: \"/r/nope\": not found in the build "
         "context",
         kRootfs, kNested},
        {"ExcludeIsRelativeToTheSource", "COPY --exclude=*.txt r /n",
         "n/ 0755 0:0 @10\nn/a/ 0750 7:8 @10\nn/a/b/ 0751 0:0 @10\n"
         "n/a/b/c.txt 0644 0:0 @10 = c\nn/a/b/d.o 0644 0:0 @10 = d\n",
         kRootfs, kNested},
        {"ExcludeAtAllDepths", "COPY --exclude=**/*.txt --exclude=a/b/*.o r /n",
         "n/ 0755 0:0 @10\nn/a/ 0750 7:8 @10\nn/a/b/ 0751 0:0 @10\n", kRootfs,
         kNested},
        {"ExcludeException", "COPY --exclude=a --exclude=!a/b/c.txt r /n",
         "n/ 0755 0:0 @10\nn/a/ 0750 7:8 @1000\nn/a/b/ 0751 0:0 @1000\n"
         "n/a/b/c.txt 0644 0:0 @10 = c\nn/top.txt 0644 0:0 @10 = t\n",
         kRootfs, kNested},
        {"ExcludeSparesTheSourceItself", "COPY --exclude=*.txt r/*.txt /n/",
         "n/ 0755 0:0 @1000\nn/top.txt 0644 0:0 @10 = t\n", kRootfs, kNested},
        {"LinkFollowsNothing", "COPY --link a /to_dir/n",
         "to_dir/ 0755 0:0 @1000\nto_dir/n 0644 0:0 @10 = a\n"},
        {"LinkOverridesParents", "COPY --link a /dir/n",
         "dir/ 0755 0:0 @1000\ndir/n 0644 0:0 @10 = a\n"},
        {"LinkCopiesExistingFiles", "COPY --link a /a", "a 0644 0:0 @10 = a\n",
         "a = a mtime=10\n"},
        {"LinkKnowsNoNames", "COPY --link --chown=me a /n",
         "invalid user index: -1 (there is no /etc/passwd to look \"me\" up "
         "in)"},
        {"LinkWithChmodIsIgnored", "COPY --link --chmod=600 a /to_dir/n",
         "dir/ 0700 3:4 @5\ndir/n 0600 0:0 @10 = a\n"},
    }),
    CaseName);

INSTANTIATE_TEST_SUITE_P(
    Add, CopyTest,
    testing::ValuesIn<CopyCase>({
        {"AddFile", "ADD a /n", "n 0644 0:0 @10 = a\n"},
        {"AddEmptyFileIsNotAnArchive", "ADD a /n", "n 0644 0:0 @0 = \n",
         kRootfs, "a =\n"},
        {"AddUnknownUrl", "ADD https://h/f /n",
         "\"https://h/f\" is neither locked nor provided: run the image's "
         ".lock target with `bazel run`, or set remote_files = "
         "{\"https://h/f\": \"//label\"}"},
        {"AddUnknownGit", "ADD https://h/f.git#v1 /n",
         "\"https://h/f.git#v1\" is neither locked nor provided: run the "
         "image's .lock target with `bazel run`, or set remote_files = "
         "{\"https://h/f.git#v1\": \"//label\"}"},
    }),
    CaseName);

TEST(ApplyCopy, NamesTheIgnoreFileForWhatItExcludes) {
  DataStore store;
  ArchiveOpener archives(testing::TempDir() + "/layer", &store);
  CopySources sources;
  sources.ignored = StoredTree("a = a", &store);
  const CopyPlan plan = {.sources = {"a"}, .destination = "/n"};
  EXPECT_THAT(ApplyCopy(plan, {.has_layers = true}, sources, &store, &archives),
              StatusIs(absl::StatusCode::kNotFound,
                       "failed to compute cache key: \"/a\": not found: "
                       ".dockerignore excludes it from the build context"));
}

TEST(ApplyCopy, LooksNamesUpInTheRootfsBelow) {
  LayerIndex layer = {.passwd = "root:x:0:0::/:\nme:x:11:12::/:/bin/sh\n",
                      .group = "root:x:0:\nus:x:13:me\n"};
  StepRootfs rootfs = {.has_layers = true};
  layer.entries = {
      {.path = "etc", .type = LayerEntryType::kDirectory, .mode = 0755},
      {.path = "etc/group", .mode = 0644},
      {.path = "etc/passwd", .mode = 0644}};
  ASSERT_TRUE(rootfs.tree.AddLayer(layer, 0).ok());
  for (const auto& [chown, want] :
       std::map<std::string, std::string>{{"me", "n 0644 11:12 @0 = a\n"},
                                          {"me:us", "n 0644 11:13 @0 = a\n"},
                                          {"me:5", "n 0644 11:5 @0 = a\n"},
                                          {"11", "n 0644 11:11 @0 = a\n"},
                                          {"me:none", "n 0644 11:12 @0 = a\n"},
                                          {":us", "n 0644 0:13 @0 = a\n"},
                                          {"root", "n 0644 0:0 @0 = a\n"}}) {
    DataStore store;
    ArchiveOpener archives(testing::TempDir() + "/layer", &store);
    CopySources sources;
    sources.tree = StoredTree("a = a", &store);
    const CopyPlan plan = {
        .sources = {"a"}, .destination = "/n", .chown = chown};
    EXPECT_EQ(LayerOrError(ApplyCopy(plan, rootfs, sources, &store, &archives),
                           kNow, &store),
              want)
        << chown;
  }
}

TEST(ApplyCopy, SeesNoChangeInATimeThatTheEpochClamped) {
  DataStore store;
  ArchiveOpener archives(testing::TempDir() + "/layer", &store);
  CopySources sources;
  sources.tree = StoredTree("a = a mtime=2000\nb = b mtime=2000", &store);
  const StepRootfs rootfs = {
      .tree = ParseTreeSpec("a = a mtime=1000\nb = old mtime=1000").tree,
      .has_layers = true,
      .times = LayerTimes::Of(kNow)};
  const CopyPlan plan = {.sources = {"a", "b"}, .destination = "/"};
  EXPECT_EQ(LayerOrError(ApplyCopy(plan, rootfs, sources, &store, &archives),
                         kNow, &store),
            "b 0644 0:0 @1000 = b\n");
}

}  // namespace
}  // namespace rules_dockerfile
