// The lock of images, brought up to date over real connections.
#include "tools/image_lock/lock_images.h"

#include <unistd.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/oci/media_type.h"
#include "lib/reference/reference.h"
#include "lib/registry/credentials.h"
#include "lib/registry/mirror.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/session.h"
#include "tools/image_lock/images_testing.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;
using Strings = std::vector<std::string>;

class LockImagesTest : public testing::Test {
 protected:
  LockImagesTest()
      : path_(absl::StrCat(
            testing::TempDir(), "/", getpid(), ".",
            testing::UnitTest::GetInstance()->current_test_info()->name())),
        server_([this](const Request& request) { return Serve(request); }),
        transport_(MakeCurlTransport()) {
    std::filesystem::remove(path_);
  }

  virtual Answer Serve(const Request& request) {
    if (wants_login_ && !request.headers.contains("authorization")) {
      return HttpAnswer(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
    }
    return images_(request);
  }

  // "HOST" in inputs and outputs represents the server.
  std::string WithHost(const std::string& text) {
    return absl::StrReplaceAll(text, {{"HOST", server_.host()}});
  }
  std::string WithoutHost(absl::string_view text) {
    return absl::StrReplaceAll(text, {{server_.host(), "HOST"}});
  }

  LockOptions Options(
      const std::vector<std::pair<std::string, std::string>>& wanted,
      bool update_all = false) {
    LockOptions options = {.path = path_,
                           .name = "app/Dockerfile.lock",
                           .request = {.update_all = update_all}};
    for (const auto& [platform, name] : wanted) {
      options.request.wanted.push_back(
          {.reference = AsLocked(ParseImageReference(WithHost(name)).value()),
           .platform = platform});
    }
    return options;
  }

  OpenRegistry Open() {
    return [this](const std::string& registry) {
      std::vector<MirrorOptions> mirrors;
      for (const std::string& url : mirrors_) {
        const RegistryMirror mirror = ParseRegistryMirror(url).value();
        mirrors.push_back({mirror, ForMirror(mirror, {})});
      }
      return std::make_unique<MirroredRegistry>(
          std::move(mirrors),
          SessionOptions{.registry = registry, .sleep = NoPause}, *transport_,
          [](const std::string&) -> absl::StatusOr<std::optional<Credentials>> {
            return Credentials{.username = "user", .password = "secret"};
          });
    };
  }

  // The lines, or the one with the error.
  Strings Told(const absl::StatusOr<Strings>& lines) {
    if (!lines.ok()) return {WithoutHost(lines.status().message())};
    Strings told;
    for (const std::string& line : *lines) told.push_back(WithoutHost(line));
    return told;
  }

  Strings Lock(const LockOptions& options) {
    return Told(LockImages(options, Open()));
  }
  Strings Check(const LockOptions& options) {
    return Told(CheckLock(options, Open()));
  }

  std::string LockText() {
    return WithoutHost(ReadFile(path_).value_or("none"));
  }

  // The requests since the last call.
  Strings Requests() {
    const Strings all = server_.Lines();
    Strings lines(all.begin() + static_cast<ptrdiff_t>(seen_), all.end());
    seen_ = all.size();
    return lines;
  }

  std::string path_;
  Images images_;
  bool wants_login_ = false;
  Strings mirrors_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  size_t seen_ = 0;
};

TEST_F(LockImagesTest, LocksRequestedImagesOnce) {
  images_.Put("a/b", "1", {"amd64", "arm64"}, R"("RUN x")");
  wants_login_ = true;
  const LockOptions options = Options({{"linux/amd64", "HOST/a/b:1"}});
  const std::string digest = images_.DigestOfTag("a/b", "1");
  EXPECT_EQ(
      Lock(options),
      Strings{absl::StrCat(
          "app/Dockerfile.lock: HOST/a/b:1 for linux/amd64: locked ", digest)});
  const std::string text = LockText();
  EXPECT_TRUE(absl::StartsWith(
      text, absl::StrCat(R"({
  "version": 1,
  "registries": [
    {"registry":"HOST","realm":"","service":""}
  ],
  "images": [
    {"image":"HOST/a/b:1@)",
                         digest, R"(","platform":"linux/amd64","manifest":{)")))
      << text;
  EXPECT_TRUE(absl::EndsWith(
      text, absl::StrCat(
                R"("layers":[{"mediaType":"application/vnd.oci.image.layer)",
                R"(.v1.tar+gzip","digest":")", kSha,
                R"(","size":3,"diff_id":")", kSha, R"("}],"onbuild":["RUN x"]}
  ],
  "files": [],
  "runs": []
}
)"))) << text;
  // Index, once more with a login, manifest and config.
  EXPECT_EQ(Requests().size(), 4u);
  EXPECT_EQ(Lock(options), Strings{});
  EXPECT_EQ(Requests(), Strings{});
  EXPECT_EQ(LockText(), text);
}

TEST_F(LockImagesTest, AnotherPlatformComesFromTheLockedDigest) {
  images_.Put("a/b", "1", {"amd64", "arm64"});
  ASSERT_EQ(Lock(Options({{"linux/amd64", "HOST/a/b:1"}})).size(), 1u);
  const std::string first = images_.DigestOfTag("a/b", "1");
  images_.Put("a/b", "1", {"amd64"});
  EXPECT_EQ(
      Lock(Options(
          {{"linux/amd64", "HOST/a/b:1"}, {"linux/arm64", "HOST/a/b:1"}})),
      Strings{absl::StrCat(
          "app/Dockerfile.lock: HOST/a/b:1 for linux/arm64: locked ", first)});
  EXPECT_EQ(
      Check(Options({{"linux/amd64", "HOST/a/b:1"}})),
      Strings{absl::StrCat("app/Dockerfile.lock: HOST/a/b:1: expected ", first,
                           " (locked), got ", images_.DigestOfTag("a/b", "1"),
                           " from the registry")});
  const std::string before = LockText();
  EXPECT_EQ(Lock(Options({{"linux/amd64", "HOST/a/b:1"}}, true)),
            Strings{"app/Dockerfile.lock: HOST/a/b:1: no image for platform "
                    "\"linux/arm64\": the registry has \"linux/amd64\""});
  EXPECT_EQ(LockText(), before);
}

TEST_F(LockImagesTest, LeavesTheRestOfTheLock) {
  const std::string rest = absl::StrReplaceAll(R"(  "files": [
    {"stage":"0","platform":"linux/amd64","url":"https://h/a","sha256":"HEX","size":3}
  ],
  "runs": [
    {
      "stage": "0",
      "platform": "linux/amd64",
      "instruction": "RUN a\n",
      "recorded": 1764072000,
      "requests": [
        {"method":"GET","url":"https://h/b","status":200,"sha256":"HEX","size":7,"headers":{"ETag":"\"a\""}}
      ]
    }
  ]
}
)",
                                               {{"HEX", DigestHex(kSha)}});
  ASSERT_EQ(WriteFile(path_, absl::StrCat("{\n  \"version\": 1,\n", rest)),
            absl::OkStatus());
  images_.Put("a/b", "1", {"amd64"});
  ASSERT_EQ(Lock(Options({{"linux/amd64", "HOST/a/b:1"}})).size(), 1u);
  EXPECT_TRUE(absl::EndsWith(LockText(), absl::StrCat("]}\n  ],\n", rest)))
      << LockText();
  LockOptions none = Options({});
  none.request.only = true;
  EXPECT_EQ(Lock(none).size(), 1u);
  EXPECT_EQ(LockText(), absl::StrCat("{\n  \"version\": 1,\n", rest));
}

TEST_F(LockImagesTest, WritesNoEmptyLock) {
  EXPECT_EQ(Lock(Options({})), Strings{});
  EXPECT_EQ(LockText(), "none");
}

TEST_F(LockImagesTest, ADigestNeedsNoTag) {
  images_.Put("a/b", "1", {"amd64"});
  const std::string digest = images_.DigestOfTag("a/b", "1");
  const LockOptions options =
      Options({{"linux/amd64", absl::StrCat("HOST/a/b:other@", digest)}});
  EXPECT_EQ(Lock(options),
            Strings{absl::StrCat("app/Dockerfile.lock: HOST/a/b@", digest,
                                 " for linux/amd64: locked ", digest)});
  Requests();
  EXPECT_EQ(Check(options), Strings{});
  EXPECT_EQ(Requests()[0], absl::StrCat("GET /v2/a/b/manifests/", digest));
}

TEST_F(LockImagesTest, AChangedEntryIsFound) {
  images_.Put("a/b", "1", {"amd64", "arm64"}, R"("RUN x")");
  const std::string digest = images_.DigestOfTag("a/b", "1");
  for (const std::string& reference :
       {std::string("HOST/a/b:1"), absl::StrCat("HOST/a/b@", digest)}) {
    std::filesystem::remove(path_);
    const LockOptions options =
        Options({{"linux/amd64", reference}, {"linux/arm64", reference}});
    ASSERT_EQ(Lock(options).size(), 2u);
    EXPECT_EQ(Check(options), Strings{});
    for (const auto& [from, to] : std::map<std::string, std::string>{
             {"RUN x", "RUN y"},
             {R"("size":3)", R"("size":4)"},
             {absl::StrCat(R"("diff_id":")", kSha),
              absl::StrCat(R"("diff_id":")", digest)}}) {
      const std::string good = ReadFile(path_).value_or("");
      ASSERT_EQ(WriteFile(path_, absl::StrReplaceAll(good, {{from, to}})),
                absl::OkStatus());
      const auto line = [&](absl::string_view platform) {
        return absl::StrCat("app/Dockerfile.lock: ", reference, " for linux/",
                            platform,
                            ": expected the manifest, config and layers of ",
                            digest, ", got others");
      };
      EXPECT_EQ(Check(options), (Strings{line("amd64"), line("arm64")}))
          << from;
      ASSERT_EQ(WriteFile(path_, good), absl::OkStatus());
    }
  }
}

TEST_F(LockImagesTest, NamesTheLockAndTheReferenceOfAFailure) {
  EXPECT_EQ(Lock(Options({{"linux/amd64", "HOST/a/b:1"}})),
            Strings{"app/Dockerfile.lock: HOST/a/b:1: registry \"HOST\" "
                    "returned 404: manifest unknown"});
  EXPECT_EQ(LockText(), "none");
  ASSERT_EQ(WriteFile(path_, "{}"), absl::OkStatus());
  EXPECT_EQ(Lock(Options({})),
            Strings{"app/Dockerfile.lock: field \"version\" is missing"});
  ASSERT_EQ(WriteFile(path_, absl::StrReplaceAll(
                                 R"({"version": 1, "images": [
    {"image": "h/A@X", "platform": "p",
     "manifest": {"mediaType": "m", "digest": "X", "size": 1},
     "config": {"mediaType": "m", "digest": "X", "size": 1}, "layers": []}],
    "files": [], "runs": []})",
                                 {{"X", kSha}})),
            absl::OkStatus());
  EXPECT_EQ(
      Check(Options({})),
      Strings{absl::StrCat("app/Dockerfile.lock: invalid reference \"h/A@",
                           kSha, "\": repository name must be lower case")});
}

TEST_F(LockImagesTest, AsksTheMirrorsFirst) {
  images_.Put("a/b", "1", {"amd64"});
  Images mirrored;
  mirrored.Put("hub/a/b", "1", {"amd64", "arm64"});
  ScriptedServer down([](const Request&) { return HttpAnswer(503, "down"); });
  ScriptedServer mirror{mirrored};
  mirrors_ = {absl::StrCat("http://", down.host()),
              absl::StrCat("http://", mirror.host(), "/hub")};
  wants_login_ = true;
  EXPECT_EQ(Lock(Options({{"linux/arm64", "HOST/a/b:1"}})),
            Strings{absl::StrCat(
                "app/Dockerfile.lock: HOST/a/b:1 for linux/arm64: locked ",
                mirrored.DigestOfTag("hub/a/b", "1"))});
  // A mirror that is down is asked once, and the others how to log in.
  EXPECT_EQ(down.Lines(), Strings{"GET /v2/a/b/manifests/1"});
  EXPECT_EQ(mirror.Lines().size(), 3u);
  EXPECT_EQ(Requests(), Strings{"GET /v2/"});
  EXPECT_TRUE(absl::StrContains(
      LockText(), R"({"registry":"HOST","realm":"","service":""})"));
  for (const Request& request : mirror.requests()) {
    EXPECT_FALSE(request.headers.contains("authorization"));
  }
}

TEST_F(LockImagesTest, SaysHowEachMirrorWantsALogin) {
  images_.Put("a/b", "1", {"amd64"});
  Images mirrored;
  mirrored.Put("a/b", "1", {"amd64"});
  ScriptedServer mirror([&](const Request& request) {
    return request.headers.contains("authorization")
               ? mirrored(request)
               : HttpAnswer(401, "", {"WWW-Authenticate: Basic realm=\"x\""});
  });
  ScriptedServer unused([](const Request&) {
    return HttpAnswer(
        401, "",
        {"WWW-Authenticate: Bearer realm=\"https://auth.x/t\",service=\"m\""});
  });
  mirrors_ = {absl::StrCat("http://", mirror.host()),
              absl::StrCat("http://", unused.host())};
  LockOptions options = Options({{"linux/amd64", "HOST/a/b:1"}});
  options.mirrors = {mirror.host(), unused.host()};
  EXPECT_EQ(Lock(options).size(), 1u);
  const std::string text = LockText();
  EXPECT_TRUE(
      absl::StrContains(text, absl::StrCat(R"({"registry":")", mirror.host(),
                                           R"(","realm":"","service":""})")))
      << text;
  EXPECT_TRUE(absl::StrContains(
      text, absl::StrCat(R"({"registry":")", unused.host(),
                         R"(","realm":"https://auth.x/t","service":"m"})")))
      << text;
  EXPECT_EQ(Lock(options), Strings{});
  EXPECT_EQ(LockText(), text);
}

TEST_F(LockImagesTest, AMirrorThatIsTheRegistrySaysHowToAskIt) {
  images_.Put("a/b", "1", {"amd64"});
  wants_login_ = true;
  mirrors_ = {absl::StrCat("http://", server_.host())};
  EXPECT_EQ(Lock(Options({{"linux/amd64", "HOST/a/b:1"}})).size(), 1u);
  EXPECT_TRUE(absl::StrContains(
      LockText(), R"({"registry":"HOST","realm":"","service":""})"));
  // Index, once more with a login, manifest and config.
  EXPECT_EQ(Requests().size(), 4u);
}

TEST_F(LockImagesTest, AsksTheRegistryWhereItsMirrorHasOtherBytes) {
  images_.Put("a/b", "1", {"amd64"});
  const std::string digest = images_.DigestOfTag("a/b", "1");
  ScriptedServer liar([](const Request&) {
    return HttpAnswer(200, "{}",
                      {absl::StrCat("Content-Type: ", kOciIndexMediaType)});
  });
  mirrors_ = {absl::StrCat("http://", liar.host())};
  const LockOptions options =
      Options({{"linux/amd64", absl::StrCat("HOST/a/b@", digest)}});
  EXPECT_EQ(Lock(options).size(), 1u);
  EXPECT_TRUE(absl::StrContains(LockText(), digest));
  images_ = Images();
  std::filesystem::remove(path_);
  EXPECT_EQ(Lock(options),
            Strings{absl::StrCat("app/Dockerfile.lock: HOST/a/b@", digest,
                                 ": registry \"HOST\" returned 404: manifest "
                                 "unknown\nmirror \"http://",
                                 liar.host(), "\": manifest \"", digest,
                                 "\" has digest \"", DigestOf("{}"), "\"")});
}

}  // namespace
}  // namespace rules_dockerfile
