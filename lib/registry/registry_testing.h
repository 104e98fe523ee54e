#ifndef LIB_REGISTRY_REGISTRY_TESTING_H_
#define LIB_REGISTRY_REGISTRY_TESTING_H_

// Layouts to push to a registry, and who pushes them: for tests.
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/registry/credentials.h"
#include "lib/registry/pull.h"
#include "lib/registry/push.h"
#include "lib/registry/push_image.h"
#include "lib/registry/session.h"

namespace rules_dockerfile {

inline std::string TempDirectory(const std::string& name) {
  const std::string path =
      absl::StrCat(testing::TempDir(), "/", getpid(), ".", name);
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  return path;
}

// Writes the blob into the layout, and returns its descriptor's text.
inline std::string PutBlob(const std::string& layout,
                           absl::string_view media_type,
                           const std::string& text) {
  const std::string digest = DigestOf(text);
  EXPECT_EQ(WriteFile(absl::StrCat(layout, "/blobs/sha256/", DigestHex(digest)),
                      text),
            absl::OkStatus());
  return absl::StrCat(R"({"mediaType":")", media_type, R"(","digest":")",
                      digest, R"(","size":)", text.size(), "}");
}

inline constexpr char kLayer[] = "not really a layer";

// A layout with an image of linux/amd64 with one layer.
inline std::string MakeLayout(const std::string& name,
                              const std::string& annotations = "{}") {
  const std::string layout = TempDirectory(name);
  std::filesystem::create_directories(layout + "/blobs/sha256");
  const std::string config =
      PutBlob(layout, kOciConfigMediaType,
              absl::StrCat(R"({"architecture":"amd64","os":"linux",)",
                           R"("rootfs":{"type":"layers","diff_ids":[")",
                           DigestOf(kLayer), R"("]}})"));
  const std::string layer = PutBlob(layout, kOciLayerMediaType, kLayer);
  const std::string manifest = PutBlob(
      layout, kOciManifestMediaType,
      absl::StrCat(R"({"schemaVersion":2,"mediaType":")", kOciManifestMediaType,
                   R"(","config":)", config, R"(,"layers":[)", layer,
                   R"(],"annotations":)", annotations, "}"));
  EXPECT_EQ(WriteFile(layout + "/index.json",
                      absl::StrCat(R"({"schemaVersion":2,"manifests":[)",
                                   manifest, "]}")),
            absl::OkStatus());
  return layout;
}

// What a push says of its blobs.
class Blobs : public PushObserver {
 public:
  void Begin(int64_t count, int64_t size) override {
    count_ = count;
    size_ = size;
  }
  void Sending(int64_t size) override {
    const absl::MutexLock lock(mutex_);
    sent_ += size;
  }
  void Done(const PushedBlob& blob) override {
    const absl::MutexLock lock(mutex_);
    done_.push_back(blob);
  }
  std::vector<BlobOutcome> outcomes() {
    const absl::MutexLock lock(mutex_);
    std::vector<BlobOutcome> outcomes;
    for (const PushedBlob& blob : done_) outcomes.push_back(blob.outcome);
    return outcomes;
  }
  std::vector<PushedBlob> done() {
    const absl::MutexLock lock(mutex_);
    return done_;
  }
  int64_t count() const { return count_; }
  int64_t size() const { return size_; }
  int64_t sent() {
    const absl::MutexLock lock(mutex_);
    return sent_;
  }

 private:
  int64_t count_ = 0;
  int64_t size_ = 0;
  absl::Mutex mutex_;
  int64_t sent_ = 0;
  std::vector<PushedBlob> done_;
};

inline absl::StatusOr<std::optional<Credentials>> Nobody(const std::string&) {
  return std::nullopt;
}

inline SessionOptions WithoutPauses(SessionOptions options) {
  options.sleep = NoPause;
  return options;
}

// How a test pushes: with these options for each registry.
class Pusher {
 public:
  explicit Pusher(SessionOptions options = {})
      : transport_(MakeCurlTransport()),
        clients_(
            [options](const std::string& registry) {
              SessionOptions named = options;
              named.registry = registry;
              named.sleep = NoPause;
              return named;
            },
            *transport_, Nobody) {}

  absl::Status Push(absl::Span<const PushTarget> targets,
                    const PushOptions& options, Blobs& blobs) {
    return PushImages(targets, options, clients_, blobs);
  }

 private:
  std::unique_ptr<HttpTransport> transport_;
  RegistryClients clients_;
};

// A repository of a registry.
class Repository {
 public:
  Repository(const SessionOptions& options, const std::string& name)
      : registry_(options.registry),
        name_(name),
        pusher_(options),
        transport_(MakeCurlTransport()),
        session_(WithoutPauses(options), *transport_, Nobody),
        client_(session_, name) {}

  absl::Status Push(const std::string& layout,
                    const std::vector<std::string>& tags,
                    const std::vector<std::string>& sources = {}) {
    const PushImage image = PushImageOfLayout(layout).value();
    PushOptions options;
    for (const std::string& source : sources) {
      options.sources.push_back({.registry = registry_, .repository = source});
    }
    blobs_ = std::make_unique<Blobs>();
    const PushTarget target = {
        .image = &image,
        .repository = {.registry = registry_, .repository = name_},
        .tags = tags};
    return pusher_.Push({target}, options, *blobs_);
  }
  absl::StatusOr<PullResult> Pull(const PullOptions& options) {
    return PullImage(options, client_);
  }
  std::vector<BlobOutcome> outcomes() { return blobs_->outcomes(); }

 private:
  std::string registry_;
  std::string name_;
  Pusher pusher_;
  std::unique_ptr<HttpTransport> transport_;
  RegistrySession session_;
  RegistryClient client_;
  std::unique_ptr<Blobs> blobs_;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_REGISTRY_TESTING_H_
