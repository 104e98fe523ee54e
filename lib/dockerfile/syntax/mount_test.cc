#include "lib/dockerfile/syntax/mount.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

// Returns `type target read_only` and the other fields that are set; the
// expander maps $t to tmpfs.
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
  for (
      const auto& [input, want] :
      std::vector<std::pair<std::string, std::string>>{
          {"target=/a", "bind /a ro"},
          {"dst=/a,rw", "bind /a rw"},
          {"type=cache,Target=/a,ID=x,sharing=LOCKED,mode=0755,uid=1",
           "cache /a rw id=x sharing=locked mode=493 uid=1"},
          {"type=cache,target=/a,ro=true", "cache /a ro"},
          {"type=bind,target=/a,readwrite=0", "bind /a ro"},
          {"type=$t,target=/a,size=1k", "tmpfs /a rw size=1024"},
          {"type=cache,target=/var/cache/apt/archives/partial,source=a/long/"
           "path/"
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
          {"type=secret",
           "invalid secret mount. one of source, target required"},
          {"type=secret,id=a,source=b", "both source and id can't be set"},
          {"type=secret,id=a,from=b", "secret mount should not have a from"},
          {"type=secret,id=a,sharing=shared",
           "secret mount should not define sharing"},
          {"TYPE=TmpFS,target=/a", "tmpfs /a rw"},
          {"type=ssh,source=a", "ssh does not support source"}}) {
    EXPECT_EQ(MountText(input), want) << input;
  }
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

}  // namespace
}  // namespace rules_dockerfile
