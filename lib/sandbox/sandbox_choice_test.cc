#include "lib/sandbox/sandbox_choice.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr SandboxFacts kRoot = {
    .root = true, .sys_admin = true, .ids = 65536, .own_ids = 65536};
constexpr SandboxFacts kUser = {.ids = 4294967295, .own_ids = 65537};
constexpr SandboxFacts kPlainUser = {.ids = 4294967295};
constexpr SandboxFacts kNested = {.root = true, .sys_admin = true, .ids = 1};

bool Works(SandboxMode) { return true; }

std::string Choice(const SandboxFacts& facts, const SandboxNeeds& needs = {}) {
  const SandboxChoice choice = ChooseSandbox(facts, needs, Works);
  return absl::StrCat(SandboxModeName(choice.mode), ": ", choice.why);
}

TEST(SandboxChoiceTest, RootHasRealIds) {
  EXPECT_EQ(Choice(kRoot), "real: root with all ids mapped");
}

TEST(SandboxChoiceTest, RootWithoutSysAdminHasMappedIds) {
  SandboxFacts facts = kRoot;
  facts.sys_admin = false;
  EXPECT_EQ(Choice(facts), "mapped: 65536 ids of root");
}

TEST(SandboxChoiceTest, AUserWithDelegatedIdsHasMappedIds) {
  EXPECT_EQ(Choice(kUser), "mapped: 65537 ids by newuidmap");
}

TEST(SandboxChoiceTest, OthersHaveEmulatedIds) {
  EXPECT_EQ(Choice(kNested), "emulated: one id mapped");
  EXPECT_EQ(Choice(kPlainUser),
            "emulated: not root, and fewer than 65535 ids in /etc/subuid and "
            "/etc/subgid");
  SandboxFacts few = kUser;
  few.own_ids = 1001;
  EXPECT_EQ(Choice(few),
            "emulated: not root, and fewer than 65535 ids in /etc/subuid and "
            "/etc/subgid");
}

TEST(SandboxChoiceTest, AnOwnerThatIsNotMappedIsEmulated) {
  EXPECT_EQ(Choice(kRoot, {.largest_id = 65535}),
            "real: root with all ids mapped");
  EXPECT_EQ(Choice(kRoot, {.largest_id = 65536}),
            "emulated: a file's owner is 65536, of 65536 ids");
  EXPECT_EQ(Choice(kUser, {.largest_id = 3000000}),
            "emulated: a file's owner is 3000000, of 65537 ids");
}

TEST(SandboxChoiceTest, AnEmulatorRequiresAUserNamespace) {
  EXPECT_EQ(Choice(kRoot, {.emulator = true}),
            "emulated: programs of a foreign architecture");
}

TEST(SandboxChoiceTest, KeptFilesAreNotMapped) {
  EXPECT_EQ(Choice(kUser, {.keeps_files = true}), "emulated: files are kept");
  EXPECT_EQ(Choice(kRoot, {.keeps_files = true}),
            "real: root with all ids mapped");
}

TEST(SandboxChoiceTest, RootDoesWithoutNamespacesIfAllowed) {
  const auto choose = [](const SandboxFacts& facts, bool allowed) {
    return SandboxModeName(
        ChooseSandbox(facts, {.weak_isolation = allowed}, [](SandboxMode) {
          return false;
        }).mode);
  };
  EXPECT_STREQ(choose(kRoot, true), "chroot");
  EXPECT_STREQ(choose(kRoot, false), "emulated");
  EXPECT_STREQ(choose(kUser, true), "emulated");
  EXPECT_EQ(Choice(kRoot, {.weak_isolation = true}),
            "real: root with all ids mapped");
}

TEST(SandboxChoiceTest, TakesTheNextWhereOneDoesNotWork) {
  const auto choose = [](const SandboxFacts& facts, SandboxMode broken) {
    return ChooseSandbox(facts, {},
                         [broken](SandboxMode mode) { return mode != broken; })
        .mode;
  };
  EXPECT_EQ(choose(kRoot, SandboxMode::kReal), SandboxMode::kMapped);
  EXPECT_EQ(choose(kUser, SandboxMode::kMapped), SandboxMode::kEmulated);
}

}  // namespace
}  // namespace rules_dockerfile
