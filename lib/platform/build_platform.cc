#include "lib/platform/build_platform.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/base/percent_decode.h"
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

void SetArchitecture(absl::string_view architecture, absl::string_view variant,
                     BuildPlatform& platform) {
  std::string name = absl::AsciiStrToLower(architecture);
  std::string level = absl::AsciiStrToLower(variant);
  if (name == "i386") {
    name = "386";
    level = "";
  } else if (name == "x86_64" || name == "x86-64" || name == "amd64") {
    name = "amd64";
    if (level == "v1") level = "";
  } else if (name == "aarch64" || name == "arm64") {
    name = "arm64";
    if (level == "8" || level == "v8") level = "";
  } else if (name == "armhf") {
    name = "arm";
    level = "v7";
  } else if (name == "armel") {
    name = "arm";
    level = "v6";
  } else if (name == "arm") {
    if (level.empty() || level == "7") level = "v7";
    if (level == "5" || level == "6" || level == "8") level.insert(0, "v");
  }
  platform.architecture = name;
  platform.variant = level;
}

absl::StatusOr<std::string> DecodeOption(absl::string_view specifier,
                                         absl::string_view option) {
  std::optional<std::string> decoded = PercentDecode(option);
  if (decoded) return *std::move(decoded);
  return Invalid(GoQuote(specifier), ": invalid URL escape in OS option ",
                 GoQuote(option));
}

// The inverse of DecodeOption().
std::string EncodedOption(absl::string_view option) {
  return absl::StrReplaceAll(
      option,
      {{"%", "%25"}, {"+", "%2B"}, {"(", "%28"}, {")", "%29"}, {"/", "%2F"}});
}

// Reads "windows(10.0+win32k)".
absl::Status SetOs(absl::string_view specifier, absl::string_view text,
                   BuildPlatform& platform) {
  static const RE2& os_pattern = *new RE2(kOsPattern);
  std::string version, features;
  if (!RE2::FullMatch(text, os_pattern, &platform.os, &version, &features)) {
    return Invalid(
        GoQuote(text), " is an invalid OS component of ", GoQuote(specifier),
        ": OSAndVersion specifier component must match ", GoQuote(kOsPattern));
  }
  absl::AsciiStrToLower(&platform.os);
  if (platform.os == "macos") platform.os = "darwin";
  ABSL_ASSIGN_OR_RETURN(platform.os_version, DecodeOption(specifier, version));
  for (absl::string_view feature :
       absl::StrSplit(features, '+', absl::SkipEmpty())) {
    ABSL_ASSIGN_OR_RETURN(platform.os_features.emplace_back(),
                          DecodeOption(specifier, feature));
  }
  absl::c_sort(platform.os_features);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BuildPlatform> ParseBuildPlatform(absl::string_view specifier,
                                                 const BuildPlatform& host) {
  if (absl::StrContains(specifier, '*')) {
    return Invalid(GoQuote(specifier), ": wildcards not yet supported");
  }
  const std::vector<std::string> parts =
      absl::StrSplit(specifier, absl::MaxSplits('/', 3));
  BuildPlatform platform;
  ABSL_RETURN_IF_ERROR(SetOs(specifier, parts[0], platform));
  static const RE2& part_pattern = *new RE2(kPartPattern);
  for (size_t i = 1; i < parts.size(); ++i) {
    if (RE2::FullMatch(parts[i], part_pattern)) continue;
    return Invalid(
        GoQuote(parts[i]), " is an invalid component of ", GoQuote(specifier),
        ": platform specifier component must match ", GoQuote(kPartPattern));
  }
  if (parts.size() > 3) {
    return Invalid(GoQuote(specifier), ": cannot parse platform specifier");
  }
  if (parts.size() > 1) {
    SetArchitecture(parts[1], parts.size() > 2 ? parts[2] : "", platform);
    return platform;
  }
  if (IsKnownOs(platform.os)) {
    platform.architecture = host.architecture;
    platform.variant = host.variant;
    return platform;
  }
  SetArchitecture(parts[0], "", platform);
  if (!IsKnownArchitecture(platform.architecture)) {
    return Invalid(GoQuote(specifier),
                   ": unknown operating system or architecture");
  }
  platform.os = host.os;
  platform.os_version = host.os_version;
  platform.os_features = host.os_features;
  return platform;
}

std::string FullPlatformText(const BuildPlatform& platform) {
  std::string options = EncodedOption(platform.os_version);
  for (const std::string& feature : platform.os_features) {
    absl::StrAppend(&options, "+", EncodedOption(feature));
  }
  BuildPlatform full = platform;
  if (!options.empty()) absl::StrAppend(&full.os, "(", options, ")");
  return PlatformText(full);
}

std::string PlatformText(const BuildPlatform& platform) {
  std::string text = absl::StrCat(platform.os, "/", platform.architecture);
  if (!platform.variant.empty()) absl::StrAppend(&text, "/", platform.variant);
  return text;
}

}  // namespace rules_dockerfile
