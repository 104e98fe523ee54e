#include "lib/reference/reference.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

constexpr char kDigest[] =
    "@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

struct ReferenceCase {
  const char* name;
  std::string text;
  std::string want;  // the full name, or the error
  std::string familiar;
};

class ReferenceTable : public testing::TestWithParam<ReferenceCase> {};

TEST_P(ReferenceTable, IsReadAsDockerReadsIt) {
  const absl::StatusOr<ImageReference> reference =
      ParseImageReference(GetParam().text);
  if (!reference.ok()) {
    EXPECT_EQ(reference.status().message(), GetParam().want);
    return;
  }
  EXPECT_EQ(ReferenceText(*reference), GetParam().want);
  EXPECT_EQ(FamiliarText(*reference), GetParam().familiar);
  EXPECT_EQ(*ParseImageReference(ReferenceText(*reference)), *reference);
  EXPECT_EQ(*ParseImageReference(FamiliarText(*reference)), *reference);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReferenceTable,
    testing::ValuesIn(std::vector<ReferenceCase>{
        {"Official", "debian", "docker.io/library/debian", "debian"},
        {"Tag", "debian:12", "docker.io/library/debian:12", "debian:12"},
        {"User", "a/b:c", "docker.io/a/b:c", "a/b:c"},
        {"BelowLibrary", "library/a/b", "docker.io/library/a/b", "library/a/b"},
        {"IndexHost", "index.docker.io/debian", "docker.io/library/debian",
         "debian"},
        {"Host", "ghcr.io/a/b", "ghcr.io/a/b", "ghcr.io/a/b"},
        {"Port", "localhost:5000/a", "localhost:5000/a", "localhost:5000/a"},
        {"PortAndTag", "h:1/a:t", "h:1/a:t", "h:1/a:t"},
        {"Localhost", "localhost/a", "localhost/a", "localhost/a"},
        {"Ipv6", "[::1]:5000/a:b", "[::1]:5000/a:b", "[::1]:5000/a:b"},
        {"Long", "registry.example.com:5000/organisation/application:1.22.0",
         "registry.example.com:5000/organisation/application:1.22.0",
         "registry.example.com:5000/organisation/application:1.22.0"},
        {"Digest", std::string("a:t") + kDigest,
         std::string("docker.io/library/a:t") + kDigest,
         std::string("a:t") + kDigest},
        {"Empty", "",
         "invalid reference \"\": expected registry/repository[:tag][@digest]",
         ""},
        {"UpperCase", "Debian",
         "invalid reference \"Debian\": repository name must be lower case",
         ""},
        {"BadTag", "a:-b", "invalid reference \"a:-b\": \"-b\" is not a tag",
         ""},
        {"EmptyTag", "a:", "invalid reference \"a:\": \"\" is not a tag", ""},
        {"BadDigest", "a@sha256:0",
         "invalid reference \"a@sha256:0\": digest \"sha256:0\": expected "
         "\"sha256:<64 lower-case hex digits>\"",
         ""},
        {"OtherDigest", "a@sha512:" + std::string(128, 'a'),
         "invalid reference \"a@sha512:" + std::string(128, 'a') +
             "\": digest \"sha512:" + std::string(128, 'a') +
             "\": expected \"sha256:<64 lower-case hex digits>\"",
         ""},
        {"ImageId", std::string(64, 'a'),
         "invalid reference \"" + std::string(64, 'a') +
             "\": 64 hexadecimal digits are an image ID",
         ""},
        {"TooLong", std::string(256, 'a'),
         "invalid reference \"" + std::string(256, 'a') +
             "\": the repository name is longer than 255 characters",
         ""},
        {"Scheme", "https://a/b",
         "invalid reference \"https://a/b\": \"https:\" is not a registry", ""},
        {"DoubleSlash", "h.x/a//b",
         "invalid reference \"h.x/a//b\": expected "
         "registry/repository[:tag][@digest]",
         ""},
    }),
    [](const testing::TestParamInfo<ReferenceCase>& info) {
      return std::string(info.param.name);
    });

TEST(Reference, GetsTheTagLatestIfItHasNone) {
  EXPECT_EQ(FamiliarText(WithDefaultTag(*ParseImageReference("a"))),
            "a:latest");
  EXPECT_EQ(FamiliarText(WithDefaultTag(*ParseImageReference("a:b"))), "a:b");
}

TEST(ParseNormalizedNamed, ReadsAndNormalises) {
  const std::string hex(64, 'a');
  for (const auto& [input, want] :
       std::vector<std::pair<std::string, std::string>>{
           {"debian", "docker.io/library/debian:latest"},
           {"me/app", "docker.io/me/app:latest"},
           {"docker.io/debian", "docker.io/library/debian:latest"},
           {"index.docker.io/debian", "docker.io/library/debian:latest"},
           {"localhost/a", "localhost/a:latest"},
           {"localhost:5000/a/b:c", "localhost:5000/a/b:c"},
           {"h.io/a__b--c.d_e", "h.io/a__b--c.d_e:latest"},
           {"registry.example.com:5000/organisation/department/"
            "application:1.22.0",
            "registry.example.com:5000/organisation/department/"
            "application:1.22.0"},
           {"Host/a", "Host/a:latest"},
           {"[::1]:5000/a", "[::1]:5000/a:latest"},
           {"a:b@sha256:" + hex, "docker.io/library/a:b@sha256:" + hex},
           {"Foo",
            "invalid reference format: repository name (library/Foo) must be "
            "lowercase"},
           {"a:", "invalid reference format"},
           {"", "invalid reference format"},
           {"a//b", "invalid reference format"},
           {"a@sha256:abc", "invalid reference format"},
           {"a@sha256:" + std::string(32, 'a'),
            "invalid checksum digest length"},
           {"a@sha256:" + std::string(63, 'a') + "g",
            "invalid reference format"},
           {"a@md5:" + std::string(32, 'a'), "unsupported digest algorithm"},
           {"a@sha256:" + std::string(64, 'A'),
            "invalid checksum digest format"},
           {hex, "invalid repository name (" + hex +
                     "), cannot specify 64-byte hexadecimal strings"},
           {std::string(250, 'a'),
            "repository name must not be more than 255 characters"}}) {
    const absl::StatusOr<ImageReference> reference =
        ParseNormalizedNamed(input);
    EXPECT_EQ(reference.ok() ? ReferenceText(WithDefaultTag(*reference))
                             : std::string(reference.status().message()),
              want)
        << input;
  }
}

TEST(CheckTag, TakesWhatDistributionTakes) {
  for (const std::string& tag :
       {std::string("v1"), std::string("_a.b-C"), std::string(128, 'a')}) {
    EXPECT_EQ(CheckTag(tag), absl::OkStatus()) << tag;
  }
  const auto refused = [](const std::string& quoted) {
    return absl::InvalidArgumentError(
        absl::StrCat("invalid tag \"", quoted,
                     "\": expected at most 128 letters, digits, \"_\", \".\" "
                     "and \"-\", not beginning with \".\" or \"-\""));
  };
  for (const char* tag :
       {"", "../x", ".a", "-a", "a/b", "a:b", "a b", "sha@1"}) {
    EXPECT_EQ(CheckTag(tag), refused(tag));
  }
  EXPECT_EQ(CheckTag(std::string(129, 'a')), refused(std::string(129, 'a')));
  EXPECT_EQ(CheckTag("v1\r\nA: b"), refused("v1\\r\\nA: b"));
  EXPECT_EQ(CheckTag("v1\n"), refused("v1\\n"));
}

}  // namespace
}  // namespace rules_dockerfile
