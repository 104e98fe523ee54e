#ifndef LIB_PLATFORM_PLATFORM_H_
#define LIB_PLATFORM_PLATFORM_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/json/json_fwd.h"

namespace rules_dockerfile {

// What an image runs on (OCI image-spec image-index.md, "platform"), in
// normal form: "arm64" and not "aarch64", no variant where it is the default
// (amd64 v1, arm64 v8), and one for "arm" always.
struct Platform {
  std::string os;
  std::string architecture;
  std::string variant;
  std::string os_version;
  std::vector<std::string> os_features;

  friend bool operator==(const Platform&, const Platform&) = default;
};

// Returns `platform` in normal form.
Platform NormalizedPlatform(Platform platform);

// Parses `os[(version[+feature…])]/architecture[/variant]`, or a lone
// well-known architecture of Linux; in version and features "%2B" is "+".
// InvalidArgument `platform "a/b/c/d": expected os/architecture[/variant]`.
absl::StatusOr<Platform> ParsePlatform(absl::string_view text);

// Parses a platform specifier of containerd's platforms package, which may also
// be only a system, with its messages. `host` provides what a specifier of one
// element leaves out. The features are sorted.
absl::StatusOr<Platform> ParsePlatformSpecifier(absl::string_view specifier,
                                                const Platform& host = {
                                                    .os = "linux",
                                                    .architecture = "amd64"});

// Returns "linux/arm/v7".
std::string PlatformText(const Platform& platform);

// As PlatformText(), with version and features of the system:
// "windows(10.0+win32k)/amd64".
std::string FullPlatformText(const Platform& platform);

// Reads the fields "os", "architecture", "variant", "os.version" and
// "os.features" of an image config or a descriptor's platform, normalised; all
// may be missing.
absl::StatusOr<Platform> PlatformFromJson(const JsonNode& node);

// Returns the object of a descriptor, in the order of the specification.
Json PlatformToJson(const Platform& platform);

// Returns the position of the best of `offered` for `wanted`: the same os,
// architecture and variant; for amd64, arm and arm64 else the highest variant
// that the wanted one contains (containerd, platforms.Only(), but no other
// architecture). The wanted os version counts if given. nullopt if none fits.
std::optional<size_t> BestPlatform(absl::Span<const Platform> offered,
                                   const Platform& wanted);

}  // namespace rules_dockerfile

#endif  // LIB_PLATFORM_PLATFORM_H_
