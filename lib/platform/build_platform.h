#ifndef LIB_PLATFORM_BUILD_PLATFORM_H_
#define LIB_PLATFORM_BUILD_PLATFORM_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// What an image is built for (OCI image-spec config.md).
struct BuildPlatform {
  std::string os = "linux";
  std::string architecture = "amd64";
  std::string variant;
  std::string os_version;
  std::vector<std::string> os_features;  // sorted

  friend bool operator==(const BuildPlatform&, const BuildPlatform&) = default;
};

// Parses a platform specifier, "linux/arm/v7", "arm64",
// "windows(10.0%2B1+win32k)/amd64" (containerd, package platforms), and
// normalises it: aliases ("x86_64", "armhf") to Go's names, "arm" to its
// variant "v7", no variant where it is the default ("amd64/v1", "arm64/v8").
// What a specifier of one element does not say is taken from `host`.
// InvalidArgument with containerd's message.
absl::StatusOr<BuildPlatform> ParseBuildPlatform(
    absl::string_view specifier, const BuildPlatform& host = {});

// "os/architecture[/variant]".
std::string PlatformText(const BuildPlatform& platform);

// That, with version and features of the system: "windows(10.0+win32k)/amd64".
std::string FullPlatformText(const BuildPlatform& platform);

}  // namespace rules_dockerfile

#endif  // LIB_PLATFORM_BUILD_PLATFORM_H_
