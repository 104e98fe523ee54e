#include "tools/image_lock/lock_plan.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/network/locked_image.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

// Name and platform of an entry.
using Key = std::pair<std::string, std::string>;

Key KeyOf(const LockedImage& image) {
  return {LockedImageName(image.image), image.platform};
}

std::string KeyText(const Key& key) {
  return absl::StrCat(key.first, " for ", key.second);
}

std::string DigestIn(const LockedImage& image) {
  return image.image.substr(image.image.find('@') + 1);
}

std::map<Key, LockedImage> ByKey(absl::Span<const LockedImage> images) {
  std::map<Key, LockedImage> by_key;
  for (const LockedImage& image : images) by_key[KeyOf(image)] = image;
  return by_key;
}

// A reference, and the platforms that it is wanted and locked for.
struct Use {
  ImageReference reference;
  std::set<std::string> wanted;
  std::map<std::string, const LockedImage*> locked;
};

// All that is wanted or locked, by name.
std::map<std::string, Use> UsesOf(absl::Span<const LockedImage> old,
                                  const LockRequest& request) {
  std::map<std::string, Use> uses;
  for (const WantedImage& wanted : request.wanted) {
    Use& use = uses[ReferenceText(wanted.reference)];
    use.reference = wanted.reference;
    use.wanted.insert(wanted.platform);
  }
  for (const LockedImage& image : old) {
    const absl::StatusOr<ImageReference> reference =
        ParseImageReference(image.image);
    if (!reference.ok()) continue;
    Use& use = uses[LockedImageName(image.image)];
    use.reference = *reference;
    if (!reference->tag.empty()) use.reference.digest.clear();
    use.locked[image.platform] = &image;
  }
  return uses;
}

bool IsUpdated(const Use& use, const LockRequest& request) {
  // A digest is what it is.
  if (!use.reference.digest.empty()) return false;
  if (absl::c_linear_search(request.update, use.reference)) return true;
  return request.update_all && !(request.only && use.wanted.empty());
}

Resolution ResolutionOf(const Use& use, bool is_updated) {
  Resolution resolution = {
      .reference = use.reference, .at = {}, .platforms = {}};
  std::set<std::string> platforms = use.wanted;
  for (const auto& [platform, image] : use.locked) {
    if (is_updated) {
      platforms.insert(platform);
    } else {
      platforms.erase(platform);
    }
  }
  resolution.platforms.assign(platforms.begin(), platforms.end());
  if (!use.reference.digest.empty()) {
    resolution.at = use.reference.digest;
  } else if (is_updated || use.locked.empty()) {
    resolution.at = use.reference.tag;
  } else {
    resolution.at = DigestIn(*use.locked.begin()->second);
  }
  return resolution;
}

// What became of an entry; "" if nothing did.
std::string Change(const LockedImage* before, const LockedImage& now) {
  if (before == nullptr) return absl::StrCat("locked ", DigestIn(now));
  if (*before == now) return "";
  if (before->image == now.image) return "another entry for the same digest";
  return absl::StrCat("locked ", DigestIn(now), ", was ", DigestIn(*before));
}

bool IsChecked(const Use& use, const LockRequest& request) {
  if (use.wanted.empty()) return false;
  return request.update.empty() || request.update_all ||
         absl::c_linear_search(request.update, use.reference);
}

}  // namespace

ImageReference AsLocked(ImageReference reference) {
  reference = WithDefaultTag(std::move(reference));
  if (!reference.digest.empty()) reference.tag.clear();
  return reference;
}

absl::Status CheckUpdates(const LockRequest& request) {
  std::set<std::string> wanted;
  for (const WantedImage& image : request.wanted) {
    wanted.insert(absl::StrCat("\"", FamiliarText(image.reference), "\""));
  }
  for (const ImageReference& update : request.update) {
    const std::string name = FamiliarText(update);
    if (wanted.contains(absl::StrCat("\"", name, "\""))) continue;
    wanted.insert("\"all\"");
    return absl::InvalidArgumentError(absl::StrCat(
        "--update=", name, ": expected one of ", absl::StrJoin(wanted, ", ")));
  }
  return absl::OkStatus();
}

std::vector<Resolution> PlanResolutions(absl::Span<const LockedImage> old,
                                        const LockRequest& request) {
  std::vector<Resolution> resolutions;
  for (const auto& [name, use] : UsesOf(old, request)) {
    Resolution resolution = ResolutionOf(use, IsUpdated(use, request));
    if (!resolution.platforms.empty()) {
      resolutions.push_back(std::move(resolution));
    }
  }
  return resolutions;
}

UpdatedImages UpdateImages(absl::Span<const LockedImage> old,
                           const LockRequest& request,
                           absl::Span<const LockedImage> resolved) {
  std::set<std::string> wanted;
  for (const WantedImage& image : request.wanted) {
    wanted.insert(ReferenceText(image.reference));
  }
  const std::map<Key, LockedImage> before = ByKey(old);
  std::map<Key, LockedImage> images = before;
  for (const LockedImage& image : resolved) images[KeyOf(image)] = image;
  UpdatedImages updated;
  for (const auto& [key, image] : images) {
    if (request.only && !wanted.contains(key.first)) {
      updated.lines.push_back(absl::StrCat(KeyText(key), ": dropped"));
      continue;
    }
    const auto found = before.find(key);
    const std::string change =
        Change(found == before.end() ? nullptr : &found->second, image);
    if (!change.empty()) {
      updated.lines.push_back(absl::StrCat(KeyText(key), ": ", change));
    }
    updated.images.push_back(image);
  }
  return updated;
}

std::vector<LockedRegistry> UpdateRegistries(
    absl::Span<const LockedRegistry> old, absl::Span<const LockedImage> images,
    absl::Span<const std::string> mirrors,
    absl::Span<const LockedRegistry> told) {
  std::map<std::string, LockedRegistry> by_name;
  for (const auto& list : {old, told}) {
    for (const LockedRegistry& registry : list) {
      by_name[registry.registry] = registry;
    }
  }
  std::vector<LockedRegistry> registries;
  for (const auto& [name, registry] : by_name) {
    const bool has_image =
        absl::c_any_of(images, [&](const LockedImage& image) {
          return image.image.substr(0, image.image.find('/')) == name;
        });
    if (has_image || absl::c_linear_search(mirrors, name))
      registries.push_back(registry);
  }
  return registries;
}

std::vector<ImageReference> PlanCheck(absl::Span<const LockedImage> old,
                                      const LockRequest& request) {
  std::vector<ImageReference> references;
  for (const auto& [name, use] : UsesOf(old, request)) {
    if (IsChecked(use, request) && !use.locked.empty() &&
        use.reference.digest.empty()) {
      references.push_back(use.reference);
    }
  }
  return references;
}

std::vector<std::string> CheckImages(
    absl::Span<const LockedImage> old, const LockRequest& request,
    const std::map<std::string, std::string>& current) {
  std::vector<std::string> lines;
  for (const auto& [name, use] : UsesOf(old, request)) {
    if (use.wanted.empty() && request.only) {
      lines.push_back(
          absl::StrCat(name, ": expected no entry, as nothing requires it"));
    }
    if (!IsChecked(use, request)) continue;
    for (const std::string& platform : use.wanted) {
      if (use.locked.contains(platform)) continue;
      lines.push_back(absl::StrCat(KeyText({name, platform}),
                                   ": expected an entry, got none"));
    }
    const auto now = current.find(name);
    if (now == current.end()) continue;
    std::set<std::string> digests;
    for (const auto& [platform, image] : use.locked) {
      digests.insert(DigestIn(*image));
    }
    digests.erase(now->second);
    for (const std::string& digest : digests) {
      lines.push_back(absl::StrCat(name, ": expected ", digest,
                                   " (locked), got ", now->second,
                                   " from the registry"));
    }
  }
  return lines;
}

std::vector<Resolution> PlanVerification(
    absl::Span<const LockedImage> old, const LockRequest& request,
    const std::map<std::string, std::string>& current) {
  std::vector<Resolution> resolutions;
  for (const auto& [name, use] : UsesOf(old, request)) {
    if (!IsChecked(use, request)) continue;
    const auto now = current.find(name);
    Resolution resolution = {
        .reference = use.reference, .at = {}, .platforms = {}};
    for (const auto& [platform, image] : use.locked) {
      // One that is out of date may be gone from the registry.
      if (now != current.end() && now->second != DigestIn(*image)) continue;
      resolution.at = DigestIn(*image);
      resolution.platforms.push_back(platform);
    }
    if (!resolution.platforms.empty()) {
      resolutions.push_back(std::move(resolution));
    }
  }
  return resolutions;
}

std::vector<std::string> VerifyImages(absl::Span<const LockedImage> old,
                                      absl::Span<const LockedImage> resolved) {
  const std::map<Key, LockedImage> locked = ByKey(old);
  std::vector<std::string> lines;
  for (const LockedImage& image : resolved) {
    const auto found = locked.find(KeyOf(image));
    if (found == locked.end() || found->second == image) continue;
    lines.push_back(absl::StrCat(
        KeyText(found->first), ": expected the manifest, config and layers of ",
        DigestIn(image), ", got others"));
  }
  return lines;
}

}  // namespace rules_dockerfile
