#include "lib/platform/platform.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

// A version or feature of a system as ParsePlatformSpecifier() reads it.
std::string EncodedOption(absl::string_view option) {
  return absl::StrReplaceAll(
      option,
      {{"%", "%25"}, {"+", "%2B"}, {"(", "%28"}, {")", "%29"}, {"/", "%2F"}});
}

// Returns the number of a variant: {8, 1} of "v8.1"; nullopt if it has none. An
// empty variant has the number of the architecture's default.
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

// Whether a host of the first variant also runs images of the second.
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

// containerd's platforms package, normalizeOS and normalizeArch.
Platform NormalizedPlatform(Platform platform) {
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

std::string PlatformText(const Platform& platform) {
  std::string text = absl::StrCat(platform.os, "/", platform.architecture);
  if (!platform.variant.empty()) absl::StrAppend(&text, "/", platform.variant);
  return text;
}

std::string FullPlatformText(const Platform& platform) {
  std::string options = EncodedOption(platform.os_version);
  for (const std::string& feature : platform.os_features) {
    absl::StrAppend(&options, "+", EncodedOption(feature));
  }
  Platform full = platform;
  if (!options.empty()) absl::StrAppend(&full.os, "(", options, ")");
  return PlatformText(full);
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
  return NormalizedPlatform(std::move(platform));
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
