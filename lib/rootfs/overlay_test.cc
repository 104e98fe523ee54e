// Holds CaptureUpper() against the kernel: what it says that an overlay mount
// shows must be what one shows.

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>

#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/rootfs/capture.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/rootfs/rootfs_testing.h"
#include "lib/testing/tree_spec.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;

constexpr char kLower[] = R"(
    etc/passwd = root mtime=100
    etc/group = root mtime=100
    old/a = a mtime=100
    old/b/c = c mtime=100
    replaced/x = x mtime=100
    replaced/y = y mtime=100
    kept = k uid=33 mtime=100
    link -> kept
    both = h mtime=100
    names => both
    tree/file = f mtime=100
)";

bool WriteText(const std::string& path, const std::string& text) {
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done =
      write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return done;
}

// Becomes root of a user namespace with its own mounts. Returns why not.
std::string EnterNamespace() {
  const uid_t uid = geteuid();
  const gid_t gid = getegid();
  if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    return absl::StrCat("no user namespace: ", std::strerror(errno));
  }
  if (!WriteText("/proc/self/setgroups", "deny") ||
      !WriteText("/proc/self/uid_map", absl::StrCat("0 ", uid, " 1")) ||
      !WriteText("/proc/self/gid_map", absl::StrCat("0 ", gid, " 1"))) {
    return absl::StrCat("no user mapping: ", std::strerror(errno));
  }
  return "";
}

class OverlayTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { reason_ = new std::string(EnterNamespace()); }

  void SetUp() override {
    if (!reason_->empty()) GTEST_SKIP() << "skipped: " << *reason_;
    // The sandbox may itself stand on an overlay, which cannot hold an upper
    // directory.
    if (mount("tmpfs", top_.path().c_str(), "tmpfs", 0, nullptr) != 0) {
      GTEST_SKIP() << "skipped: no tmpfs: " << std::strerror(errno);
    }
    for (const char* name : {"/lower", "/upper", "/work", "/merged"}) {
      ASSERT_EQ(mkdir((top_.path() + name).c_str(), 0755), 0);
    }
    lower_ = LayerOf(ParseTreeSpec(kLower));
    const int fd = Open("/lower");
    const absl::StatusOr<SpecialOwners> owners =
        ExtractTree(lower_.tree, {lower_.tar}, OwnerStore::kRecorded, fd);
    close(fd);
    ASSERT_THAT(owners.status(), IsOk());
    const std::string options =
        absl::StrCat("userxattr,index=off,lowerdir=", top_.path(),
                     "/lower,upperdir=", top_.path(),
                     "/upper,workdir=", top_.path(), "/work");
    if (mount("overlay", Merged("").c_str(), "overlay", 0, options.c_str()) !=
        0) {
      GTEST_SKIP() << "skipped: no overlay: " << std::strerror(errno);
    }
  }

  std::string Merged(const std::string& path) const {
    return absl::StrCat(top_.path(), "/merged/", path);
  }

  int Open(const char* name) const {
    return open((top_.path() + name).c_str(), O_RDONLY | O_DIRECTORY);
  }

  void Shell(const std::string& script) {
    ASSERT_EQ(system(absl::StrCat("cd ", Merged(""), " && ", script).c_str()),
              0);
  }

  // The changeset of what was done to the mount, after comparing what
  // CaptureUpper() sees with what the mount shows.
  std::string Changes() {
    const int upper_fd = Open("/upper");
    const int merged_fd = Open("/merged");
    const CaptureOptions options = {.owners = OwnerStore::kRecorded,
                                    .source = 1};
    const absl::StatusOr<CapturedTree> upper =
        CaptureUpper(lower_.tree, upper_fd, options);
    const absl::StatusOr<CapturedTree> merged =
        CaptureDirectory(merged_fd, options);
    EXPECT_THAT(upper.status(), IsOk());
    EXPECT_THAT(merged.status(), IsOk());
    EXPECT_EQ(ComparableDump(upper->tree), ComparableDump(merged->tree));
    StringSink tar;
    const absl::StatusOr<LayerIndex> index = WriteChangeset(
        lower_.tree, upper->tree, upper->read_upper, {.epoch = 0}, &tar);
    EXPECT_THAT(index.status(), IsOk());
    close(upper_fd);
    close(merged_fd);
    std::string changes;
    for (const LayerEntry& entry : index->entries) {
      absl::StrAppend(&changes, changes.empty() ? "" : " ",
                      entry.type == LayerEntryType::kWhiteout ? "!" : "",
                      entry.path);
    }
    return changes;
  }

 private:
  static const std::string* reason_;
  TestDirectory top_;
  TestLayer lower_;
};

const std::string* OverlayTest::reason_ = nullptr;

struct OverlayCase {
  const char* name;
  const char* script;
  const char* changes;
};

class OverlayChangesTest : public OverlayTest,
                           public testing::WithParamInterface<OverlayCase> {};

TEST_P(OverlayChangesTest, AreThoseOfBuildKit) {
  Shell(GetParam().script);
  EXPECT_EQ(Changes(), GetParam().changes);
}

INSTANTIATE_TEST_SUITE_P(
    Overlay, OverlayChangesTest,
    testing::ValuesIn<OverlayCase>({
        {"Nothing", "true", ""},
        {"NewFile", "mkdir -p etc/new/dir && echo x > etc/new/dir/file",
         "etc etc/new etc/new/dir etc/new/dir/file"},
        {"Deletion", "rm -r old && rm etc/group link",
         "etc !etc/group !link !old"},
        {"ReplacedDirectory",
         "rm -r replaced && mkdir replaced && echo n > replaced/new",
         "replaced replaced/new !replaced/x !replaced/y"},
        {"ReplacedDirectoryInADirectory",
         "rm -r old/b && mkdir old/b && echo n > old/b/n",
         "old old/b !old/b/c old/b/n"},
        {"RecreatedDirectoryWithEqualContent",
         "cp -a replaced copy && rm -r replaced && mv copy replaced", ""},
        {"RecreatedFile", "rm kept && echo -n k > kept", "kept"},
        {"RecreatedEqualFile",
         "rm etc/group && echo -n root > etc/group && "
         "touch -d @100 etc/group",
         ""},
        {"ModeThereAndBack", "chmod 600 kept && chmod 644 kept", ""},
        {"Touch", "touch -d @7 old/a", "old old/a"},
        {"TouchNanoseconds", "touch -d @100.5 old/a", "old old/a"},
        {"TouchAsItWas", "touch -d @100 old/a", ""},
        {"TouchDirectory", "touch -d @7 etc", ""},
        {"DirectoryMode", "chmod 700 etc", "etc"},
        {"EqualSizeAndTime", "echo -n K > kept && touch -d @100 kept", "kept"},
        {"AppendedNothing", "true >> kept", ""},
        {"Append", "echo more >> kept", "kept"},
        {"CreatedAndDeleted",
         "echo x > tmp && rm tmp && mkdir etc/d && rmdir etc/d", ""},
        {"RenamedThereAndBack", "mv kept away && mv away kept", ""},
        {"Renamed", "mv kept away", "away !kept"},
        {"RenamedDirectory", "cp -a old new && rm -r old",
         "new new/a new/b new/b/c !old"},
        {"NewNameOfALowerFile", "ln kept second", "second"},
        {"NewNamesOfANewFile", "echo x > n && ln n m", "m n"},
        {"OneOfTwoNames", "echo more >> both", "both"},
        {"FileForDirectory", "rm -r tree && echo x > tree", "tree"},
        {"DirectoryForFile", "rm kept && mkdir kept", "kept"},
        {"SymlinkForDirectory", "rm -r old && ln -s etc old", "old"},
        {"SymlinkTarget", "ln -sfn etc link", "link"},
        {"Fifo", "mkfifo pipe", "pipe"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
