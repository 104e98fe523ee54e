#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/base/go_quote.h"
#include "lib/base/percent_decode.h"
#include "lib/platform/platform.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr char kOsPattern[] =
    R"(^([A-Za-z0-9_-]+)(?:\(([A-Za-z0-9_.%-]*)((?:\+[A-Za-z0-9_.%-]+)*)\))?$)";
constexpr char kPartPattern[] = R"(^[A-Za-z0-9_.-]+$)";

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(
      absl::StrCat(parts..., ": invalid argument"));
}

bool IsKnownOs(absl::string_view os) {
  static const auto& known = *new std::set<absl::string_view>{
      "aix",     "android", "darwin",  "dragonfly", "freebsd", "hurd",
      "illumos", "ios",     "js",      "linux",     "nacl",    "netbsd",
      "openbsd", "plan9",   "solaris", "windows",   "zos"};
  return known.contains(os);
}

bool IsKnownArchitecture(absl::string_view architecture) {
  static const auto& known = *new std::set<absl::string_view>{
      "386",       "amd64",       "amd64p32", "arm",    "armbe",   "arm64",
      "arm64be",   "loong64",     "mips",     "mipsle", "mips64",  "mips64le",
      "mips64p32", "mips64p32le", "ppc",      "ppc64",  "ppc64le", "riscv",
      "riscv64",   "s390",        "s390x",    "sparc",  "sparc64", "wasm"};
  return known.contains(architecture);
}

absl::StatusOr<std::string> DecodeOption(absl::string_view specifier,
                                         absl::string_view option) {
  std::optional<std::string> decoded = PercentDecode(option);
  if (decoded) return *std::move(decoded);
  return Invalid(GoQuote(specifier), ": invalid URL escape in OS option ",
                 GoQuote(option));
}

// Reads "windows(10.0+win32k)".
absl::Status SetOs(absl::string_view specifier, absl::string_view text,
                   Platform& platform) {
  static const RE2& os_pattern = *new RE2(kOsPattern);
  std::string version, features;
  if (!RE2::FullMatch(text, os_pattern, &platform.os, &version, &features)) {
    return Invalid(
        GoQuote(text), " is an invalid OS component of ", GoQuote(specifier),
        ": OSAndVersion specifier component must match ", GoQuote(kOsPattern));
  }
  ABSL_ASSIGN_OR_RETURN(platform.os_version, DecodeOption(specifier, version));
  for (absl::string_view feature :
       absl::StrSplit(features, '+', absl::SkipEmpty())) {
    ABSL_ASSIGN_OR_RETURN(platform.os_features.emplace_back(),
                          DecodeOption(specifier, feature));
  }
  absl::c_sort(platform.os_features);
  return absl::OkStatus();
}

// Checks the elements after the system.
absl::Status CheckParts(absl::string_view specifier,
                        absl::Span<const std::string> parts) {
  static const RE2& part_pattern = *new RE2(kPartPattern);
  for (const std::string& part : parts) {
    if (RE2::FullMatch(part, part_pattern)) continue;
    return Invalid(
        GoQuote(part), " is an invalid component of ", GoQuote(specifier),
        ": platform specifier component must match ", GoQuote(kPartPattern));
  }
  if (parts.size() <= 2) return absl::OkStatus();
  return Invalid(GoQuote(specifier), ": cannot parse platform specifier");
}

// `text` as an architecture of Linux, if it is one that Go knows.
std::optional<Platform> LoneArchitecture(absl::string_view text) {
  Platform platform =
      NormalizedPlatform({.os = "linux", .architecture = std::string(text)});
  if (!IsKnownArchitecture(platform.architecture)) return std::nullopt;
  return platform;
}

// Returns the platform of a specifier of one element, which SetOs() read into
// `named`.
absl::StatusOr<Platform> CompletedFrom(const Platform& host,
                                       absl::string_view specifier,
                                       const Platform& named) {
  Platform platform = NormalizedPlatform(named);
  if (IsKnownOs(platform.os)) {
    platform.architecture = host.architecture;
    platform.variant = host.variant;
    return platform;
  }
  std::optional<Platform> lone = LoneArchitecture(specifier);
  if (!lone) {
    return Invalid(GoQuote(specifier),
                   ": unknown operating system or architecture");
  }
  platform = host;
  platform.architecture = std::move(lone->architecture);
  platform.variant = std::move(lone->variant);
  return platform;
}

}  // namespace

absl::StatusOr<Platform> ParsePlatformSpecifier(absl::string_view specifier,
                                                const Platform& host) {
  if (absl::StrContains(specifier, '*')) {
    return Invalid(GoQuote(specifier), ": wildcards not yet supported");
  }
  const std::vector<std::string> parts =
      absl::StrSplit(specifier, absl::MaxSplits('/', 3));
  Platform platform;
  ABSL_RETURN_IF_ERROR(SetOs(specifier, parts[0], platform));
  ABSL_RETURN_IF_ERROR(
      CheckParts(specifier, absl::MakeConstSpan(parts).subspan(1)));
  if (parts.size() == 1) return CompletedFrom(host, specifier, platform);
  platform.architecture = parts[1];
  if (parts.size() > 2) platform.variant = parts[2];
  return NormalizedPlatform(std::move(platform));
}

absl::StatusOr<Platform> ParsePlatform(absl::string_view text) {
  if (absl::StrContains(text, '/')) {
    absl::StatusOr<Platform> platform = ParsePlatformSpecifier(text);
    if (platform.ok()) return platform;
  } else if (std::optional<Platform> platform = LoneArchitecture(text)) {
    return *std::move(platform);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "platform \"", text, "\": expected os/architecture[/variant]"));
}

}  // namespace rules_dockerfile
