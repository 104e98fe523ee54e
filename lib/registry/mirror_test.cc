#include "lib/registry/mirror.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(ParseNamedMirror, ReadsHostAndPrefix) {
  EXPECT_EQ(ParseNamedMirror("docker.io=https://m.x").value(),
            (std::pair<std::string, RegistryMirror>(
                "docker.io", {.url = "https://m.x", .host = "m.x"})));
  EXPECT_EQ(
      ParseNamedMirror("h.x:5000=http://localhost:5000/proxy/hub/").value(),
      (std::pair<std::string, RegistryMirror>(
          "h.x:5000", {.url = "http://localhost:5000/proxy/hub/",
                       .host = "localhost:5000",
                       .prefix = "proxy/hub",
                       .plain_http = true})));
  EXPECT_EQ(ParseNamedMirror("docker.io=https://m").value().second.host, "m");
}

TEST(ParseNamedMirror, SaysWhatItExpects) {
  for (const char* text : {"docker.io", "=https://m.x", "a/b=https://m.x",
                           "Do cker=https://m.x", "docker=https://m.x"}) {
    EXPECT_EQ(ParseNamedMirror(text).status(),
              absl::InvalidArgumentError(absl::StrCat(
                  "mirror \"", text, "\": expected REGISTRY=URL")));
  }
  for (const char* url :
       {"", "m.x", "ftp://m.x", "https://", "https://user:p@m.x",
        "https://m.x/UPPER", "https://m.x/a?b", "https://m.x//a"}) {
    EXPECT_EQ(
        ParseNamedMirror(absl::StrCat("docker.io=", url)).status(),
        absl::InvalidArgumentError(absl::StrCat(
            "mirror \"", url, "\": expected http[s]://HOST[:PORT][/PREFIX]")));
  }
}

}  // namespace
}  // namespace rules_dockerfile
