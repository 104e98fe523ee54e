#include "lib/copy/archive_extractor.h"

#include <cstdint>
#include <numeric>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/copy/archive.h"
#include "lib/copy/copy_step.h"
#include "lib/copy/copy_step_testing.h"
#include "lib/copy/data_store.h"
#include "lib/copy/owner.h"
#include "lib/copy/target_tree.h"
#include "lib/layer/file_tree.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kNow = 1000;

struct Member {
  TarEntry entry;
  std::string data;
};

Member Directory(std::string path, uint32_t mode = 0755) {
  return {.entry = {.path = std::move(path),
                    .type = TarEntryType::kDirectory,
                    .mode = mode,
                    .uid = 7,
                    .gid = 8,
                    .mtime = 10}};
}

Member File(std::string path, std::string data, uint32_t mode = 0644) {
  return {.entry = {.path = std::move(path),
                    .mode = mode,
                    .uid = 7,
                    .gid = 8,
                    .size = static_cast<int64_t>(data.size()),
                    .mtime = 10},
          .data = data};
}

Member Link(TarEntryType type, std::string path, std::string target) {
  return {.entry = {.path = std::move(path),
                    .type = type,
                    .mode = 0600,
                    .uid = 9,
                    .gid = 9,
                    .mtime = 20,
                    .link_target = std::move(target)}};
}

Member Symlink(std::string path, std::string target) {
  return Link(TarEntryType::kSymlink, std::move(path), std::move(target));
}

Member HardLink(std::string path, std::string target) {
  return Link(TarEntryType::kHardLink, std::move(path), std::move(target));
}

std::string Archive(const std::vector<Member>& members) {
  StringSink sink;
  TarWriter writer(&sink);
  for (const Member& member : members) {
    EXPECT_EQ(writer.Add(member.entry, member.data), absl::OkStatus());
  }
  EXPECT_EQ(writer.Finish(), absl::OkStatus());
  return sink.contents();
}

struct ExtractCase {
  const char* name;
  std::vector<Member> members;
  const char* want;
  const char* rootfs = "";
  const char* destination = "/out";
  std::optional<Owner> owner = std::nullopt;
};

void PrintTo(const ExtractCase& row, std::ostream* out) { *out << row.name; }

class ExtractTest : public testing::TestWithParam<ExtractCase> {};

TEST_P(ExtractTest, CreatesTheLayer) {
  DataStore store;
  const FileTree lower = StoredTree(GetParam().rootfs, &store);
  const std::string archive = Archive(GetParam().members);
  const int source = store.AddText(archive);
  TargetTree target(lower, GetParam().owner, kNow);
  const absl::Status status = ExtractToTarget(
      {.bytes = archive, .source = source}, GetParam().destination, &target);
  const absl::StatusOr<StepTrees> trees =
      status.ok() ? absl::StatusOr<StepTrees>(
                        StepTrees{.lower = lower, .upper = target.tree()})
                  : absl::StatusOr<StepTrees>(status);
  EXPECT_EQ(LayerOrError(trees, kNow, &store), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    Add, ExtractTest,
    testing::ValuesIn<ExtractCase>({
        {"CreatesTheDestination",
         {File("f", "f")},
         "out/ 0755 0:0 @1000\nout/f 0644 7:8 @10 = f\n"},
        {"DestinationKeepsItsMetadata",
         {Directory("./"), File("./f", "f")},
         "out/ 0700 1:1 @0\nout/f 0644 7:8 @10 = f\n",
         "out/ mode=0700 uid=1 gid=1"},
        {"SlashIsTheDestination",
         {Directory("./", 0700), Directory("/", 0711), File("f", "f")},
         "out/ 0711 7:8 @10\nout/f 0644 7:8 @10 = f\n",
         "out/ mode=0700 uid=1 gid=1"},
        {"AboveTheDestinationIsTheDestination",
         {Directory("d/../..", 0711)},
         "out/ 0711 5:6 @10\n",
         "out/ mode=0700 uid=1 gid=1",
         "/out",
         Owner{5, 6}},
        {"DestinationIsNoFileOfTheArchive",
         {File("/", "f")},
         "\"/\" of the archive: the root must be a directory"},
        {"TimesThatAreNotCountedInNanosecondsAreTheEpoch",
         {{.entry = {.path = "a", .mtime = -5}},
          {.entry = {.path = "b", .mtime = 9223372037}},
          {.entry = {.path = "c", .mtime = 9223372036}},
          {.entry = {.path = "l",
                     .type = TarEntryType::kSymlink,
                     .mtime = -5,
                     .link_target = "a"}}},
         "out/ 0755 0:0 @1000\nout/a 0000 0:0 @0 = \nout/b 0000 0:0 @0 = \n"
         "out/c 0000 0:0 @1000 = \nout/l 0777 0:0 @-5 -> a\n"},
        {"DestinationIsAFile",
         {File("f", "f")},
         "mkdir /out: not a directory",
         "out = x"},
        {"DestinationThroughLink",
         {File("f", "f")},
         "real/ 0755 0:0 @0\nreal/f 0644 7:8 @10 = f\n",
         "real/\nout -> real"},
        {"NamesAreConfined",
         {File("/abs", "a"), File("../../etc/x", "b")},
         "out/ 0755 0:0 @1000\nout/abs 0644 7:8 @10 = a\n"
         "out/etc/ 0755 0:0 @1000\nout/etc/x 0644 7:8 @10 = b\n"},
        {"ImpliedParentsAreRoots",
         {File("d/e/f", "f")},
         "out/ 0755 5:6 @1000\nout/d/ 0755 0:0 @1000\n"
         "out/d/e/ 0755 0:0 @1000\nout/d/e/f 0644 5:6 @10 = f\n",
         "",
         "/out",
         Owner{5, 6}},
        {"OwnerForAllMembers",
         {Directory("d"), Symlink("l", "x")},
         "out/ 0755 5:6 @1000\nout/d/ 0755 5:6 @10\n"
         "out/l 0777 5:6 @20 -> x\n",
         "",
         "/out",
         Owner{5, 6}},
        {"DirectoriesMerge",
         {Directory("d", 01777)},
         "out/ 0755 0:0 @0\nout/d/ 1777 7:8 @10\n",
         "out/\nout/d/ mode=0700\nout/d/kept = k"},
        {"FileReplacesDirectory",
         {File("d", "f")},
         "out/ 0755 0:0 @0\nout/d 0644 7:8 @10 = f\n",
         "out/\nout/d/\nout/d/gone = g"},
        {"DirectoryReplacesLink",
         {Directory("d"), File("d/f", "f")},
         "out/ 0755 0:0 @0\nout/d/ 0755 7:8 @10\nout/d/f 0644 7:8 @10 = f\n",
         "real/\nout/\nout/d -> ../real"},
        {"LinkOfTheRootfsIsFollowedInTheDestination",
         {File("d/f", "f"), File("e/g", "g")},
         "out/ 0755 0:0 @0\nout/real/ 0755 0:0 @0\n"
         "out/real/f 0644 7:8 @10 = f\nout/real/g 0644 7:8 @10 = g\n",
         "real/\nout/\nout/real/\nout/d -> ../real\nout/e -> /real"},
        {"LinkOfTheRootfsOutsideLeadsNowhere",
         {File("d/e/f", "f")},
         "cannot extract \"/out/d/e/f\": the symlink \"/out/d\" leads to "
         "\"/out/real\", which does not exist",
         "real/\nout/\nout/d -> ../real"},
        {"DotDotEndsAtTheDestination",
         {File("d/f", "f")},
         "a/ 0755 0:0 @0\na/out/ 0755 0:0 @0\na/out/etc/ 0755 0:0 @0\n"
         "a/out/etc/f 0644 7:8 @10 = f\n",
         "a/\na/out/\na/out/etc/\na/out/d -> ../../../../etc",
         "/a/out"},
        {"MemberThroughItsOwnLinkToTheParent",
         {Symlink("symldir1", ".."), File("symldir1/f", "f"),
          Symlink("symldir2", "../.."), Directory("symldir2/d")},
         "testsubdir/ 0755 0:0 @1000\ntestsubdir/d/ 0755 7:8 @10\n"
         "testsubdir/f 0644 7:8 @10 = f\n"
         "testsubdir/symldir1 0777 9:9 @20 -> ..\n"
         "testsubdir/symldir2 0777 9:9 @20 -> ../..\n",
         "",
         "/testsubdir"},
        {"LastOfOneNameCounts",
         {File("f", "1"), File("f", "2", 0600)},
         "out/ 0755 0:0 @1000\nout/f 0600 7:8 @10 = 2\n"},
        {"SetUserBitStays",
         {File("f", "f", 04755)},
         "out/ 0755 0:0 @1000\nout/f 4755 7:8 @10 = f\n"},
        {"HardLinkSetsItsMetadata",
         {File("a", "a"), HardLink("b", "a")},
         "out/ 0755 0:0 @1000\nout/a 0600 9:9 @20 = a\n"
         "out/b 0600 9:9 @20 => out/a\n"},
        {"HardLinkToSymlinkLeavesItsTime",
         {Symlink("l", "a"),
          {.entry = {.path = "m",
                     .type = TarEntryType::kHardLink,
                     .mode = 0600,
                     .uid = 5,
                     .gid = 6,
                     .mtime = 30,
                     .link_target = "l"}}},
         "out/ 0755 0:0 @1000\nout/l 0777 5:6 @20 -> a\n"
         "out/m 0777 5:6 @20 => out/l\n"},
        {"HardLinkTakesCapabilitiesAway",
         {{.entry = {.path = "f",
                     .mode = 0755,
                     .xattrs = {{"security.capability", "\x0a\x0b"}}}},
          HardLink("g", "f")},
         "out/ 0755 0:0 @1000\nout/f 0600 9:9 @20 = \n"
         "out/g 0600 9:9 @20 => out/f\n"},
        {"HardLinkToReplacedName",
         {File("a", "a"), HardLink("b", "a"), File("a", "new"),
          HardLink("c", "b")},
         "out/ 0755 0:0 @1000\nout/a 0644 7:8 @10 = new\n"
         "out/b 0600 9:9 @20 = a\nout/c 0600 9:9 @20 => out/b\n"},
        {"HardLinkToMissing",
         {HardLink("b", "a")},
         "hardlink \"/out/b\" -> \"a\": no such file"},
        {"HardLinkOutside",
         {HardLink("b", "../etc/a")},
         "hardlink \"/out/b\" -> \"../etc/a\": no such file",
         "etc/\netc/a = a"},
        {"HardLinkAboveTheDestinationIsInside",
         {File("etc/a", "a"), Symlink("l", ".."), HardLink("b", "../etc/a"),
          HardLink("c", "l/etc/a")},
         "out/ 0755 0:0 @1000\nout/b 0600 9:9 @20 = a\n"
         "out/c 0600 9:9 @20 => out/b\nout/etc/ 0755 0:0 @1000\n"
         "out/etc/a 0600 9:9 @20 => out/b\nout/l 0777 9:9 @20 -> ..\n"},
        {"HardLinkToLowerLayer",
         {HardLink("b", "a")},
         "out/ 0755 0:0 @0\nout/a 0600 9:9 @20 = a\n"
         "out/b 0600 9:9 @20 => out/a\n",
         "out/\nout/a = a"},
        {"HardLinkToLowerLayerLeavesItsOtherNames",
         {HardLink("c", "a"), HardLink("d", "c")},
         "out/ 0755 0:0 @0\nout/a 0600 9:9 @20 = a\n"
         "out/c 0600 9:9 @20 => out/a\nout/d 0600 9:9 @20 => out/a\n",
         "out/\nout/a = a\nout/b => out/a"},
        {"HardLinkToUnchangedFileOfALowerLayer",
         {HardLink("b", "a")},
         "out/ 0755 0:0 @0\nout/b 0600 9:9 @20 = a\n",
         "out/\nout/a = a mode=0600 uid=9 gid=9 mtime=20"},
        {"CapabilitiesStay",
         {{.entry = {.path = "f",
                     .mode = 0755,
                     .xattrs = {{"security.capability", "\x0a\x0b"}}}}},
         "out/ 0755 0:0 @1000\nout/f 0755 0:0 @0 cap=0a0b = \n"},
        {"AbsoluteSymlinkIsInside",
         {Symlink("l", "/etc")},
         "out/ 0755 0:0 @1000\nout/l 0777 9:9 @20 -> /etc\n"},
        {"SymlinkOutside",
         {Symlink("d/l", "../../etc")},
         "out/ 0755 0:0 @1000\nout/d/ 0755 0:0 @1000\n"
         "out/d/l 0777 9:9 @20 -> ../../etc\n"},
        {"SymlinkInRootIsNeverOutside",
         {Symlink("l", "../../etc")},
         "l 0777 9:9 @20 -> ../../etc\n",
         "",
         "/"},
        {"WhiteoutDeletes",
         {File(".wh.gone", ""), File("d/.wh.x", "")},
         "out/ 0755 0:0 @0\nout/d/ 0755 0:0 @0\n!out/d/x\n!out/gone\n",
         "out/\nout/gone/\nout/gone/f = f\nout/d/\nout/d/x = x"},
        {"OpaqueWhiteoutDeletesWhatWasThere",
         {Directory("d"), File("d/.wh..wh..opq", ""), File("d/new", "n")},
         "out/ 0755 0:0 @0\nout/d/ 0755 7:8 @10\nout/d/new 0644 7:8 @10 = n\n"
         "!out/d/x\n",
         "out/\nout/d/\nout/d/x = x"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ExtractToTarget, RefusesPathsThatNoKernelTakes) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "d/";
  const std::string archive = Archive({File(deep + "f", "f")});
  TargetTree target(FileTree(), std::nullopt, kNow);
  EXPECT_THAT(
      ExtractToTarget({.bytes = archive, .source = 0}, "/", &target).message(),
      testing::EndsWith("d/d/…\": file name too long"));
}

TEST(ExtractToTarget, NeedsTheLayerThatAHardLinkNames) {
  const std::string archive = Archive({HardLink("b", "a")});
  TargetTree target(ParseTreeSpec("out/\nout/a = a").tree, std::nullopt, kNow);
  EXPECT_EQ(ExtractToTarget({.bytes = archive, .source = 0}, "/out", &target)
                .message(),
            "hardlink \"/out/b\" -> \"a\": it is in a lower layer, which this "
            "ADD does not read\nhint: ADD reads the layers below if the "
            "archive has the name of one, such as NAME.tar.gz");
}

TEST(ExtractToTarget, LeavesOutWhatHasNoName) {
  std::string archive = Archive({File("x", "no name"), File("f", "f")});
  // The checksum: 8 bytes at 148, which count as blanks.
  archive[0] = '\0';
  archive.replace(148, 8, 8, ' ');
  const int sum = std::accumulate(archive.begin(), archive.begin() + 512, 0);
  archive.replace(148, 7, absl::StrFormat("%06o", sum) + '\0');
  TargetTree target(FileTree(), std::nullopt, kNow);
  ASSERT_EQ(
      ExtractToTarget({.bytes = archive, .source = 0}, "/", &target).message(),
      "");
  EXPECT_THAT(target.tree().Children(""), testing::ElementsAre("f"));
}

TEST(ExtractToTarget, SaysWhereATruncatedArchiveEnds) {
  const std::string archive = Archive({File("f", std::string(600, 'x'))});
  DataStore store;
  TargetTree target(FileTree(), std::nullopt, kNow);
  EXPECT_EQ(ExtractToTarget({.bytes = absl::string_view(archive).substr(0, 700),
                             .source = 0},
                            "/", &target)
                .message(),
            "tar member \"f\" at byte 0: unexpected end of archive");
}

}  // namespace
}  // namespace rules_dockerfile
