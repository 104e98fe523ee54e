#include "lib/layer/changeset.h"

#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using Type = LayerEntryType;

struct Changeset {
  LayerIndex index;
  std::string tar;
};

absl::StatusOr<Changeset> Diff(const FileTree& lower, const TestTree& upper,
                               int64_t epoch = 1 << 30) {
  StringSink sink;
  ABSL_ASSIGN_OR_RETURN(LayerIndex index,
                        WriteChangeset(lower, upper.tree, upper.reader(),
                                       {.epoch = epoch}, &sink));
  // The index is that of the tar, and what no tar has.
  LayerIndex of_tar = index;
  of_tar.snapshot.clear();
  EXPECT_THAT(IndexLayer(sink.contents()), IsOkAndHolds(of_tar));
  // So is that of a tree which shares what has not changed.
  StringSink of_copy;
  EXPECT_THAT(WriteChangeset(lower, ChangedCopy(lower, upper.tree),
                             upper.reader(), {.epoch = epoch}, &of_copy),
              IsOkAndHolds(index));
  EXPECT_TRUE(of_copy.contents() == sink.contents());
  return Changeset{std::move(index), sink.contents()};
}

// What a changeset holds, in order: `dir/`, `file=data`, `link->target`,
// `name=>first`, `!deleted`, devices and FIFOs by name.
std::string Describe(const Changeset& changeset) {
  std::vector<std::string> parts;
  for (const LayerEntry& entry : changeset.index.entries) {
    switch (entry.type) {
      case Type::kDirectory:
        parts.push_back(entry.path + "/");
        break;
      case Type::kFile:
        parts.push_back(absl::StrCat(
            entry.path, "=", changeset.tar.substr(entry.offset, entry.size)));
        break;
      case Type::kSymlink:
        parts.push_back(absl::StrCat(entry.path, "->", entry.link_target));
        break;
      case Type::kHardLink:
        parts.push_back(absl::StrCat(entry.path, "=>", entry.link_target));
        break;
      case Type::kWhiteout:
        parts.push_back("!" + entry.path);
        break;
      default:
        parts.push_back(entry.path);
    }
  }
  return absl::StrJoin(parts, " ");
}

struct DiffCase {
  const char* name;
  const char* lower;
  const char* upper;
  const char* changeset;
};

class WriteChangesetTest : public testing::TestWithParam<DiffCase> {};

TEST_P(WriteChangesetTest, Writes) {
  const absl::StatusOr<Changeset> changeset = Diff(
      ParseTreeSpec(GetParam().lower).tree, ParseTreeSpec(GetParam().upper));
  ASSERT_THAT(changeset.status(), IsOk());
  EXPECT_EQ(Describe(*changeset), GetParam().changeset);
}

INSTANTIATE_TEST_SUITE_P(
    Changeset, WriteChangesetTest,
    testing::ValuesIn<DiffCase>({
        {"NothingOfEqualTrees", "a/b = x\nc -> d", "a/b = x\nc -> d", ""},
        {"AddedFileWithItsParents", "a/", "a/b/c = x", "a/ a/b/ a/b/c=x"},
        {"ParentOnce", "a/", "a/b = x\na/c = y", "a/ a/b=x a/c=y"},
        {"SortedByComponents", "", "a.b = x\na/b = y", "a/ a/b=y a.b=x"},
        {"DeletedFile", "a/b = x\na/c = y", "a/c = y", "a/ !a/b"},
        {"DeletedDirectoryIsOneWhiteout", "a/b/c = x\nd = y", "d = y", "!a"},
        {"DeletedAmongWritten", "b = x", "a = x\nc = x", "a=x !b c=x"},
        {"FileForADirectory", "a/b = x", "a = y", "a=y"},
        {"SymlinkForADirectory", "a/b = x", "a -> b", "a->b"},
        {"DirectoryForAFile", "a = x", "a/b = y", "a/ a/b=y"},
        {"ReplacedDirectoryHasNoOpaqueMarker", "d/sub/x = 1\nd/old = 2",
         "d/new = 3 mtime=5", "d/ d/new=3 !d/old !d/sub"},
        {"DirectoryTimeIsNotAChange", "a/ mtime=1", "a/ mtime=2", ""},
        {"DirectoryModeIsAChange", "a/ mode=0755", "a/ mode=0700", "a/"},
        {"DirectoryOwnerIsAChange", "a/ uid=0", "a/ uid=7", "a/"},
        {"RootIsNeverWritten", "/ mode=0755", "/ mode=0700", ""},
        {"FileTime", "a = x mtime=1", "a = x mtime=2", "a=x"},
        {"FileTimeNanos", "a = x mtime=1.1", "a = x mtime=1.2", "a=x"},
        {"FileMode", "a = x mode=0644", "a = x mode=0755", "a=x"},
        {"FileGroup", "a = x gid=1", "a = x gid=2", "a=x"},
        {"FileDataOfEqualSizeAndTime", "a = x", "a = y", "a=y"},
        {"Capability", "a = x", "a = x cap=01", "a=x"},
        {"SymlinkTarget", "a -> b", "a -> c", "a->c"},
        {"SymlinkModeIsNone", "a -> b mode=0777", "a -> b mode=0755", ""},
        {"DeviceNumber", "a c 1:3", "a c 1:5", "a"},
        {"DeviceType", "a c 1:3", "a b 1:3", "a"},
        {"HardLinks", "", "a = x\nb => a\nc => a", "a=x b=>a c=>a"},
        {"HardLinkToUnchangedFileIsACopy", "a = x", "a = x\nb => a", "b=x"},
        {"HardLinksToUnchangedFile", "a = x", "a = x\nb => a\nc => a",
         "b=x c=>b"},
        {"HardLinkedSymlinks", "", "a -> x\nb => a", "a->x b=>a"},
        {"SpecialFiles", "", "p |\nc c 1:3", "c p"},
    }),
    [](const auto& info) { return info.param.name; });

// docs/layer_format.md, "Worked example".
TEST(WriteChangeset, WritesTheWorkedExample) {
  const TestTree lower = ParseTreeSpec("etc/old/x = x");
  const TestTree upper = ParseTreeSpec(R"(
      bin/busybox = app mode=0755
      bin/sh => bin/busybox
      etc/hostname = box
  )");
  const absl::StatusOr<Changeset> changeset = Diff(lower.tree, upper);
  ASSERT_THAT(changeset.status(), IsOk());
  std::string members;
  TarReader reader(changeset->tar);
  while (true) {
    const absl::StatusOr<std::optional<TarMember>> member = reader.Next();
    ASSERT_THAT(member.status(), IsOk());
    if (!member->has_value()) break;
    const TarEntry& entry = (*member)->entry;
    absl::StrAppendFormat(&members, "%d %s %s %04o %d %s\n",
                          (*member)->offset - 512, entry.path,
                          TarEntryTypeName(entry.type), entry.mode, entry.size,
                          entry.link_target);
  }
  EXPECT_EQ(members,
            "0 bin directory 0755 0 \n"
            "512 bin/busybox file 0755 3 \n"
            "1536 bin/sh hardlink 0755 0 bin/busybox\n"
            "2048 etc directory 0755 0 \n"
            "2560 etc/hostname file 0644 3 \n"
            "3584 etc/.wh.old file 0000 0 \n");
  EXPECT_EQ(changeset->tar.size(), 5120);
}

TEST(WriteChangeset, ClampsTimesAndDropsNanoseconds) {
  const absl::StatusOr<Changeset> changeset = Diff(
      FileTree(),
      ParseTreeSpec("a = x mtime=5.5\nb = x mtime=99\nc = x mtime=-3"), 10);
  ASSERT_THAT(changeset.status(), IsOk());
  std::vector<int64_t> mtimes;
  for (const LayerEntry& entry : changeset->index.entries) {
    mtimes.push_back(entry.mtime);
    EXPECT_EQ(entry.mtime_nanos, 0);
  }
  EXPECT_THAT(mtimes, testing::ElementsAre(5, 10, -3));
}

TEST(WriteChangeset, StoresNoXattrButTheCapability) {
  TestTree upper = ParseTreeSpec("a = x cap=0102");
  FileNode node = *upper.tree.Find("a");
  node.xattrs["user.x"] = "y";
  ASSERT_THAT(upper.tree.Put("a", node), IsOk());
  const absl::StatusOr<Changeset> changeset = Diff(FileTree(), upper);
  ASSERT_THAT(changeset.status(), IsOk());
  EXPECT_THAT(
      changeset->index.entries[0].xattrs,
      testing::ElementsAre(testing::Pair("security.capability", "\x01\x02")));
}

TEST(WriteChangeset, ReportsTheDatabasesItWrites) {
  const absl::StatusOr<Changeset> changeset =
      Diff(FileTree(), ParseTreeSpec("etc/passwd = p\nb = g\netc/group => b"));
  ASSERT_THAT(changeset.status(), IsOk());
  EXPECT_EQ(changeset->index.passwd, "p");
  EXPECT_EQ(changeset->index.group, "g");
}

TEST(WriteChangeset, ReportsTheDatabasesThatSymlinksLeadTo) {
  const absl::StatusOr<Changeset> changeset = Diff(
      FileTree(), ParseTreeSpec("etc/passwd -> ../run/users\nrun/users = u\n"
                                "etc/group -> /run/users"));
  ASSERT_THAT(changeset.status(), IsOk());
  EXPECT_EQ(changeset->index.passwd, "u");
  EXPECT_EQ(changeset->index.group, "u");
}

TEST(WriteChangeset, ReportsTheDatabaseThatASymlinkBelowLeadsTo) {
  const TestTree lower = ParseTreeSpec("etc/passwd -> ../run/users");
  const TestTree upper =
      ParseTreeSpec("etc/passwd -> ../run/users\nrun/users = u");
  StringSink sink;
  const absl::StatusOr<LayerIndex> index =
      WriteChangeset(lower.tree, upper.tree, upper.reader(), {}, &sink);
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_EQ(index->passwd, "u");
}

TEST(WriteChangeset, RefusesNamesThatMarkDeletions) {
  EXPECT_THAT(
      Diff(FileTree(), ParseTreeSpec("a/.wh.b = x")),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "file name \"a/.wh.b\" cannot be stored in a layer: the prefix "
               "\".wh.\" marks deletions"));
}

TEST(WriteChangeset, FailsWhenDataIsShort) {
  const TestTree upper = ParseTreeSpec("a = x");
  StringSink sink;
  EXPECT_THAT(WriteChangeset(
                  FileTree(), upper.tree,
                  [](const FileNode&, ByteSink*) { return absl::OkStatus(); },
                  {}, &sink),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "the last tar entry lacks 1 bytes"));
}

TEST(ReadFromLayers, StaysInsideTheTar) {
  const std::string tar = "0123456789";
  const FileDataReader read = ReadFromLayers({tar});
  StringSink sink;
  EXPECT_THAT(read({.size = 3, .source = 0, .offset = 2}, &sink), IsOk());
  EXPECT_EQ(sink.contents(), "234");
  EXPECT_THAT(read({.size = 3, .source = 0, .offset = 8}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the layer tar ends before byte 8 + 3, where its index "
                       "has a file"));
  EXPECT_THAT(read({.size = 1, .source = 0, .offset = INT64_MAX}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
}

// A tree of up to `size` nodes with few names, so that two of them meet.
TestTree RandomTree(std::mt19937& random, int size) {
  const auto below = [&](int n) { return static_cast<int>(random() % n); };
  TestTree test;
  const auto random_path = [&] {
    std::string path;
    for (int depth = below(4); depth >= 0; --depth) {
      absl::StrAppend(&path, path.empty() ? "" : "/",
                      std::string(1, static_cast<char>('a' + below(4))));
    }
    return path;
  };
  std::vector<std::string> files;
  for (int i = 0; i < size; ++i) {
    const std::string path = random_path();
    FileNode node = {.mode = below(2) == 0 ? 0755u : 0700u,
                     .uid = below(2),
                     .mtime = below(3)};
    node.type = std::vector<Type>{
        Type::kDirectory, Type::kDirectory, Type::kFile,      Type::kFile,
        Type::kSymlink,   Type::kFifo,      Type::kCharDevice}[below(7)];
    if (node.type == Type::kFile) {
      const std::string data = absl::StrCat(below(3));
      node = ParseTreeSpec("f = " + data).tree.Find("f")[0];
      node.uid = below(2);
      test.data[node.digest] = data;
      if (below(4) == 0) node.xattrs["security.capability"] = "c";
      if (!files.empty() && below(3) == 0) {
        const std::string target = files[below(static_cast<int>(files.size()))];
        const FileNode* found = test.tree.Find(target);
        if (found != nullptr && found->type == Type::kFile) {
          node = *found;
          if (node.inode < 0) node.inode = test.tree.NewInode();
          EXPECT_THAT(test.tree.Put(target, node), IsOk());
        }
      }
      files.push_back(path);
    } else if (node.type == Type::kSymlink) {
      node.mode = 0777;
      node.link_target = random_path();
    } else if (node.type == Type::kCharDevice) {
      node.device_minor = below(2);
    }
    (void)test.tree.Put(path, node);  // refused where the parent is missing
  }
  return test;
}

// The tree as a layer can describe it: no hard link groups, sources, offsets.
// Directory times are left out: they alone do not cause an entry.
std::string Normalised(const FileTree& tree) {
  FileTree plain;
  for (auto [path, node] : tree.nodes()) {
    node.inode = -1;
    if (node.type == Type::kDirectory) node.mtime = 0;
    EXPECT_THAT(plain.Put(path, node), IsOk());
  }
  return DumpFileTree(plain);
}

TEST(WriteChangeset, AppliedToLowerResultsInUpper) {
  std::mt19937 random(1);
  for (int round = 0; round < 2000; ++round) {
    const TestTree lower = RandomTree(random, 12);
    const TestTree upper = RandomTree(random, 12);
    const absl::StatusOr<Changeset> changeset = Diff(lower.tree, upper);
    ASSERT_THAT(changeset.status(), IsOk());
    FileTree applied = lower.tree;
    ASSERT_THAT(applied.AddLayer(changeset->index, 0), IsOk());
    ASSERT_EQ(Normalised(applied), Normalised(upper.tree))
        << "lower:\n"
        << DumpFileTree(lower.tree) << "layer: " << Describe(*changeset);
  }
}

}  // namespace
}  // namespace rules_dockerfile
