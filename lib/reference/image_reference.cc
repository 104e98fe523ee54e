#include "lib/reference/image_reference.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDefaultDomain = "docker.io";
constexpr absl::string_view kLegacyDomain = "index.docker.io";
constexpr absl::string_view kOfficialPrefix = "library/";
constexpr size_t kMaxPathSize = 255;

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

// (domain)/(path):(tag)@(digest)
const RE2& ReferencePattern() {
  static const RE2& pattern = *new RE2(
      // domain: names with dots, or an IPv6 address; a port
      R"(((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
      R"((?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)"
      R"(|\[[a-fA-F0-9:]+\])(?::[0-9]+)?)/)"
      // path: components of letters and digits with separators between
      R"(([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)"
      R"((?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*))"
      // tag
      R"((?::([0-9A-Za-z_][0-9A-Za-z_.-]{0,127}))?)"
      // digest
      R"((?:@([A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*)"
      R"(:[0-9a-fA-F]{32,}))?)");
  return pattern;
}

bool HasUpperCase(absl::string_view text) {
  return absl::c_any_of(text,
                        [](unsigned char c) { return absl::ascii_isupper(c); });
}

std::pair<std::string, std::string> SplitDomain(absl::string_view text) {
  const size_t slash = text.find('/');
  if (slash == absl::string_view::npos) {
    return {std::string(kDefaultDomain), absl::StrCat(kOfficialPrefix, text)};
  }
  absl::string_view first = text.substr(0, slash);
  absl::string_view rest = text.substr(slash + 1);
  if (first == kLegacyDomain) {
    first = kDefaultDomain;
  } else if (first != "localhost" && !absl::StrContains(first, '.') &&
             !absl::StrContains(first, ':') && !HasUpperCase(first)) {
    first = kDefaultDomain;
    rest = text;
  }
  if (first == kDefaultDomain && !absl::StrContains(rest, '/')) {
    return {std::string(first), absl::StrCat(kOfficialPrefix, rest)};
  }
  return {std::string(first), std::string(rest)};
}

std::string Suffix(const ImageReference& reference) {
  return absl::StrCat(
      reference.tag.empty() ? "" : absl::StrCat(":", reference.tag),
      reference.digest.empty() ? "" : absl::StrCat("@", reference.digest));
}

}  // namespace

// OCI image-spec descriptor.md, "Registered algorithms".
absl::Status CheckDigest(absl::string_view digest) {
  const size_t colon = digest.find(':');
  if (colon == absl::string_view::npos || colon + 1 == digest.size()) {
    return Invalid("invalid checksum digest format");
  }
  const absl::string_view algorithm = digest.substr(0, colon);
  const absl::string_view hex = digest.substr(colon + 1);
  const size_t size = algorithm == "sha256"   ? 64
                      : algorithm == "sha384" ? 96
                      : algorithm == "sha512" ? 128
                                              : 0;
  if (size == 0) return Invalid("unsupported digest algorithm");
  if (hex.size() != size) return Invalid("invalid checksum digest length");
  if (hex.find_first_not_of("0123456789abcdef") != absl::string_view::npos) {
    return Invalid("invalid checksum digest format");
  }
  return absl::OkStatus();
}

absl::StatusOr<ImageReference> ParseImageReference(absl::string_view text) {
  static const RE2& identifier = *new RE2("[a-f0-9]{64}");
  if (RE2::FullMatch(text, identifier)) {
    return Invalid("invalid repository name (", text,
                   "), cannot specify 64-byte hexadecimal strings");
  }
  const auto [domain, rest] = SplitDomain(text);
  const std::string path = rest.substr(0, rest.find(':'));
  if (HasUpperCase(path)) {
    return Invalid("invalid reference format: repository name (", path,
                   ") must be lowercase");
  }
  ImageReference reference;
  if (!RE2::FullMatch(absl::StrCat(domain, "/", rest), ReferencePattern(),
                      &reference.domain, &reference.path, &reference.tag,
                      &reference.digest)) {
    return Invalid("invalid reference format");
  }
  if (reference.path.size() > kMaxPathSize) {
    return Invalid("repository name must not be more than 255 characters");
  }
  if (!reference.digest.empty()) {
    ABSL_RETURN_IF_ERROR(CheckDigest(reference.digest));
  }
  return reference;
}

ImageReference WithDefaultTag(ImageReference reference) {
  if (reference.tag.empty() && reference.digest.empty()) {
    reference.tag = "latest";
  }
  return reference;
}

std::string ReferenceText(const ImageReference& reference) {
  return absl::StrCat(reference.domain, "/", reference.path, Suffix(reference));
}

std::string NormalizedReference(absl::string_view text) {
  const absl::StatusOr<ImageReference> reference = ParseImageReference(text);
  return reference.ok() ? ReferenceText(WithDefaultTag(*reference))
                        : std::string(text);
}

std::string FamiliarReferenceText(const ImageReference& reference) {
  absl::string_view name = reference.path;
  std::string prefix;
  if (reference.domain != kDefaultDomain) {
    prefix = absl::StrCat(reference.domain, "/");
  } else if (absl::StartsWith(name, kOfficialPrefix) &&
             !absl::StrContains(name.substr(kOfficialPrefix.size()), '/')) {
    name.remove_prefix(kOfficialPrefix.size());
  }
  return absl::StrCat(prefix, name, Suffix(reference));
}

}  // namespace rules_dockerfile
