#include "lib/registry/mount_sources.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr char kBaseAnnotation[] = "org.opencontainers.image.base.name";

}  // namespace

std::string SourceAnnotation(const std::string& registry) {
  return absl::StrCat("containerd.io/distribution.source.", registry);
}

std::vector<std::string> MountSources(
    const std::map<std::string, std::string>& annotations,
    const std::string& registry) {
  std::vector<std::string> repositories;
  const auto add = [&](absl::string_view name) {
    const absl::StatusOr<ImageReference> reference = ParseImageReference(name);
    if (reference.ok() && reference->registry == registry) {
      repositories.push_back(reference->repository);
    }
  };
  if (const auto source = annotations.find(SourceAnnotation(registry));
      source != annotations.end()) {
    for (const absl::string_view name : absl::StrSplit(source->second, ',')) {
      add(absl::StrCat(registry, "/", name));
    }
  }
  if (const auto base = annotations.find(kBaseAnnotation);
      base != annotations.end()) {
    add(base->second);
  }
  return repositories;
}

}  // namespace rules_dockerfile
