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
constexpr absl::string_view kOfficialPrefix = "library/";
constexpr size_t kMaxNameLength = 255;

// The grammar of github.com/distribution/reference.
const RE2& RegistryPattern() {
  static const RE2& pattern = *new RE2(
      R"((?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*(?::[0-9]+)?|\[[a-fA-F0-9:]+\](?::[0-9]+)?)");
  return pattern;
}

const RE2& RepositoryPattern() {
  static const RE2& pattern = *new RE2(
      R"([a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)");
  return pattern;
}

const RE2& TagPattern() {
  static const RE2& pattern = *new RE2(R"([\w][\w.-]{0,127})");
  return pattern;
}

// Whether the part before the first slash names a registry and is not the
// first part of a repository.
bool IsRegistry(absl::string_view part) {
  return absl::StrContains(part, '.') || absl::StrContains(part, ':') ||
         part == "localhost" || absl::c_any_of(part, absl::ascii_isupper);
}

absl::Status Invalid(absl::string_view text, absl::string_view reason) {
  return absl::InvalidArgumentError(
      absl::StrCat("invalid reference \"", text, "\": ", reason));
}

}  // namespace

absl::StatusOr<Reference> ParseReference(absl::string_view text) {
  Reference reference;
  absl::string_view rest = text;
  if (const size_t at = rest.find('@'); at != rest.npos) {
    absl::StatusOr<std::string> digest = ParseDigest(rest.substr(at + 1));
    if (!digest.ok()) return Invalid(text, digest.status().message());
    reference.digest = *std::move(digest);
    rest = rest.substr(0, at);
  }
  const size_t colon = rest.rfind(':');
  if (colon != rest.npos && !absl::StrContains(rest.substr(colon), '/')) {
    reference.tag = std::string(rest.substr(colon + 1));
    if (!RE2::FullMatch(reference.tag, TagPattern())) {
      return Invalid(text,
                     absl::StrCat("\"", reference.tag, "\" is not a tag"));
    }
    rest = rest.substr(0, colon);
  }
  const size_t slash = rest.find('/');
  if (slash != rest.npos && IsRegistry(rest.substr(0, slash))) {
    reference.registry = std::string(rest.substr(0, slash));
    reference.repository = std::string(rest.substr(slash + 1));
    if (reference.registry == "index.docker.io") {
      reference.registry = std::string(kDefaultRegistry);
    }
  } else {
    reference.registry = std::string(kDefaultRegistry);
    reference.repository = std::string(rest);
  }
  if (reference.registry == kDefaultRegistry && !reference.repository.empty() &&
      !absl::StrContains(reference.repository, '/')) {
    reference.repository.insert(0, kOfficialPrefix);
  }
  if (!RE2::FullMatch(reference.registry, RegistryPattern())) {
    return Invalid(
        text, absl::StrCat("\"", reference.registry, "\" is not a registry"));
  }
  if (absl::c_any_of(reference.repository, absl::ascii_isupper)) {
    return Invalid(text, "repository name must be lower case");
  }
  if (!RE2::FullMatch(reference.repository, RepositoryPattern())) {
    return Invalid(text, "want registry/repository[:tag][@digest]");
  }
  if (reference.registry.size() + 1 + reference.repository.size() >
      kMaxNameLength) {
    return Invalid(text, absl::StrCat("the name is longer than ",
                                      kMaxNameLength, " characters"));
  }
  return reference;
}

absl::Status CheckTag(absl::string_view text) {
  if (RE2::FullMatch(text, TagPattern())) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "invalid tag \"", absl::Utf8SafeCHexEscape(text),
      "\": expected at most 128 letters, digits, \"_\", \".\" and \"-\", the "
      "first no \".\" or \"-\""));
}

std::string ReferenceText(const Reference& reference) {
  std::string text =
      absl::StrCat(reference.registry, "/", reference.repository);
  if (!reference.tag.empty()) absl::StrAppend(&text, ":", reference.tag);
  if (!reference.digest.empty()) absl::StrAppend(&text, "@", reference.digest);
  return text;
}

std::string FamiliarText(const Reference& reference) {
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

Reference WithDefaultTag(Reference reference) {
  if (reference.tag.empty() && reference.digest.empty()) {
    reference.tag = "latest";
  }
  return reference;
}

}  // namespace rules_dockerfile
