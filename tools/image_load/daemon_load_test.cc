// Loads into servers that answer as daemons do, and remember what they got.
#include "tools/image_load/daemon_load.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/docker/client.h"
#include "lib/docker/endpoint.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_config.h"
#include "lib/oci/image_testing.h"
#include "lib/reference/reference.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {
namespace {

// The image, with its layers in files.
ArchivedImage Archived(const TestImage& image,
                       const std::vector<std::string>& tags) {
  ArchivedImage archived = {
      .contents = {.manifests = {image.manifest}, .configs = {image.config}}};
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const Descriptor& layer = image.layer_descriptors[i];
    const std::string path =
        absl::StrCat(testing::TempDir(), "/", DigestHex(layer.digest));
    EXPECT_EQ(WriteFile(path, image.layers[i]), absl::OkStatus());
    archived.contents.layers.push_back({.path = path, .descriptor = layer});
  }
  for (const std::string& tag : tags) {
    archived.tags.push_back(ParseImageReference(tag).value());
  }
  return archived;
}

// `docker image inspect` of the image.
std::string Inspected(const TestImage& image) {
  const ImageConfig config = ParseImageConfig(image.config).value();
  std::string layers;
  for (const std::string& id : config.diff_ids) {
    absl::StrAppend(&layers, layers.empty() ? "" : ",", "\"", id, "\"");
  }
  return absl::StrCat(R"({"RootFS":{"Layers":[)", layers, "]}}");
}

// A daemon with one image, "1", of the given layers.
class Daemon {
 public:
  Daemon(const TestImage& known, std::string info, std::string version)
      : info_(std::move(info)),
        version_(std::move(version)),
        known_(Inspected(known)) {}

  // What it answers to each load; the last also to those that follow.
  std::vector<std::string> loads = {R"({"stream":"Loaded image: app:1\n"})"};
  // What it says of an image with ?manifests=1.
  std::string manifests;
  // What it says of the image "app:1", if it has one.
  std::string app;
  bool is_podman = false;

  absl::StatusOr<LoadedImages> Load(const std::vector<ArchivedImage>& images) {
    const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
    DockerClient client =
        DockerClient::Connect(
            {{.name = "test", .url = absl::StrCat("http://", server_.host())}},
            *transport)
            .value();
    return LoadIntoDaemon(images, client);
  }

  // The archives that were sent.
  std::vector<std::string> Archives() {
    std::vector<std::string> archives;
    for (const ScriptedServer::Request& request : server_.requests()) {
      if (absl::StartsWith(request.target, "/images/load")) {
        archives.push_back(request.body);
      }
    }
    return archives;
  }

  std::vector<std::string> Lines() { return server_.Lines(); }

 private:
  ScriptedServer::Answer Answer(const ScriptedServer::Request& request) {
    if (request.target == "/_ping") {
      std::vector<std::string> headers = {"Api-Version: " + version_};
      if (is_podman) headers.push_back("Libpod-Api-Version: 5.0.0");
      return HttpAnswer(200, "OK", headers);
    }
    if (request.target == "/info") return HttpAnswer(200, info_);
    if (request.target == "/images/json") {
      return HttpAnswer(200, R"([{"Id":"1"}])");
    }
    if (request.target == "/images/1/json") return HttpAnswer(200, known_);
    if (request.target == "/images/app%3A1/json" && !app.empty()) {
      return HttpAnswer(200, app);
    }
    if (absl::EndsWith(request.target, "/json")) {
      return HttpAnswer(404, R"({"message":"No such image"})");
    }
    if (absl::StrContains(request.target, "/tag?")) return HttpAnswer(201);
    if (absl::EndsWith(request.target, "?manifests=1")) {
      return HttpAnswer(200, manifests);
    }
    const std::string answer = loads.front();
    if (loads.size() > 1) loads.erase(loads.begin());
    return HttpAnswer(200, answer);
  }

  std::string info_;
  std::string version_;
  std::string known_;
  ScriptedServer server_{[this](const ScriptedServer::Request& request) {
    return Answer(request);
  }};
};

constexpr char kOverlay2[] = R"({"Driver":"overlay2"})";
constexpr char kContainerd[] =
    R"({"DriverStatus":[["driver-type","io.containerd.snapshotter.v1"]]})";
constexpr char kLost[] = R"({"error":"open /tmp/x: no such file"})";

// Which of the image's layers the archive has: "01" for both of two.
std::string LayersIn(absl::string_view archive, const TestImage& image) {
  std::string found;
  for (size_t i = 0; i < image.layers.size(); ++i) {
    if (absl::StrContains(archive, image.layers[i])) absl::StrAppend(&found, i);
  }
  return found;
}

class LoadIntoDaemonTest : public testing::Test {
 protected:
  const TestImage known_ = MakeTestImage("linux/amd64", {"a", "b"});
  const TestImage edited_ = MakeTestImage("linux/amd64", {"a", "c"});
  const TestImage other_ = MakeTestImage("linux/amd64", {"x", "c", "a"});
  const int64_t base_size_ = edited_.layer_descriptors[0].size;

  std::string Available(const TestImage& image, absl::string_view available) {
    return absl::StrCat(R"({"Manifests":[{"ID":")", image.descriptor.digest,
                        R"(","Available":)", available, "}]}");
  }
};

TEST_F(LoadIntoDaemonTest, SendsDockerOnlyTheEditedLayer) {
  Daemon daemon(known_, kOverlay2, "1.41");
  const absl::StatusOr<LoadedImages> loaded =
      daemon.Load({Archived(edited_, {"app:1"})});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->names, std::vector<std::string>{"app:1"});
  ASSERT_EQ(daemon.Archives().size(), 1u);
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited_), "1");
  EXPECT_EQ(loaded->sent, static_cast<int64_t>(daemon.Archives()[0].size()));
  EXPECT_EQ(loaded->there, base_size_);
}

TEST_F(LoadIntoDaemonTest, SendsDockerALayerThatItHasAboveOthers) {
  Daemon daemon(known_, kOverlay2, "1.41");
  ASSERT_TRUE(daemon.Load({Archived(other_, {"app:1"})}).ok());
  EXPECT_EQ(LayersIn(daemon.Archives()[0], other_), "012");
}

TEST_F(LoadIntoDaemonTest, LooksAtNoOtherImageIfThatOfTheNameLacksLittle) {
  Daemon daemon(known_, kOverlay2, "1.41");
  daemon.app = Inspected(known_);
  ASSERT_TRUE(daemon.Load({Archived(edited_, {"app:1"})}).ok());
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited_), "1");
  EXPECT_EQ(daemon.Lines(), (std::vector<std::string>{
                                "GET /_ping", "GET /images/app%3A1/json",
                                "GET /info", "POST /images/load?quiet=1"}));
}

TEST_F(LoadIntoDaemonTest, LooksAtAllImagesIfThatOfTheNameLacksMuch) {
  const std::string large(1 << 20, 'c');
  const TestImage edited = MakeTestImage("linux/amd64", {"a", large, "d"});
  Daemon daemon(MakeTestImage("linux/amd64", {"a", large}), kOverlay2, "1.41");
  daemon.app = Inspected(known_);
  ASSERT_TRUE(daemon.Load({Archived(edited, {"app:1"})}).ok());
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited), "2");
}

TEST_F(LoadIntoDaemonTest, SendsAllLayersIfTheDaemonHasLostOne) {
  Daemon daemon(known_, kOverlay2, "1.41");
  daemon.loads.insert(daemon.loads.begin(), kLost);
  const absl::StatusOr<LoadedImages> loaded =
      daemon.Load({Archived(edited_, {"app:1"})});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(daemon.Archives().size(), 2u);
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited_), "1");
  EXPECT_EQ(LayersIn(daemon.Archives()[1], edited_), "01");
  EXPECT_EQ(loaded->there, 0);
  EXPECT_EQ(loaded->notes,
            std::vector<std::string>{
                "sent all layers: the daemon cannot load the image: "
                "open /tmp/x: no such file"});
}

TEST_F(LoadIntoDaemonTest, ReportsWhatTheWholeArchiveFailsFor) {
  Daemon daemon(known_, kOverlay2, "1.41");
  daemon.loads = {kLost, R"({"error":"no space left on device"})"};
  EXPECT_EQ(daemon.Load({Archived(edited_, {"app:1"})}).status(),
            absl::UnknownError(
                "the daemon cannot load the image: no space left on device"));
}

TEST_F(LoadIntoDaemonTest, AsksContainerdsStoreWhetherItHasAll) {
  Daemon daemon(known_, kContainerd, "1.48");
  daemon.manifests = Available(other_, "true");
  const absl::StatusOr<LoadedImages> loaded =
      daemon.Load({Archived(other_, {"app:1"})});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  ASSERT_EQ(daemon.Archives().size(), 1u);
  EXPECT_EQ(LayersIn(daemon.Archives()[0], other_), "01");
  EXPECT_EQ(daemon.Lines().back(),
            "GET /v1.48/images/app%3A1/json?manifests=1");
}

TEST_F(LoadIntoDaemonTest, SendsContainerdsStoreAllIfItLacksABlob) {
  Daemon daemon(known_, kContainerd, "1.51");
  for (const std::string& manifests :
       {Available(edited_, "false"), Available(known_, "true"),
        std::string("{}"), std::string("not JSON")}) {
    daemon.manifests = manifests;
    const size_t before = daemon.Archives().size();
    const absl::StatusOr<LoadedImages> loaded =
        daemon.Load({Archived(edited_, {"app:1"})});
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    EXPECT_EQ(loaded->notes.size(), 1u) << manifests;
    ASSERT_EQ(daemon.Archives().size(), before + 2) << manifests;
    EXPECT_EQ(LayersIn(daemon.Archives()[before], edited_), "1");
    EXPECT_EQ(LayersIn(daemon.Archives()[before + 1], edited_), "01");
  }
}

TEST_F(LoadIntoDaemonTest, SendsAllToAContainerdsStoreThatCannotBeAsked) {
  Daemon daemon(known_, kContainerd, "1.47");
  ASSERT_TRUE(daemon.Load({Archived(edited_, {"app:1"})}).ok());
  ASSERT_EQ(daemon.Archives().size(), 1u);
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited_), "01");
}

TEST_F(LoadIntoDaemonTest, LoadsIntoPodmanOneImageAfterTheOther) {
  Daemon daemon(known_, kOverlay2, "1.41");
  daemon.is_podman = true;
  daemon.loads = {R"({"stream":"Loaded image: localhost/app:1"})",
                  R"({"stream":"Loaded image: localhost/other:1"})"};
  const absl::StatusOr<LoadedImages> loaded = daemon.Load(
      {Archived(edited_, {"app:1", "h:5/app:v1"}), Archived(other_, {"o:1"})});
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->names,
            (std::vector<std::string>{"localhost/app:1", "h:5/app:v1",
                                      "localhost/other:1"}));
  ASSERT_EQ(daemon.Archives().size(), 2u);
  EXPECT_EQ(LayersIn(daemon.Archives()[0], edited_), "1");
  // It has the others of the known image, and of the one before.
  EXPECT_EQ(LayersIn(daemon.Archives()[1], other_), "0");
  const std::vector<std::string> lines = daemon.Lines();
  EXPECT_EQ(lines[lines.size() - 2],
            "POST /images/localhost%2Fapp%3A1/tag?repo=h%3A5%2Fapp&tag=v1");
  // podman takes an archive for OCI's only if it has one entry.
  EXPECT_FALSE(absl::StrContains(daemon.Archives()[0], "h:5/app"));
}

}  // namespace
}  // namespace rules_dockerfile
