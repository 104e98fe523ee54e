#include "tools/provenance_write/materials.h"

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/copy/build_context.h"
#include "lib/digest/digest.h"
#include "lib/network/network_lock.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/media_type.h"
#include "lib/oci/provenance.h"

namespace rules_dockerfile {
namespace {

class Materials : public testing::Test {
 protected:
  Materials()
      : directory_(
            absl::StrCat(testing::TempDir(), "/", getpid(), ".", "materials")) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }

  std::string Path(absl::string_view name) const {
    return absl::StrCat(directory_, "/", name);
  }

  std::string Write(absl::string_view name, absl::string_view text) const {
    std::filesystem::create_directories(
        std::filesystem::path(Path(name)).parent_path());
    EXPECT_EQ(WriteFile(Path(name), text), absl::OkStatus());
    return Path(name);
  }

  static std::string Hex(absl::string_view text) {
    return std::string(DigestHex(DigestOf(text)));
  }

 private:
  std::string directory_;
};

TEST_F(Materials, AnImageOfARegistryIsItsReference) {
  const std::string digest = DigestOf("index");
  EXPECT_EQ(BaseMaterial(
                absl::StrCat(
                    R"({"name":"debian","platform":"linux/amd64","reference":)",
                    R"("docker.io/library/debian:12@)", digest, "\"}"))
                .value(),
            (Material{.uri = absl::StrCat("pkg:docker/debian@12?digest=",
                                          digest, "&platform=linux%2Famd64"),
                      .digest = {{"sha256", Hex("index")}}}));
  EXPECT_EQ(BaseMaterial(R"({"platform":"linux/amd64","reference":"debian"})")
                .status(),
            absl::InvalidArgumentError(
                "\"debian\": expected a reference with a digest"));
}

TEST_F(Materials, AnyOtherImageIsItsManifest) {
  const std::string descriptor =
      Write("descriptor",
            DescriptorToText({.media_type = std::string(kOciManifestMediaType),
                              .digest = DigestOf("manifest"),
                              .size = 8}));
  EXPECT_EQ(
      BaseMaterial(
          absl::StrCat(
              R"({"name":"base","platform":"linux/amd64","reference":"",)",
              R"("descriptor":")", descriptor, "\"}"))
          .value(),
      (Material{.name = "base", .digest = {{"sha256", Hex("manifest")}}}));
}

TEST_F(Materials, WhatAnAddFetchedHasTheDigestOfItsFile) {
  const std::string file = Write("file", "bytes");
  EXPECT_EQ(
      RemoteMaterial(R"({"uri":"https://u:p@h/f","sha256":"ab"})").value(),
      (Material{.uri = "https://h/f", .digest = {{"sha256", "ab"}}}));
  EXPECT_EQ(
      RemoteMaterial(
          absl::StrCat(R"({"uri":"https://h/f","sha256":"","file":")", file,
                       "\"}"))
          .value(),
      (Material{.uri = "https://h/f", .digest = {{"sha256", Hex("bytes")}}}));
  EXPECT_EQ(RemoteMaterial(R"({"uri":"https://h/f"})").status(),
            absl::InvalidArgumentError("field \"file\" is missing"));
}

TEST_F(Materials, AUrlHasNoCredentials) {
  const struct {
    const char* url;
    const char* want;
  } kCases[] = {
      {"https://me:secret@h.x/a@b", "https://h.x/a@b"},
      {"https://token@h.x", "https://h.x"},
      {"https://a@b@h.x/c", "https://h.x/c"},
      {"https://h.x/a@b?c@d", "https://h.x/a@b?c@d"},
      {"https://h.x/a?token=secret", "https://h.x/a"},
      {"https://h.x/a?b=c&X-Amz-Signature=secret", "https://h.x/a"},
      {"https://h.x//a@b?token=secret", "https://h.x//a@b"},
      {"https://me:secret@h.x/a?b", "https://h.x/a"},
      {"git+https://me:secret@h.x/a.git#main", "git+https://h.x/a.git#main"},
      {"HTTPS://me:secret@h.x/a", "HTTPS://h.x/a"},
      {"mirror:debian/a", "mirror:debian/a"},
      {"git@h.x:a/b.git", "git@h.x:a/b.git"},
  };
  for (const auto& test : kCases) {
    EXPECT_EQ(RemoteMaterial(
                  absl::StrCat(R"({"uri":")", test.url, R"(","sha256":"ab"})"))
                  .value(),
              (Material{.uri = test.want, .digest = {{"sha256", "ab"}}}))
        << test.url;
  }
}

TEST_F(Materials, ALockHasWhatItsRunGot) {
  const auto request = [](const char* url, int status, absl::string_view body) {
    return LockedRequest{.method = "GET",
                         .url = url,
                         .status = status,
                         .sha256 = Hex(body),
                         .size = static_cast<int64_t>(body.size())};
  };
  const NetworkLock lock = {
      .runs = {{.stage = "0",
                .platform = "linux/amd64",
                .instruction = "RUN a",
                .requests = {request("https://h/a", 200, "a"),
                             request("https://h/moved", 301, "moved"),
                             request("https://h/nothing", 200, ""),
                             request("https://h/z?sig=s", 206, "z")}}}};
  std::vector<Material> materials;
  ASSERT_EQ(
      AddLockedMaterials(Write("lock", NetworkLockToText(lock)), materials),
      absl::OkStatus());
  EXPECT_EQ(materials,
            (std::vector<Material>{
                {.uri = "https://h/a", .digest = {{"sha256", Hex("a")}}},
                {.uri = "https://h/z", .digest = {{"sha256", Hex("z")}}}}));
  EXPECT_EQ(AddLockedMaterials(Write("bad", "{}"), materials).code(),
            absl::StatusCode::kInvalidArgument);
}

// `cd CONTEXT && find * -type f | LC_ALL=C sort | xargs sha256sum | sha256sum`
TEST_F(Materials, AContextIsTheFilesThatAreNotIgnored) {
  Write("dir/b", "b");
  Write("dir/skipped", "no");
  const BuildContextFiles context = {
      .files = {{.path = "d", .file = Path("dir")},
                {.path = "a", .file = Write("x", "a")}},
      .ignore_files = {Write("ignore", "**/skipped\n")}};
  const std::string want =
      Hex(absl::StrCat(Hex("a"), "  a\n", Hex("b"), "  d/b\n"));
  EXPECT_EQ(ContextMaterial("context", context, Path("tmp")).value(),
            (Material{.name = "context", .digest = {{"dirHash1", want}}}));
}

TEST_F(Materials, ReadsANamedFile) {
  const NamedFile file =
      ParseNamedFile(R"({"context":"src","path":"a\nb","file":"out/a"})")
          .value();
  EXPECT_EQ(file.context, "src");
  EXPECT_EQ(file.file.path, "a\nb");
  EXPECT_EQ(file.file.file, "out/a");
}

}  // namespace
}  // namespace rules_dockerfile
