#ifndef LIB_REGISTRY_MOUNT_SOURCES_H_
#define LIB_REGISTRY_MOUNT_SOURCES_H_

#include <map>
#include <string>
#include <vector>

namespace rules_dockerfile {

// The annotation that says which repositories of `registry` have a blob:
// "containerd.io/distribution.source.<registry>", their names divided by
// commas (containerd, labels.LabelDistributionSource). image_pull writes it to
// the descriptor in a layout's index.json.
std::string SourceAnnotation(const std::string& registry);

// The repositories of `registry` that annotations of a descriptor or a manifest
// name: those above, and that of the base image,
// "org.opencontainers.image.base.name". What is not a name is skipped.
std::vector<std::string> MountSources(
    const std::map<std::string, std::string>& annotations,
    const std::string& registry);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_MOUNT_SOURCES_H_
