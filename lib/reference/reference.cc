#include "lib/reference/reference.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/digest/digest.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kDefaultRegistry = "docker.io";
constexpr absl::string_view kLegacyRegistry = "index.docker.io";
constexpr absl::string_view kOfficialPrefix = "library/";
constexpr size_t kMaxRepositorySize = 255;

// The grammar of github.com/distribution/reference. Names with dots or an IPv6
// address, and a port:
constexpr char kRegistry[] =
    R"((?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
    R"((?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)"
    R"(|\[[a-fA-F0-9:]+\])(?::[0-9]+)?)";
// Components of letters and digits with separators between:
constexpr char kRepository[] = R"([a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)"
                               R"((?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)";
constexpr char kTag[] = "[0-9A-Za-z_][0-9A-Za-z_.-]{0,127}";
constexpr char kDigest[] =
    "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}";

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

const RE2& ReferencePattern() {
  static const RE2& pattern =
      *new RE2(absl::StrCat("(", kRegistry, ")/(", kRepository, ")(?::(", kTag,
                            "))?(?:@(", kDigest, "))?"));
  return pattern;
}

bool IsTag(absl::string_view text) {
  static const RE2& pattern = *new RE2(kTag);
  return RE2::FullMatch(text, pattern);
}

// Whether `text` is the ID of an image to Docker.
bool IsIdentifier(absl::string_view text) {
  static const RE2& pattern = *new RE2("[a-f0-9]{64}");
  return RE2::FullMatch(text, pattern);
}

bool HasUpperCase(absl::string_view text) {
  return absl::c_any_of(text,
                        [](unsigned char c) { return absl::ascii_isupper(c); });
}

// Whether the part before the first slash names a registry and is not the
// first part of a repository.
bool IsRegistry(absl::string_view part) {
  return absl::StrContains(part, '.') || absl::StrContains(part, ':') ||
         part == "localhost" || HasUpperCase(part);
}

// Returns the registry and the rest, with "library/" added where it is implied.
std::pair<std::string, std::string> SplitRegistry(absl::string_view text) {
  absl::string_view registry = kDefaultRegistry;
  const size_t slash = text.find('/');
  if (slash != absl::string_view::npos && IsRegistry(text.substr(0, slash))) {
    registry = text.substr(0, slash);
    text.remove_prefix(slash + 1);
  }
  if (registry == kLegacyRegistry) registry = kDefaultRegistry;
  const bool is_official =
      registry == kDefaultRegistry && !absl::StrContains(text, '/');
  return {std::string(registry),
          absl::StrCat(is_official ? kOfficialPrefix : "", text)};
}

// Returns why ParseNormalizedNamed() or the digest check refuses `text`, in our
// own words.
std::string WhyInvalid(absl::string_view text) {
  static const RE2& registry_pattern = *new RE2(kRegistry);
  if (IsIdentifier(text)) return "64 hexadecimal digits are an image ID";
  const size_t at = text.find('@');
  if (at != absl::string_view::npos) {
    const absl::Status digest = ParseDigest(text.substr(at + 1)).status();
    if (!digest.ok()) return std::string(digest.message());
  }
  const auto [registry, rest] = SplitRegistry(text.substr(0, at));
  const size_t colon = rest.rfind(':');
  if (colon != std::string::npos && rest.find('/', colon) == rest.npos &&
      !IsTag(rest.substr(colon + 1))) {
    return absl::StrCat("\"", rest.substr(colon + 1), "\" is not a tag");
  }
  if (!RE2::FullMatch(registry, registry_pattern)) {
    return absl::StrCat("\"", registry, "\" is not a registry");
  }
  const std::string repository = rest.substr(0, colon);
  if (HasUpperCase(repository)) return "repository name must be lower case";
  if (repository.size() > kMaxRepositorySize) {
    return absl::StrCat("the repository name is longer than ",
                        kMaxRepositorySize, " characters");
  }
  return "expected registry/repository[:tag][@digest]";
}

}  // namespace

absl::StatusOr<ImageReference> ParseImageReference(absl::string_view text) {
  absl::StatusOr<ImageReference> reference = ParseNormalizedNamed(text);
  if (!reference.ok() ||
      (!reference->digest.empty() && !ParseDigest(reference->digest).ok())) {
    return Invalid("invalid reference \"", text, "\": ", WhyInvalid(text));
  }
  return reference;
}

absl::StatusOr<ImageReference> ParseNormalizedNamed(absl::string_view text) {
  if (IsIdentifier(text)) {
    return Invalid("invalid repository name (", text,
                   "), cannot specify 64-byte hexadecimal strings");
  }
  const auto [registry, rest] = SplitRegistry(text);
  const std::string repository = rest.substr(0, rest.find(':'));
  if (HasUpperCase(repository)) {
    return Invalid("invalid reference format: repository name (", repository,
                   ") must be lowercase");
  }
  ImageReference reference;
  if (!RE2::FullMatch(absl::StrCat(registry, "/", rest), ReferencePattern(),
                      &reference.registry, &reference.repository,
                      &reference.tag, &reference.digest)) {
    return Invalid("invalid reference format");
  }
  if (reference.repository.size() > kMaxRepositorySize) {
    return Invalid("repository name must not be more than ", kMaxRepositorySize,
                   " characters");
  }
  if (!reference.digest.empty()) {
    ABSL_RETURN_IF_ERROR(CheckDigest(reference.digest));
  }
  return reference;
}

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

absl::Status CheckTag(absl::string_view text) {
  if (IsTag(text)) return absl::OkStatus();
  return Invalid("invalid tag \"", absl::Utf8SafeCHexEscape(text),
                 "\": expected at most 128 letters, digits, \"_\", \".\" and "
                 "\"-\", not beginning with \".\" or \"-\"");
}

std::string ReferenceText(const ImageReference& reference) {
  std::string text =
      absl::StrCat(reference.registry, "/", reference.repository);
  if (!reference.tag.empty()) absl::StrAppend(&text, ":", reference.tag);
  if (!reference.digest.empty()) absl::StrAppend(&text, "@", reference.digest);
  return text;
}

std::string FamiliarText(const ImageReference& reference) {
  const std::string text = ReferenceText(reference);
  absl::string_view familiar = text;
  if (reference.registry == kDefaultRegistry) {
    absl::ConsumePrefix(&familiar, absl::StrCat(kDefaultRegistry, "/"));
    const absl::string_view name =
        absl::StripPrefix(reference.repository, kOfficialPrefix);
    if (!absl::StrContains(name, '/')) {
      absl::ConsumePrefix(&familiar, kOfficialPrefix);
    }
  }
  return std::string(familiar);
}

ImageReference WithDefaultTag(ImageReference reference) {
  if (reference.tag.empty() && reference.digest.empty()) {
    reference.tag = "latest";
  }
  return reference;
}

std::string NormalizedReference(absl::string_view text) {
  const absl::StatusOr<ImageReference> reference = ParseNormalizedNamed(text);
  return reference.ok() ? ReferenceText(WithDefaultTag(*reference))
                        : std::string(text);
}

}  // namespace rules_dockerfile
