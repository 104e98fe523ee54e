#include "lib/registry/credentials.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/registry/credential_helper.h"

namespace rules_dockerfile {
namespace {

struct CredentialsCase {
  const char* name;
  std::string config;
  std::string registry;
  std::optional<Credentials> credentials;
  absl::Status error;
};

// Knows "h.x" as a user, Docker Hub by a token; answers nonsense for "bad".
absl::StatusOr<std::optional<std::string>> Helper(const std::string& helper,
                                                  const std::string& registry) {
  if (helper == "bad") return "nonsense";
  if (registry == "h.x") {
    return R"({"ServerURL":"h.x","Username":"u","Secret":"p"})";
  }
  if (registry == "https://index.docker.io/v1/") {
    return R"({"ServerURL":"x","Username":"<token>","Secret":"t"})";
  }
  return std::nullopt;
}

class CredentialsTable : public testing::TestWithParam<CredentialsCase> {};

TEST_P(CredentialsTable, ReturnsTheCredentials) {
  const absl::StatusOr<std::optional<Credentials>> credentials =
      FindCredentials(GetParam().config, GetParam().registry, Helper);
  EXPECT_EQ(credentials.status(), GetParam().error);
  if (credentials.ok()) {
    EXPECT_EQ(*credentials, GetParam().credentials);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Table, CredentialsTable,
    testing::ValuesIn(std::vector<CredentialsCase>{
        {"Auth", R"({"auths":{"h.x":{"auth":"dTpwOnc="}}})", "h.x",
         Credentials{.username = "u", .password = "p:w"}, absl::OkStatus()},
        {"AuthWithScheme", R"({"auths":{"https://h.x":{"auth":"dTpw"}}})",
         "h.x", Credentials{.username = "u", .password = "p"},
         absl::OkStatus()},
        {"DockerHub",
         R"({"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"}}})",
         "docker.io", Credentials{.username = "u", .password = "p"},
         absl::OkStatus()},
        {"IdentityToken",
         R"({"auths":{"h.x":{"auth":"dTo=","identitytoken":"t"}}})", "h.x",
         Credentials{.username = "u", .identity_token = "t"}, absl::OkStatus()},
        {"OtherHost", R"({"auths":{"h.x":{"auth":"dTpw"}}})", "x", std::nullopt,
         absl::OkStatus()},
        {"OtherPort", R"({"auths":{"h.x":{"auth":"dTpw"}}})", "h.x:5000",
         std::nullopt, absl::OkStatus()},
        {"EmptyAuth", R"({"auths":{"h.x":{}}})", "h.x", std::nullopt,
         absl::OkStatus()},
        {"Nothing", "{}", "h.x", std::nullopt, absl::OkStatus()},
        {"Helper", R"({"credHelpers":{"h.x":"a"},"credsStore":"bad"})", "h.x",
         Credentials{.username = "u", .password = "p"}, absl::OkStatus()},
        {"StoreWithToken", R"({"credsStore":"a","auths":{"docker.io":{}}})",
         "docker.io", Credentials{.identity_token = "t"}, absl::OkStatus()},
        {"StoreThenAuth",
         R"({"credsStore":"a","auths":{"i.x":{"auth":"dTpw"}}})", "i.x",
         Credentials{.username = "u", .password = "p"}, absl::OkStatus()},
        {"BadHelper", R"({"credsStore":"bad"})", "h.x", std::nullopt,
         absl::InvalidArgumentError("docker-credential-bad returned no JSON")},
        {"BadAuth", R"({"auths":{"h.x":{"auth":"secret"}}})", "h.x",
         std::nullopt,
         absl::InvalidArgumentError(
             "field \"auths.h.x\": \"auth\" is not base64 of "
             "user:password")},
    }),
    [](const testing::TestParamInfo<CredentialsCase>& info) {
      return std::string(info.param.name);
    });

class RunHelper : public testing::Test {
 protected:
  // Makes docker-credential-<name> the shell script.
  void Install(const std::string& name, const std::string& script) {
    const std::string path =
        absl::StrCat(testing::TempDir(), "/docker-credential-", name);
    ASSERT_TRUE(WriteFile(path, "#!/bin/sh\n" + script).ok());
    ASSERT_EQ(chmod(path.c_str(), 0755), 0);
    const std::string search =
        absl::StrCat(testing::TempDir(), ":", getenv("PATH"));
    ASSERT_EQ(setenv("PATH", search.c_str(), 1), 0);
  }
};

TEST_F(RunHelper, PassesItTheRegistryAndReadsItsOutput) {
  Install("echo", "read -r registry\necho \"$1 $registry\"\n");
  EXPECT_EQ(RunCredentialHelper("echo", "h.x").value(), "get h.x\n");
}

TEST_F(RunHelper, DistinguishesNoCredentialsFromFailure) {
  Install("none", "echo 'credentials not found in native keychain'; exit 1\n");
  EXPECT_EQ(RunCredentialHelper("none", "h.x").value(), std::nullopt);
  Install("fails", "echo secret; exit 1\n");
  EXPECT_EQ(RunCredentialHelper("fails", "h.x").status(),
            absl::UnavailableError("\"docker-credential-fails\" fails"));
  EXPECT_EQ(RunCredentialHelper("absent", "h.x").status(),
            absl::NotFoundError("cannot run \"docker-credential-absent\": No "
                                "such file or directory"));
  EXPECT_EQ(
      RunCredentialHelper("../x", "h.x").status(),
      absl::InvalidArgumentError("\"../x\" is not a credential helper's name"));
}

}  // namespace
}  // namespace rules_dockerfile
