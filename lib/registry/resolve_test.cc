// What a registry may say of an image, over real connections.
#include "lib/registry/resolve.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/network/locked_image.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {
namespace {

using Request = ScriptedServer::Request;

constexpr char kSha[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr char kLayer[] = "application/vnd.oci.image.layer.v1.tar+gzip";

std::string DescriptorText(absl::string_view media_type,
                           const std::string& text) {
  return absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                      DigestOf(text), R"(","size":)", text.size(), "}");
}

std::string ConfigText(absl::string_view os, absl::string_view architecture,
                       int layers = 1) {
  std::string diff_ids;
  for (int i = 0; i < layers; ++i) {
    absl::StrAppend(&diff_ids, i == 0 ? "\"" : ",\"", kSha, "\"");
  }
  return absl::StrCat(R"({"os":")", os, R"(","architecture":")", architecture,
                      R"(","rootfs":{"type":"layers","diff_ids":[)", diff_ids,
                      "]}}");
}

std::string ManifestText(const std::string& config,
                         absl::string_view layer_type = kLayer,
                         absl::string_view config_type = kOciConfigMediaType) {
  return absl::StrCat(R"({"schemaVersion":2,"mediaType":")",
                      kOciManifestMediaType, R"(","config":)",
                      DescriptorText(config_type, config),
                      R"(,"layers":[{"mediaType":")", layer_type,
                      R"(","digest":")", kSha, R"(","size":3}]})");
}

// `item` is a descriptor that gets the platform.
std::string IndexText(std::string item, absl::string_view os,
                      absl::string_view architecture,
                      absl::string_view variant = "") {
  item.pop_back();
  return absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciIndexMediaType,
                      R"(","manifests":[)", item, R"(,"platform":{"os":")", os,
                      R"(","architecture":")", architecture, R"(","variant":")",
                      variant, "\"}}]}");
}

// A repository a/b with documents: each has its digest and, if given, a tag.
class Repository {
 public:
  Repository()
      : server_([this](const Request& request) {
          const std::string last =
              request.target.substr(request.target.rfind('/') + 1);
          const auto found = documents_.find(last);
          if (found == documents_.end()) return HttpAnswer(404);
          return HttpAnswer(
              200, found->second.text,
              {absl::StrCat("Content-Type: ", found->second.media_type)});
        }),
        transport_(MakeCurlTransport()),
        session_({.registry = server_.host(), .sleep = NoPause}, *transport_,
                 [](const std::string&)
                     -> absl::StatusOr<std::optional<Credentials>> {
                   return std::nullopt;
                 }),
        client_(session_, "a/b") {}

  void Add(absl::string_view media_type, const std::string& text,
           const std::string& tag = "") {
    const Document document = {std::string(media_type), text};
    documents_[DigestOf(text)] = document;
    if (!tag.empty()) documents_[tag] = document;
  }

  absl::StatusOr<LockedImage> Resolve(const std::string& platform) {
    const absl::StatusOr<PulledManifest> root = client_.PullManifest("1");
    if (!root.ok()) return root.status();
    return ResolveImage({.registry = "h.x", .repository = "a/b", .tag = "1"},
                        ParsePlatform(platform).value(), *root, client_);
  }

  // The error, with "HOST" for the server.
  absl::Status Refusal(const std::string& platform) {
    const absl::Status status = Resolve(platform).status();
    return absl::Status(
        status.code(),
        absl::StrReplaceAll(status.message(), {{server_.host(), "HOST"}}));
  }

 private:
  struct Document {
    std::string media_type;
    std::string text;
  };

  std::map<std::string, Document> documents_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
};

// The refusal of one manifest, under the tag, with its config.
absl::Status RefusalOf(const std::string& manifest, const std::string& config,
                       const std::string& platform = "linux/amd64") {
  Repository repository;
  repository.Add("x/config", config);
  repository.Add(kOciManifestMediaType, manifest, "1");
  return repository.Refusal(platform);
}

std::string In(absl::string_view kind, const std::string& text,
               absl::string_view problem) {
  return absl::StrCat(kind, " \"", DigestOf(text), "\": ", problem);
}

TEST(ResolveImage, TakesTheManifestOfAnIndexThatThePlatformContains) {
  const std::string config = ConfigText("linux", "arm");
  const std::string manifest = ManifestText(config);
  const std::string index = IndexText(
      DescriptorText(kOciManifestMediaType, manifest), "linux", "arm", "v6");
  Repository repository;
  repository.Add("x/config", config);
  repository.Add(kOciManifestMediaType, manifest);
  repository.Add(kOciIndexMediaType, index, "1");
  const auto blob = [](absl::string_view type, const std::string& text) {
    return LockedBlob{std::string(type), DigestOf(text),
                      static_cast<int64_t>(text.size())};
  };
  const absl::StatusOr<LockedImage> image = repository.Resolve("linux/arm/v7");
  ASSERT_TRUE(image.ok()) << image.status();
  EXPECT_EQ(
      *image,
      (LockedImage{.image = absl::StrCat("h.x/a/b:1@", DigestOf(index)),
                   .platform = "linux/arm/v7",
                   .manifest = blob(kOciManifestMediaType, manifest),
                   .config = blob(kOciConfigMediaType, config),
                   .layers = {{.blob = {kLayer, kSha, 3}, .diff_id = kSha}},
                   .onbuild = {}}));
}

TEST(ResolveImage, SaysWhichPlatformsThereAre) {
  const std::string config = ConfigText("linux", "amd64");
  const std::string manifest = ManifestText(config);
  EXPECT_EQ(
      RefusalOf(manifest, config, "linux/s390x"),
      absl::NotFoundError("no image for platform \"linux/s390x\": the registry "
                          "has \"linux/amd64\""));
  Repository repository;
  repository.Add(kOciIndexMediaType,
                 IndexText(DescriptorText(kOciManifestMediaType, manifest),
                           "linux", "arm64"),
                 "1");
  EXPECT_EQ(
      repository.Refusal("linux/amd64"),
      absl::NotFoundError("no image for platform \"linux/amd64\": the registry "
                          "has \"linux/arm64\""));
  Repository empty;
  empty.Add(kOciIndexMediaType, R"({"schemaVersion":2,"manifests":[]})", "1");
  EXPECT_EQ(
      empty.Refusal("linux/amd64"),
      absl::NotFoundError("no image for platform \"linux/amd64\": the registry "
                          "has none with a platform"));
}

TEST(ResolveImage, RefusesAnIndexInAnIndex) {
  Repository repository;
  repository.Add(
      kOciIndexMediaType,
      IndexText(DescriptorText(kOciIndexMediaType, "{}"), "linux", "amd64"),
      "1");
  EXPECT_EQ(repository.Refusal("linux/amd64"),
            absl::UnimplementedError(
                absl::StrCat("the index lists the index \"", DigestOf("{}"),
                             "\": expected images")));
}

TEST(ResolveImage, RefusesSchema1AndOtherMediaTypes) {
  Repository old;
  old.Add("application/vnd.docker.distribution.manifest.v1+prettyjws", "{}",
          "1");
  EXPECT_EQ(old.Refusal("linux/amd64"),
            absl::UnimplementedError("\"1\": expected an image of OCI or "
                                     "Docker's schema 2, got schema 1"));
  const std::string schema1 = R"({"schemaVersion":1})";
  EXPECT_EQ(
      RefusalOf(schema1, ""),
      absl::InvalidArgumentError(In(
          "manifest", schema1, "manifest has schema version 1: expected 2")));
  const std::string artifact =
      ManifestText("{}", "text/plain", "application/vnd.oci.empty.v1+json");
  EXPECT_EQ(RefusalOf(artifact, "{}"),
            absl::InvalidArgumentError(
                In("manifest", artifact,
                   "config media type \"application/vnd.oci.empty.v1+json\": "
                   "not an image")));
  EXPECT_EQ(RefusalOf("<html>", "").code(), absl::StatusCode::kInvalidArgument);
}

TEST(ResolveImage, RefusesLayersThatCannotBeRead) {
  const std::string config = ConfigText("linux", "amd64");
  const std::string foreign = ManifestText(
      config, "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip");
  EXPECT_EQ(
      RefusalOf(foreign, config),
      absl::UnimplementedError(
          In("manifest", foreign,
             "layer 1 of 1: expected a layer that the registry has, got "
             "\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\"")));
  const std::string text = ManifestText(config, "text/plain");
  EXPECT_EQ(RefusalOf(text, config),
            absl::InvalidArgumentError(
                In("manifest", text,
                   "layer 1 of 1: layer media type \"text/plain\": expected a "
                   "tar, tar+gzip or tar+zstd layer")));
}

TEST(ResolveImage, RefusesADigestThatIsNotSha256) {
  const std::string manifest =
      absl::StrReplaceAll(ManifestText("{}"), {{kSha, "sha512:0"}});
  EXPECT_EQ(RefusalOf(manifest, "{}"),
            absl::InvalidArgumentError(
                In("manifest", manifest,
                   "field \"layers[0].digest\": digest \"sha512:0\": expected "
                   "\"sha256:<64 lower-case hex digits>\"")));
}

TEST(ResolveImage, RefusesAConfigThatIsNoneOfItsManifest) {
  const std::string windows = ConfigText("windows", "amd64");
  EXPECT_EQ(RefusalOf(ManifestText(windows), windows, "windows/amd64"),
            absl::UnimplementedError(
                In("config", windows,
                   "expected an image for linux, got one for windows/amd64")));
  const std::string two = ConfigText("linux", "amd64", 2);
  EXPECT_EQ(RefusalOf(ManifestText(two), two),
            absl::InvalidArgumentError(
                In("config", two,
                   "expected 1 diff_ids, as the manifest has layers, got 2")));
  const std::string text = "{} {}";
  EXPECT_EQ(
      RefusalOf(ManifestText(text), text),
      absl::InvalidArgumentError(
          In("config", text,
             "malformed JSON at line 1, column 4: syntax error while parsing "
             "value - unexpected '{'; expected end of input")));
  const std::string arm = ConfigText("linux", "arm64");
  const std::string manifest = ManifestText(arm);
  Repository repository;
  repository.Add("x/config", arm);
  repository.Add(kOciManifestMediaType, manifest);
  repository.Add(kOciIndexMediaType,
                 IndexText(DescriptorText(kOciManifestMediaType, manifest),
                           "linux", "amd64"),
                 "1");
  EXPECT_EQ(repository.Refusal("linux/amd64"),
            absl::InvalidArgumentError(
                In("config", arm,
                   "expected an image for linux/amd64, as its index says, got "
                   "one for linux/arm64")));
}

TEST(ResolveImage, RefusesAConfigThatIsTooLargeOrOtherBytes) {
  const std::string config = ConfigText("linux", "amd64");
  const std::string size = absl::StrCat(R"("size":)", config.size());
  const std::string large =
      absl::StrReplaceAll(ManifestText(config), {{size, R"("size":16777217)"}});
  EXPECT_EQ(
      RefusalOf(large, config),
      absl::ResourceExhaustedError(In("blob", config,
                                      "expected at most 16777216 bytes, got "
                                      "16777217")));
  const std::string small =
      absl::StrReplaceAll(ManifestText(config), {{size, R"("size":7)"}});
  EXPECT_EQ(RefusalOf(small, config),
            absl::DataLossError(absl::StrCat(
                "registry \"HOST\": ",
                In("blob", config, "expected 7 bytes, got more"))));
  EXPECT_EQ(
      RefusalOf(ManifestText(config), "other"),
      absl::NotFoundError("registry \"HOST\" returned 404: no reason given"));
}

}  // namespace
}  // namespace rules_dockerfile
