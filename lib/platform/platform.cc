#include "lib/platform/platform.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "lib/base/percent_decode.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

bool IsComponent(absl::string_view text) {
  return !text.empty() && absl::c_all_of(text, [](char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '.' || c == '-';
  });
}

// containerd's platforms package, normalizeOS and normalizeArch.
Platform Normalise(Platform platform) {
  absl::AsciiStrToLower(&platform.os);
  absl::AsciiStrToLower(&platform.architecture);
  absl::AsciiStrToLower(&platform.variant);
  std::string& architecture = platform.architecture;
  std::string& variant = platform.variant;
  if (platform.os == "macos") platform.os = "darwin";
  if (architecture == "i386") {
    architecture = "386";
    variant.clear();
  } else if (architecture == "x86_64" || architecture == "x86-64") {
    architecture = "amd64";
  } else if (architecture == "aarch64") {
    architecture = "arm64";
  } else if (architecture == "armhf") {
    architecture = "arm";
    variant = "v7";
  } else if (architecture == "armel") {
    architecture = "arm";
    variant = "v6";
  }
  if (architecture == "amd64" && variant == "v1") variant.clear();
  if (architecture == "arm64" && (variant == "8" || variant == "v8")) {
    variant.clear();
  }
  if (architecture == "arm") {
    if (variant.empty()) variant = "v7";
    if (variant.size() == 1) variant.insert(0, "v");
  }
  return platform;
}

// Takes "(version+feature…)" off the end of `os`. Returns whether it is well
// formed, or not there.
bool TakeOptions(std::string& os, Platform& platform) {
  const size_t open = os.find('(');
  if (open == std::string::npos) return true;
  absl::string_view options = absl::string_view(os).substr(open + 1);
  if (!absl::ConsumeSuffix(&options, ")")) return false;
  std::vector<std::string> decoded;
  for (absl::string_view option : absl::StrSplit(options, '+')) {
    std::optional<std::string> text = PercentDecode(option);
    if (!text || (text->empty() && !decoded.empty())) return false;
    decoded.push_back(*std::move(text));
  }
  platform.os_version = std::move(decoded.front());
  platform.os_features.assign(std::make_move_iterator(decoded.begin() + 1),
                              std::make_move_iterator(decoded.end()));
  os.erase(open);
  return true;
}

bool IsKnownArchitecture(absl::string_view text) {
  static constexpr absl::string_view kKnown[] = {
      "386",   "aarch64", "amd64",  "arm",      "arm64",   "armel",
      "armhf", "i386",    "mips64", "mips64le", "ppc64le", "riscv64",
      "s390x", "x86-64",  "x86_64", "loong64"};
  return absl::c_linear_search(kKnown, text);
}

// The number of a variant: {8, 1} of "v8.1"; nullopt if it has none. Without
// a variant it is that of the architecture's default.
std::optional<std::pair<int, int>> VariantNumber(const Platform& platform) {
  absl::string_view text = platform.variant;
  if (text.empty() && platform.architecture == "amd64") text = "v1";
  if (text.empty() && platform.architecture == "arm64") text = "v8";
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(absl::StripPrefix(text, "v"), absl::MaxSplits('.', 1));
  std::pair<int, int> number = {0, 0};
  if (!absl::SimpleAtoi(parts.first, &number.first)) return std::nullopt;
  if (!parts.second.empty() &&
      !absl::SimpleAtoi(parts.second, &number.second)) {
    return std::nullopt;
  }
  return number;
}

// Whether a machine of the first variant also runs what is for the second.
bool Contains(const std::pair<int, int>& wanted, const Platform& offer,
              const std::pair<int, int>& offered) {
  if (offer.architecture == "arm64" && wanted.first == 9 &&
      offered.first == 8) {
    return offered.second <= wanted.second + 5;  // v9.0 is v8.5 and more
  }
  return offered <= wanted;
}

bool HasOrderedVariants(const Platform& platform) {
  return platform.architecture == "amd64" || platform.architecture == "arm" ||
         platform.architecture == "arm64";
}

}  // namespace

absl::StatusOr<Platform> ParsePlatform(absl::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(text, '/');
  Platform platform;
  if (TakeOptions(parts[0], platform) && absl::c_all_of(parts, IsComponent)) {
    if (parts.size() == 1 &&
        IsKnownArchitecture(absl::AsciiStrToLower(parts[0]))) {
      return Normalise({.os = "linux", .architecture = parts[0]});
    }
    if (parts.size() == 2 || parts.size() == 3) {
      platform.os = parts[0];
      platform.architecture = parts[1];
      if (parts.size() == 3) platform.variant = parts[2];
      return Normalise(std::move(platform));
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("platform \"", text, "\": want os/architecture[/variant]"));
}

std::string PlatformText(const Platform& platform) {
  std::string text = absl::StrCat(platform.os, "/", platform.architecture);
  if (!platform.variant.empty()) absl::StrAppend(&text, "/", platform.variant);
  return text;
}

absl::StatusOr<Platform> PlatformFromJson(const JsonNode& node) {
  Platform platform;
  ABSL_ASSIGN_OR_RETURN(platform.os, node.StringOrEmpty("os"));
  ABSL_ASSIGN_OR_RETURN(platform.architecture,
                        node.StringOrEmpty("architecture"));
  ABSL_ASSIGN_OR_RETURN(platform.variant, node.StringOrEmpty("variant"));
  ABSL_ASSIGN_OR_RETURN(platform.os_version, node.StringOrEmpty("os.version"));
  ABSL_ASSIGN_OR_RETURN(platform.os_features,
                        node.StringsOrEmpty("os.features"));
  return Normalise(std::move(platform));
}

Json PlatformToJson(const Platform& platform) {
  Json json = Json::object();
  json["architecture"] = platform.architecture;
  json["os"] = platform.os;
  if (!platform.os_version.empty()) json["os.version"] = platform.os_version;
  if (!platform.os_features.empty()) {
    json["os.features"] = platform.os_features;
  }
  if (!platform.variant.empty()) json["variant"] = platform.variant;
  return json;
}

std::optional<size_t> BestPlatform(absl::Span<const Platform> offered,
                                   const Platform& wanted) {
  std::optional<size_t> best;
  const auto wanted_number = VariantNumber(wanted);
  for (size_t i = 0; i < offered.size(); ++i) {
    const Platform& offer = offered[i];
    if (offer.os != wanted.os || offer.architecture != wanted.architecture) {
      continue;
    }
    if (!wanted.os_version.empty() && offer.os_version != wanted.os_version) {
      continue;
    }
    if (offer.variant == wanted.variant) return i;
    const auto number = VariantNumber(offer);
    if (HasOrderedVariants(offer) && number.has_value() &&
        wanted_number.has_value() && Contains(*wanted_number, offer, *number) &&
        (!best.has_value() || *VariantNumber(offered[*best]) < *number)) {
      best = i;
    }
  }
  return best;
}

}  // namespace rules_dockerfile
