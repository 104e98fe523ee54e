// Tables of the small values inside instructions.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/byte_size.h"
#include "lib/dockerfile/values/duration.h"
#include "lib/dockerfile/values/git_ref.h"

namespace rules_dockerfile {
namespace {

// A value's text, or its error's.
struct TextCase {
  std::string input;
  std::string want;
};

void ExpectAll(const std::vector<TextCase>& cases,
               std::string (*text_of)(const std::string&)) {
  for (const TextCase& c : cases) {
    EXPECT_EQ(text_of(c.input), c.want) << c.input;
  }
}

TEST(ParseGoDuration, ReadsGoSyntax) {
  ExpectAll({{"0", "0"},
             {"1h30m", "5400000000000"},
             {"1.5s", "1500000000"},
             {"-2ms", "-2000000"},
             {"+.5us", "500"},
             {"1\xc2\xb5s2\xce\xbcs", "3000"},
             {"9223372036854775807ns", "9223372036854775807"},
             {"9223372036854775808ns",
              "time: invalid duration \"9223372036854775808ns\""},
             {"", "time: invalid duration \"\""},
             {"5", "time: missing unit in duration \"5\""},
             {"5x", "time: unknown unit \"x\" in duration \"5x\""},
             {"00000000000000000000000000005ms", "5000000"},
             {"5aunitwithaverylongnameindeed",
              "time: unknown unit \"aunitwithaverylongnameindeed\" in duration "
              "\"5aunitwithaverylongnameindeed\""},
             {".s", "time: invalid duration \".s\""}},
            [](const std::string& input) {
              const absl::StatusOr<int64_t> duration = ParseGoDuration(input);
              return duration.ok() ? absl::StrCat(*duration)
                                   : std::string(duration.status().message());
            });
}

TEST(ParseByteSize, ReadsBinaryUnits) {
  ExpectAll({{"64", "64"},
             {"1k", "1024"},
             {"1.5K", "1536"},
             {"2 MiB", "2097152"},
             {"1kk", "invalid size: \"1kk\""},
             {"1ki", "invalid size: \"1ki\""},
             {"-1", "invalid size: \"-1\""},
             {"9999999999p", "invalid size: \"9999999999p\""}},
            [](const std::string& input) {
              const absl::StatusOr<int64_t> size = ParseByteSize(input);
              return size.ok() ? absl::StrCat(*size)
                               : std::string(size.status().message());
            });
}

TEST(KindOfSource, LooksAtTheText) {
  for (absl::string_view git :
       {"https://github.com/a/b.git", "git://h/a", "ssh://git@h/a",
        "git@github.com:a/b.git", "http://h/x.git#main:dir",
        "https://h/x.git?branch=a", "me@host:x"}) {
    EXPECT_EQ(KindOfSource(git), SourceKind::kGit) << git;
  }
  for (absl::string_view url :
       {"https://h/x.tar", "http://h", "https://h/x.git/y"}) {
    EXPECT_EQ(KindOfSource(url), SourceKind::kUrl) << url;
  }
  for (absl::string_view path :
       {"a", "github.com/a/b", "./x.git", "ftp://h/x", "a@b", "a/b:c@d"}) {
    EXPECT_EQ(KindOfSource(path), SourceKind::kPath) << path;
  }
}

TEST(UrlFileName, IsTheLastElementOfThePath) {
  EXPECT_EQ(UrlFileName("https://h/a/b.tar?x=/y#/z"), "b.tar");
  EXPECT_EQ(UrlFileName("https://h/a/b//"), "b");
  EXPECT_EQ(UrlFileName("https://h/a%20b+c"), "a b+c");
  EXPECT_EQ(UrlFileName("https://h/a%2fb"), "b");
  EXPECT_EQ(UrlFileName("https://go.dev/dl/go1.22.0.linux-amd64.tar.gz"),
            "go1.22.0.linux-amd64.tar.gz");
  for (absl::string_view url : {"https://h/", "https://h", "https://h?x=/y",
                                "https://h/a/..", "https://h/%zz"}) {
    EXPECT_EQ(UrlFileName(url), "__unnamed__") << url;
  }
}

TEST(ParseGitRef, ReadsFragmentAndQuery) {
  EXPECT_THAT(ParseGitRef("https://h/x.git#v1:sub"),
              absl_testing::IsOkAndHolds(GitRef{
                  .remote = "https://h/x.git", .ref = "v1", .subdir = "sub"}));
  EXPECT_THAT(ParseGitRef("https://h/x.git?tag=v1&subdir=a%2Fb&keep-git-dir=1"),
              absl_testing::IsOkAndHolds(GitRef{.remote = "https://h/x.git",
                                                .ref = "refs/tags/v1",
                                                .subdir = "a/b",
                                                .keep_git_dir = true}));
  EXPECT_THAT(
      ParseGitRef("https://github.com/an-organisation/a-repository.git"
                  "?branch=feature/of-a-long-name&subdir=a/directory%2Fbelow"),
      absl_testing::IsOkAndHolds(GitRef{
          .remote = "https://github.com/an-organisation/a-repository.git",
          .ref = "refs/heads/feature/of-a-long-name",
          .subdir = "a/directory/below"}));
  EXPECT_THAT(ParseGitRef("https://h/x.git?branch=b&commit=ab&mtime=commit&"
                          "fetch-by-commit=true&submodules=F&keep-git-dir"),
              absl_testing::IsOkAndHolds(GitRef{.remote = "https://h/x.git",
                                                .ref = "refs/heads/b",
                                                .checksum = "ab",
                                                .keep_git_dir = true,
                                                .submodules = false,
                                                .fetch_by_commit = true,
                                                .mtime = "commit"}));
  EXPECT_THAT(
      ParseGitRef("https://h/x.git?ref=v&mtime=checkout#v"),
      absl_testing::IsOkAndHolds(GitRef{
          .remote = "https://h/x.git", .ref = "v", .mtime = "checkout"}));
}

TEST(ParseGitRef, ChecksTheQuery) {
  for (const auto& [query, error] :
       std::vector<std::pair<std::string, std::string>>{
           {"?nope=1", "unexpected query \"nope\""},
           {"?mtime=now", "invalid mtime value: \"now\""},
           {"?mtime", "invalid mtime value: \"\""},
           {"?fetch-by-commit=2", "invalid fetch-by-commit value: \"2\""},
           {"?keep-git-dir=yes", "invalid keep-git-dir value: \"yes\""},
           {"?submodules=no", "invalid submodules value: \"no\""},
           {"?ref=a&ref=a", "query \"ref\" has multiple values"},
           {"?ref=a#b", "ref conflicts: \"b\" vs \"a\""},
           {"?tag=a&ref=a", "ref conflicts: \"a\" vs \"refs/tags/a\""},
           {"?tag=a&branch=a", "branch conflicts with tag"},
           {"?subdir=a#:b", "subdir conflicts: \"b\" vs \"a\""},
           {"?commit=a&checksum=b", "checksum conflicts: \"a\" vs \"b\""}}) {
    EXPECT_THAT(
        ParseGitRef("https://h/x.git" + query),
        absl_testing::StatusIs(absl::StatusCode::kInvalidArgument, error))
        << query;
  }
}

}  // namespace
}  // namespace rules_dockerfile
