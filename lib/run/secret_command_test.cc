#include "lib/run/secret_command.h"

#include <sys/stat.h>

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

class SecretCommandTest : public testing::Test {
 protected:
  // A command with that script.
  std::string Command(const char* script) {
    const std::string path = absl::StrCat(testing::TempDir(), "/vault");
    EXPECT_TRUE(WriteFile(path, absl::StrCat("#!/bin/sh\n", script)).ok());
    chmod(path.c_str(), 0755);
    return path;
  }
};

TEST_F(SecretCommandTest, ReturnsAllThatItWrites) {
  EXPECT_THAT(AskSecretCommand(Command("echo \"$#:$1\"; echo chat >&2"), "a b"),
              IsOkAndHolds("1:a b\n"));
}

TEST_F(SecretCommandTest, SaysThatThereIsNoSuchSecret) {
  EXPECT_THAT(AskSecretCommand(Command("exit 3"), "key"),
              IsOkAndHolds(std::nullopt));
}

TEST_F(SecretCommandTest, IsNotAskedForOptions) {
  EXPECT_THAT(AskSecretCommand("/no/such", "--help"),
              IsOkAndHolds(std::nullopt));
  EXPECT_THAT(AskSecretCommand("/no/such", ""), IsOkAndHolds(std::nullopt));
}

TEST_F(SecretCommandTest, SaysWhyItFailsAndNotTheSecret) {
  const std::string path = Command("echo hush; echo locked >&2; exit 1");
  EXPECT_THAT(AskSecretCommand(path, "key"),
              StatusIs(absl::StatusCode::kAborted,
                       absl::StrCat("secret key: \"", path,
                                    " key\" failed with exit code 1:\n"
                                    "locked")));
}

TEST_F(SecretCommandTest, MayNotTakeTooLong) {
  const std::string path = Command("echo hush; sleep 600");
  EXPECT_THAT(AskSecretCommand(path, "key", absl::Milliseconds(100)),
              StatusIs(absl::StatusCode::kAborted,
                       absl::StrCat("secret key: \"", path,
                                    " key\" did not end within 100ms")));
}

TEST_F(SecretCommandTest, ReturnsNoMoreThanBuildKitTakes) {
  const std::string path = Command("head -c 512001 /dev/zero");
  EXPECT_THAT(AskSecretCommand(path, "key"),
              StatusIs(absl::StatusCode::kOutOfRange,
                       absl::StrCat("secret key: \"", path,
                                    " key\" printed more than 512000 bytes")));
}

TEST_F(SecretCommandTest, IsToldToBeMissing) {
  EXPECT_THAT(AskSecretCommand("/no/such", "key"),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot run \"/no/such\": No such file or directory"));
}

}  // namespace
}  // namespace rules_dockerfile
