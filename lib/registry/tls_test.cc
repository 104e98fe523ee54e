#include "lib/registry/tls.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {
namespace {

TEST(FindRegistryTls, RequiresPairs) {
  const std::string directory =
      absl::StrCat(testing::TempDir(), "/", getpid(), ".certs.d");
  const std::string host = directory + "/h.x:5000";
  std::filesystem::create_directories(host);
  EXPECT_EQ(FindRegistryTls("h.x:5000", {directory}).value(), TlsFiles());
  for (const char* name :
       {"/b.crt", "/a.crt", "/c.cert", "/c.key", "/README"}) {
    std::ofstream(host + name) << "x";
  }
  EXPECT_EQ(FindRegistryTls("h.x:5000", {directory}).value(),
            (TlsFiles{.extra_cas = {host + "/a.crt", host + "/b.crt"},
                      .certificate = host + "/c.cert",
                      .key = host + "/c.key"}));
  EXPECT_EQ(FindRegistryTls("h.x", {directory}).value(), TlsFiles());
  std::filesystem::remove(host + "/c.key");
  EXPECT_EQ(
      FindRegistryTls("h.x:5000", {directory}).status(),
      absl::FailedPreconditionError(absl::StrCat(
          "\"", host, "/c.cert\" has no key: expected \"", host, "/c.key\"")));
  std::filesystem::rename(host + "/c.cert", host + "/c.key");
  EXPECT_EQ(FindRegistryTls("h.x:5000", {directory}).status(),
            absl::FailedPreconditionError(absl::StrCat(
                "\"", host, "/c.key\" has no certificate: expected \"", host,
                "/c.cert\"")));
}

}  // namespace
}  // namespace rules_dockerfile
