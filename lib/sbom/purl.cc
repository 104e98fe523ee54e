#include "lib/sbom/purl.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/sbom/inventory.h"

namespace rules_dockerfile {
namespace {

std::string PercentEncoded(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
        absl::StrContains("-._~:", c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return encoded;
}

// Splits at the last "/": the namespace and the name.
void TakePath(absl::string_view path, Purl& purl) {
  const size_t slash = path.rfind('/');
  if (slash == path.npos) {
    purl.name = std::string(path);
    return;
  }
  purl.name_space = std::string(path.substr(0, slash));
  purl.name = std::string(path.substr(slash + 1));
}

// The namespace that databases of vulnerabilities know a distribution by.
std::string DistroNamespace(absl::string_view type, absl::string_view os_id) {
  if (os_id == "rhel") return "redhat";
  if (absl::StartsWith(os_id, "opensuse")) return "opensuse";
  if (!os_id.empty()) return absl::AsciiStrToLower(os_id);
  if (type == "deb") return "debian";
  return type == "apk" ? "alpine" : "";
}

void AddDistro(const Package& package, absl::string_view os_id,
               absl::string_view os_version, Purl& purl) {
  purl.name_space = DistroNamespace(purl.type, os_id);
  purl.qualifiers["arch"] = package.architecture;
  purl.qualifiers["upstream"] = package.source;
  if (os_id.empty()) return;
  purl.qualifiers["distro"] =
      absl::StrCat(os_id, os_version.empty() ? "" : "-", os_version);
}

// rpm writes an epoch into the version; purl has a qualifier for it.
void TakeEpoch(Purl& purl) {
  const std::vector<std::string> parts =
      absl::StrSplit(purl.version, absl::MaxSplits(':', 1));
  int epoch = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[0], &epoch)) return;
  purl.version = parts[1];
  if (epoch != 0) purl.qualifiers["epoch"] = absl::StrCat(epoch);
}

}  // namespace

std::string PurlText(const Purl& purl) {
  std::string text = absl::StrCat("pkg:", purl.type, "/");
  for (absl::string_view part :
       absl::StrSplit(purl.name_space, '/', absl::SkipEmpty())) {
    absl::StrAppend(&text, PercentEncoded(part), "/");
  }
  absl::StrAppend(&text, PercentEncoded(purl.name));
  if (!purl.version.empty()) {
    absl::StrAppend(&text, "@", PercentEncoded(purl.version));
  }
  char separator = '?';
  for (const auto& [key, value] : purl.qualifiers) {
    if (value.empty()) continue;
    absl::StrAppend(&text, std::string(1, separator), key, "=",
                    PercentEncoded(value));
    separator = '&';
  }
  return text;
}

std::string PackagePurl(const Package& package, absl::string_view os_id,
                        absl::string_view os_version) {
  Purl purl = {.type = package.ecosystem,
               .name = package.name,
               .version = package.version};
  if (purl.type == "deb" || purl.type == "apk") {
    purl.name = absl::AsciiStrToLower(purl.name);
    AddDistro(package, os_id, os_version, purl);
  } else if (purl.type == "rpm") {
    AddDistro(package, os_id, os_version, purl);
    TakeEpoch(purl);
  } else if (purl.type == "pypi") {
    purl.name =
        absl::StrReplaceAll(absl::AsciiStrToLower(purl.name), {{"_", "-"}});
  } else if (purl.type == "npm" || purl.type == "golang") {
    TakePath(absl::AsciiStrToLower(package.name), purl);
  } else if (purl.type == "maven") {
    const std::vector<std::string> parts =
        absl::StrSplit(package.name, absl::MaxSplits(':', 1));
    if (parts.size() != 2) return "";
    purl.name_space = parts[0];
    purl.name = parts[1];
  }
  return purl.name.empty() ? "" : PurlText(purl);
}

std::string ImagePurl(absl::string_view name, absl::string_view digest,
                      absl::string_view architecture) {
  Purl purl = {.type = "oci",
               .version = std::string(digest),
               .qualifiers = {{"arch", std::string(architecture)}}};
  TakePath(absl::AsciiStrToLower(name), purl);
  purl.name_space.clear();  // the type has none
  return PurlText(purl);
}

}  // namespace rules_dockerfile
