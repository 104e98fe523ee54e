#include "lib/plan/remote_source.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct SourceCase {
  const char* name;
  const char* source;
  SourceKind kind;
};

class SourceKindTest : public testing::TestWithParam<SourceCase> {};

TEST_P(SourceKindTest, IsRecognised) {
  EXPECT_EQ(SourceKindOf(GetParam().source), GetParam().kind);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, SourceKindTest,
    testing::ValuesIn<SourceCase>({
        {"Path", "a/b", SourceKind::kPath},
        {"PathWithColon", "a/b:c@d", SourceKind::kPath},
        {"Http", "http://h/f", SourceKind::kUrl},
        {"HttpsGitInTheMiddle", "https://h/f.git/x", SourceKind::kUrl},
        {"HttpsGit", "https://h/f.git", SourceKind::kGit},
        {"HttpsGitFragment", "https://h/f.git#main:sub", SourceKind::kGit},
        {"HttpsGitQuery", "https://h/f.git?tag=v1", SourceKind::kGit},
        {"Git", "git://h/f", SourceKind::kGit},
        {"Ssh", "ssh://u@h/f", SourceKind::kGit},
        {"Scp", "git@github.com:x/y.git", SourceKind::kGit},
        {"NoScheme", "github.com/x/y", SourceKind::kPath},
        {"OtherScheme", "ftp://h/f", SourceKind::kPath},
    }),
    [](const auto& info) { return info.param.name; });

TEST(UrlFileName, IsTheLastElementOfThePath) {
  EXPECT_EQ(UrlFileName("https://h/a/b.tar?x=/y#z"), "b.tar");
  EXPECT_EQ(UrlFileName("https://h/a/"), "__unnamed__");
  EXPECT_EQ(UrlFileName("https://h"), "__unnamed__");
  EXPECT_EQ(UrlFileName("https://h?x=/y"), "__unnamed__");
  EXPECT_EQ(UrlFileName("https://h/a/.."), "__unnamed__");
}

}  // namespace
}  // namespace rules_dockerfile
