#include "tools/image_lock/lock_images.h"

#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/network/locked_image.h"
#include "lib/network/network_lock.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/mirrored_registry.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/resolve.h"
#include "lib/registry/token_server.h"
#include "tools/image_lock/lock_evidence.h"
#include "tools/image_lock/lock_plan.h"

namespace rules_dockerfile {
namespace {

absl::Status At(absl::string_view place, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(place, ": ", status.message()));
}

// The registries of a run, each opened once.
class Registries {
 public:
  explicit Registries(const OpenRegistry& open) : open_(&open) {}

  absl::StatusOr<MirroredRegistry*> Find(const std::string& registry) {
    std::unique_ptr<MirroredRegistry>& opened = opened_[registry];
    if (opened == nullptr) {
      ABSL_ASSIGN_OR_RETURN(opened, (*open_)(registry));
    }
    return opened.get();
  }

  // How those that were opened, and their mirrors, expected a login.
  std::vector<LockedRegistry> Logins() {
    std::vector<LockedRegistry> logins;
    for (const auto& [name, registry] : opened_) {
      for (const auto& [host, login] : registry->FindLogins()) {
        logins.push_back(
            {.registry = host, .realm = login.realm, .service = login.service});
      }
    }
    return logins;
  }

 private:
  const OpenRegistry* open_;
  std::map<std::string, std::unique_ptr<MirroredRegistry>> opened_;
};

absl::StatusOr<std::vector<LockedImage>> Resolve(const Resolution& resolution,
                                                 Registries& registries) {
  ABSL_ASSIGN_OR_RETURN(MirroredRegistry * registry,
                        registries.Find(resolution.reference.registry));
  MirroredRepository source(*registry, resolution.reference.repository);
  ABSL_ASSIGN_OR_RETURN(const PulledManifest root,
                        source.PullManifest(resolution.at));
  std::vector<LockedImage> images;
  for (const std::string& text : resolution.platforms) {
    ABSL_ASSIGN_OR_RETURN(const Platform platform, ParsePlatform(text));
    ABSL_ASSIGN_OR_RETURN(
        images.emplace_back(),
        ResolveImage(resolution.reference, platform, root, source));
  }
  return images;
}

absl::StatusOr<std::vector<LockedImage>> ResolveAll(
    const std::vector<Resolution>& resolutions, Registries& registries) {
  std::vector<LockedImage> resolved;
  for (const Resolution& resolution : resolutions) {
    const absl::StatusOr<std::vector<LockedImage>> images =
        Resolve(resolution, registries);
    if (!images.ok()) {
      return At(ReferenceText(resolution.reference), images.status());
    }
    resolved.insert(resolved.end(), images->begin(), images->end());
  }
  return resolved;
}

// A file that is not there is an empty lock.
absl::StatusOr<NetworkLock> ReadLock(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return NetworkLock();
  if (!text.ok()) return text.status();
  ABSL_ASSIGN_OR_RETURN(NetworkLock lock, ParseNetworkLock(*text));
  for (const LockedImage& image : lock.images) {
    ABSL_RETURN_IF_ERROR(ParseImageReference(image.image).status());
    ABSL_RETURN_IF_ERROR(ParsePlatform(image.platform).status());
  }
  return lock;
}

absl::StatusOr<std::vector<std::string>> Lock(const LockOptions& options,
                                              Registries& registries) {
  ABSL_ASSIGN_OR_RETURN(const NetworkLock old, ReadLock(options.path));
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<LockedImage> resolved,
      ResolveAll(PlanResolutions(old.images, options.request), registries));
  UpdatedImages updated = UpdateImages(old.images, options.request, resolved);
  NetworkLock lock = old;
  lock.images = std::move(updated.images);
  ABSL_ASSIGN_OR_RETURN(lock.signatures,
                        UpdateEvidence(
                            lock, options.request, options.evidence,
                            [&](const std::string& registry) {
                              return registries.Find(registry);
                            },
                            updated.lines));
  lock.registries = UpdateRegistries(old.registries, lock.images,
                                     options.mirrors, registries.Logins());
  if (lock != old) {
    ABSL_RETURN_IF_ERROR(WriteFile(options.path, NetworkLockToText(lock)));
  }
  return std::move(updated.lines);
}

absl::StatusOr<std::string> CurrentDigest(const ImageReference& reference,
                                          Registries& registries) {
  ABSL_ASSIGN_OR_RETURN(MirroredRegistry * registry,
                        registries.Find(reference.registry));
  MirroredRepository source(*registry, reference.repository);
  ABSL_ASSIGN_OR_RETURN(const PulledManifest root,
                        source.PullManifest(reference.tag));
  return root.descriptor.digest;
}

absl::StatusOr<std::vector<std::string>> Check(const LockOptions& options,
                                               Registries& registries) {
  ABSL_ASSIGN_OR_RETURN(const NetworkLock lock, ReadLock(options.path));
  std::map<std::string, std::string> current;
  for (const ImageReference& reference :
       PlanCheck(lock.images, options.request)) {
    const std::string name = ReferenceText(reference);
    const absl::StatusOr<std::string> digest =
        CurrentDigest(reference, registries);
    if (!digest.ok()) return At(name, digest.status());
    current[name] = *digest;
  }
  std::vector<std::string> lines =
      CheckImages(lock.images, options.request, current);
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<LockedImage> resolved,
      ResolveAll(PlanVerification(lock.images, options.request, current),
                 registries));
  absl::c_move(VerifyImages(lock.images, resolved), std::back_inserter(lines));
  absl::c_move(CheckEvidence(lock, options.request, options.evidence),
               std::back_inserter(lines));
  return lines;
}

// `work` on the lock, with the lock's name before all that it says.
template <typename Work>
absl::StatusOr<std::vector<std::string>> Named(const LockOptions& options,
                                               const OpenRegistry& open,
                                               Work work) {
  Registries registries(open);
  absl::StatusOr<std::vector<std::string>> lines = work(options, registries);
  if (!lines.ok()) return At(options.name, lines.status());
  for (std::string& line : *lines) {
    line = absl::StrCat(options.name, ": ", line);
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> LockImages(
    const LockOptions& options, const OpenRegistry& open_registry) {
  ABSL_RETURN_IF_ERROR(CheckUpdates(options.request));
  return Named(options, open_registry, Lock);
}

absl::StatusOr<std::vector<std::string>> CheckLock(
    const LockOptions& options, const OpenRegistry& open_registry) {
  ABSL_RETURN_IF_ERROR(CheckUpdates(options.request));
  return Named(options, open_registry, Check);
}

}  // namespace rules_dockerfile
