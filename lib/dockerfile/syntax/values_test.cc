// The small values inside instructions, each by its table.

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
#include "lib/base/clean_path.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/byte_size.h"
#include "lib/dockerfile/values/duration.h"
#include "lib/dockerfile/values/git_ref.h"
#include "lib/platform/build_platform.h"
#include "lib/reference/image_reference.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;

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

TEST(ParseBuildPlatform, ReadsAndNormalises) {
  ExpectAll(
      {{"linux/amd64", "linux/amd64"},
       {"linux/amd64/v1", "linux/amd64"},
       {"linux/amd64/v2", "linux/amd64/v2"},
       {"Linux/X86_64", "linux/amd64"},
       {"linux/aarch64", "linux/arm64"},
       {"linux/arm64/v8", "linux/arm64"},
       {"linux/arm", "linux/arm/v7"},
       {"linux/arm/6", "linux/arm/v6"},
       {"linux/armhf", "linux/arm/v7"},
       {"linux/armel", "linux/arm/v6"},
       {"linux/i386", "linux/386"},
       {"macos/arm64", "darwin/arm64"},
       {"arm64", "linux/arm64"},
       {"linux", "linux/amd64"},
       {"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
       {"windows(10.0+b+a)/x86_64", "windows(10.0+a+b)/amd64"},
       {"Linux(+Feature)/arm", "linux(+Feature)/arm/v7"},
       {"linux(a%2Bb%28+c%2f)/amd64", "linux(a%2Bb%28+c%2F)/amd64"},
       {"linux()/amd64", "linux/amd64"},
       {"windows(10.0+f)", "windows(10.0+f)/amd64"},
       {"linux(a%2)/amd64",
        "\"linux(a%2)/amd64\": invalid URL escape in OS option \"a%2\": "
        "invalid argument"},
       {"linux(a+)/amd64",
        "\"linux(a+)\" is an invalid OS component of \"linux(a+)/amd64\": "
        "OSAndVersion specifier component must match "
        "\"^([A-Za-z0-9_-]+)(?:\\\\(([A-Za-z0-9_.%-]*)((?:\\\\+[A-Za-z0-9_.%"
        "-]+)*)\\\\))?$\": invalid argument"},
       {"unknown/cpu", "unknown/cpu"},
       {"a-system-of-a-long-name/a-processor-of-a-long-name/v1",
        "a-system-of-a-long-name/a-processor-of-a-long-name/v1"},
       {"unknown",
        "\"unknown\": unknown operating system or architecture: invalid "
        "argument"},
       {"linux/*",
        "\"linux/*\": wildcards not yet supported: invalid argument"},
       {"a/b/c/d",
        "\"a/b/c/d\": cannot parse platform specifier: invalid argument"}},
      [](const std::string& input) {
        const absl::StatusOr<BuildPlatform> platform =
            ParseBuildPlatform(input);
        return platform.ok() ? FullPlatformText(*platform)
                             : std::string(platform.status().message());
      });
}

TEST(ParseImageReference, ReadsAndNormalises) {
  const std::string hex(64, 'a');
  ExpectAll(
      {{"debian", "docker.io/library/debian:latest"},
       {"me/app", "docker.io/me/app:latest"},
       {"docker.io/debian", "docker.io/library/debian:latest"},
       {"index.docker.io/debian", "docker.io/library/debian:latest"},
       {"localhost/a", "localhost/a:latest"},
       {"localhost:5000/a/b:c", "localhost:5000/a/b:c"},
       {"h.io/a__b--c.d_e", "h.io/a__b--c.d_e:latest"},
       {"registry.example.com:5000/organisation/department/application:1.22.0",
        "registry.example.com:5000/organisation/department/application:1.22.0"},
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
       {"a@sha256:" + std::string(32, 'a'), "invalid checksum digest length"},
       {"a@sha256:" + std::string(63, 'a') + "g", "invalid reference format"},
       {"a@md5:" + std::string(32, 'a'), "unsupported digest algorithm"},
       {"a@sha256:" + std::string(64, 'A'), "invalid checksum digest format"},
       {hex, "invalid repository name (" + hex +
                 "), cannot specify 64-byte hexadecimal strings"},
       {std::string(250, 'a'),
        "repository name must not be more than 255 characters"}},
      [](const std::string& input) {
        const absl::StatusOr<ImageReference> reference =
            ParseImageReference(input);
        return reference.ok() ? ReferenceText(WithDefaultTag(*reference))
                              : std::string(reference.status().message());
      });
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

// `type target read_only` and what else is set; the expander maps $t to
// tmpfs.
std::string MountText(const std::string& value) {
  const absl::StatusOr<Mount> mount =
      ParseMount(value, [](absl::string_view word) {
        return std::string(word == "$t" ? "tmpfs" : word);
      });
  if (!mount.ok()) return std::string(mount.status().message());
  std::string text = absl::StrCat(mount->type, " ", mount->target, " ",
                                  mount->read_only ? "ro" : "rw");
  const auto add = [&text](absl::string_view name, absl::string_view value) {
    if (!value.empty()) absl::StrAppend(&text, " ", name, "=", value);
  };
  add("source", mount->source);
  add("from", mount->from);
  add("id", mount->id);
  add("sharing", mount->sharing);
  add("mode", mount->mode ? absl::StrCat(*mount->mode) : "");
  add("uid", mount->uid ? absl::StrCat(*mount->uid) : "");
  add("size", mount->size != 0 ? absl::StrCat(mount->size) : "");
  add("required", mount->required ? "1" : "");
  add("env", mount->env.value_or(""));
  return text;
}

TEST(ParseMount, ReadsFieldsInOrder) {
  ExpectAll(
      {{"target=/a", "bind /a ro"},
       {"dst=/a,rw", "bind /a rw"},
       {"type=cache,Target=/a,ID=x,sharing=LOCKED,mode=0755,uid=1",
        "cache /a rw id=x sharing=locked mode=493 uid=1"},
       {"type=cache,target=/a,ro=true", "cache /a ro"},
       {"type=bind,target=/a,readwrite=0", "bind /a ro"},
       {"type=$t,target=/a,size=1k", "tmpfs /a rw size=1024"},
       {"type=cache,target=/var/cache/apt/archives/partial,source=a/long/path/"
        "inside,from=a-stage-of-a-long-name,id=an-identity-of-a-long-name",
        "cache /var/cache/apt/archives/partial rw source=a/long/path/inside "
        "from=a-stage-of-a-long-name id=an-identity-of-a-long-name"},
       {"a-key-of-a-long-name-and-more=x",
        "unexpected key 'a-key-of-a-long-name-and-more' in "
        "'a-key-of-a-long-name-and-more=x'"},
       {"type=secret,id=s,required", "secret  ro id=s required=1"},
       {"type=secret,id=s,env=S,required=false", "secret  ro id=s env=S"},
       {"type=ssh", "ssh  ro"},
       {"\"target=/a,b\",source=\"x",  // a lone quote inside a plain field
        "failed to parse csv mounts: parse error on line 1, column 22: bare "
        "\" in non-quoted-field"},
       {"\"target=/a,\"\"b\"", "bind /a,\"b ro"},
       {"", "failed to parse csv mounts: EOF"},
       {"x", "invalid field 'x' must be a key=value pair"},
       {"trget=/a",
        "unexpected key 'trget' in 'trget=/a' (did you mean target?)"},
       {"type=bnd", "unsupported mount type \"bnd\" (did you mean bind?)"},
       {"type=cache,sharing=x", "unsupported sharing value \"x\""},
       {"ro=x", "invalid value for ro: x"},
       {"type=tmpfs,size=x", "invalid value for size: x"},
       {"size=1,type=tmpfs", "unexpected key 'size' for mount type 'bind'"},
       {"required,type=secret",
        "unexpected key 'required' for mount type 'bind'"},
       {"type=cache,mode=8", "invalid value 8 for mode"},
       {"type=cache,uid=-1", "invalid value -1 for uid"},
       {"mode=0600", "mode not allowed for \"bind\" type mounts"},
       {"type=tmpfs,gid=1", "gid not allowed for \"tmpfs\" type mounts"},
       {"sharing=shared", "invalid cache sharing set for bind mount"},
       {"type=secret", "invalid secret mount. one of source, target required"},
       {"type=secret,id=a,source=b", "both source and id can't be set"},
       {"type=secret,id=a,from=b", "secret mount should not have a from"},
       {"type=secret,id=a,sharing=shared",
        "secret mount should not define sharing"},
       {"TYPE=TmpFS,target=/a", "tmpfs /a rw"},
       {"type=ssh,source=a", "ssh does not support source"}},
      MountText);
}

TEST(MountTarget, HasDefaults) {
  Mount secret = {.type = "secret", .id = "dir/s"};
  EXPECT_EQ(*MountTarget(secret, "/w", 0), "/run/secrets/s");
  secret.env = "S";
  EXPECT_EQ(*MountTarget(secret, "/w", 0), "");
  EXPECT_EQ(*MountTarget({.type = "ssh"}, "/w", 1),
            "/run/buildkit/ssh_agent.1");
  EXPECT_EQ(*MountTarget({.target = "a/../b"}, "/w", 0), "/w/b");
  EXPECT_EQ(*MountTarget({.target = "one/directory/../of/a/long/name"},
                         "/home/somebody/else", 0),
            "/home/somebody/else/one/of/a/long/name");
  EXPECT_THAT(MountTarget({.target = "/a/.."}, "/w", 0),
              absl_testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                     "invalid mount target \"/\""));
}

TEST(GoQuote, EscapesAsStrconvDoes) {
  ExpectAll({{"a \"b\" \\", R"("a \"b\" \\")"},
             {"\n\t\x01\x7f", R"("\n\t\x01\x7f")"},
             {"\xc3\xa4\xc2\xa0\xff", "\"\xc3\xa4\\u00a0\\xff\""},
             {"\xe2\x80\x8b\xf3\xb0\x80\x80", R"("\u200b\U000f0000")"}},
            [](const std::string& input) { return GoQuote(input); });
}

TEST(CleanPath, IsGos) {
  ExpectAll({{"", "."},
             {"a/./b//c/", "a/b/c"},
             {"/../a", "/a"},
             {"../a/..", ".."},
             {"/usr/share/doc/../../lib/x86_64-linux-gnu/./pkgconfig/",
              "/usr/lib/x86_64-linux-gnu/pkgconfig"},
             {"/", "/"},
             {"a/../../b", "../b"}},
            [](const std::string& input) { return CleanPath(input); });
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

std::vector<std::string> HeredocNames(absl::string_view line) {
  std::vector<std::string> names;
  for (const Heredoc& heredoc : HeredocsInLine(line)) {
    names.push_back(absl::StrCat(heredoc.fd, heredoc.chomp ? "-" : "",
                                 heredoc.expand ? "$" : "", heredoc.name));
  }
  return names;
}

TEST(HeredocsInLine, FindsWords) {
  EXPECT_THAT(HeredocNames("RUN <<EOF"), ElementsAre("0$EOF"));
  EXPECT_THAT(HeredocNames("RUN <<-EOF 3<<X"), ElementsAre("0-$EOF", "3$X"));
  EXPECT_THAT(HeredocNames("RUN << EOF"), ElementsAre("0$EOF"));
  EXPECT_THAT(HeredocNames("RUN <<'E' <<\"F\" <<G\"H\""),
              ElementsAre("0E", "0F", "0GH"));
  EXPECT_THAT(HeredocNames("RUN <<'one two'"), ElementsAre("0one two"));
  EXPECT_THAT(
      HeredocNames("RUN <<'a name that is longer' <<-AND_ANOTHER_ONE_TOO"),
      ElementsAre("0a name that is longer", "0-$AND_ANOTHER_ONE_TOO"));
  EXPECT_THAT(HeredocNames("RUN <<a\\'b"), ElementsAre("0$a'b"));
  EXPECT_THAT(HeredocNames("RUN <<$EOF"), ElementsAre("0$$EOF"));
  EXPECT_THAT(HeredocNames("RUN echo 1<<EOF"), ElementsAre("1$EOF"));
}

TEST(HeredocsInLine, LeavesOthers) {
  for (absl::string_view line :
       {"RUN \"<<EOF\"", "RUN '<<EOF'", "RUN <<<x", "RUN a<<EOF", "RUN <<- EOF",
        "RUN $((1<<4))", "RUN <<", "RUN <<'EOF"}) {
    EXPECT_THAT(HeredocNames(line), ElementsAre()) << line;
  }
}

TEST(HeredocFileContent, ChompsTabsOnly) {
  EXPECT_EQ(HeredocFileContent({.chomp = true, .content = "\t\ta\n \tb\n\n"}),
            "a\n \tb\n\n");
}

}  // namespace
}  // namespace rules_dockerfile
