#include "lib/sandbox/supervisor/permissions.h"

#include <sys/stat.h>

#include <cstdint>
#include <ios>

#include "gtest/gtest.h"
#include "lib/sandbox/supervisor/credentials.h"

namespace rules_dockerfile {
namespace {

ProcessCredentials User(uint32_t uid, uint32_t gid) {
  ProcessCredentials user;
  user.SetGroups({50, 60});
  user.SetResgid(gid, gid, gid);
  user.SetResuid(uid, uid, uid);
  return user;
}

TEST(Permissions, AreThoseOfTheFirstClassThatFits) {
  const ProcessCredentials user = User(1000, 100);
  struct Row {
    FileAccess file;
    mode_t wanted;
    bool allowed;
  };
  const Row rows[] = {
      {{0644, 0, 0}, kToRead, true},
      {{0644, 0, 0}, kToWrite, false},
      {{0644, 1000, 0}, kToRead | kToWrite, true},
      {{0640, 0, 100}, kToRead, true},
      {{0640, 0, 60}, kToRead, true},
      {{0640, 0, 61}, kToRead, false},
      {{0660, 0, 50}, kToRead | kToWrite, true},
      // An owner or a group that has less than others.
      {{0077, 1000, 100}, kToRead, false},
      {{0707, 0, 100}, kToRead, false},
      {{0707, 0, 0}, kToRead | kToWrite | kToExecute, true},
      {{0711, 0, 0}, kToSearch, true},
      {{0711, 0, 0}, kToRead, false},
      {{0700, 0, 0}, kToSearch, false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Allows(row.file, user, row.wanted), row.allowed)
        << std::oct << row.file.mode << " " << std::dec << row.file.uid << ":"
        << row.file.gid << " for " << row.wanted;
  }
}

TEST(Permissions, AreEveryonesIfEachClassHasThem) {
  EXPECT_TRUE(AllowsAll(0755, kToSearch));
  EXPECT_TRUE(AllowsAll(0644, kToRead));
  EXPECT_FALSE(AllowsAll(0755, kToWrite));
  EXPECT_FALSE(AllowsAll(0707, kToRead));
  EXPECT_FALSE(AllowsAll(0711, kToRead | kToSearch));
}

TEST(Permissions, KeepFilesOfOthersInAStickyDirectory) {
  const ProcessCredentials user = User(1000, 100);
  EXPECT_TRUE(KeepsFile({01777, 0, 0}, {0666, 0, 0}, user));
  EXPECT_FALSE(KeepsFile({01777, 0, 0}, {0666, 1000, 0}, user));
  EXPECT_FALSE(KeepsFile({01777, 1000, 0}, {0666, 0, 0}, user));
  EXPECT_FALSE(KeepsFile({0777, 0, 0}, {0666, 0, 0}, user));
}

TEST(Permissions, LetLinkWhatTheUserOwnsOrMayReadAndWrite) {
  const ProcessCredentials user = User(1000, 100);
  EXPECT_TRUE(MayLink({S_IFREG | 0600, 1000, 0}, user));
  EXPECT_TRUE(MayLink({S_IFREG | 0666, 0, 0}, user));
  EXPECT_TRUE(MayLink({S_IFLNK | 0777, 1000, 0}, user));
  EXPECT_FALSE(MayLink({S_IFLNK | 0777, 0, 0}, user));
  EXPECT_FALSE(MayLink({S_IFREG | 0644, 0, 0}, user));
  EXPECT_FALSE(MayLink({S_IFREG | 04666, 0, 0}, user));
  EXPECT_FALSE(MayLink({S_IFREG | 02676, 0, 0}, user));
  EXPECT_TRUE(MayLink({S_IFREG | 02666, 0, 0}, user));
}

TEST(Permissions, AskForTheRealIds) {
  // As in a set-user-ID program of root's.
  ProcessCredentials program = User(1000, 100);
  program.Execute(S_ISUID | 0755, 0, 0);
  ASSERT_TRUE(program.file_effective);
  const ProcessCredentials asked = WithRealIds(program);
  EXPECT_EQ(asked.uid.filesystem, 1000);
  EXPECT_FALSE(asked.file_effective);

  // Root that took on another effective id.
  ProcessCredentials root;
  root.SetResuid(ProcessCredentials::kKeepId, 1000,
                 ProcessCredentials::kKeepId);
  ASSERT_FALSE(root.file_effective);
  EXPECT_EQ(WithRealIds(root).uid.filesystem, 0);
  EXPECT_TRUE(WithRealIds(root).file_effective);
}

}  // namespace
}  // namespace rules_dockerfile
