#include "lib/registry/mirror.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kAnyRepository = "a/b";

}  // namespace

absl::StatusOr<RegistryMirror> ParseRegistryMirror(absl::string_view url) {
  RegistryMirror mirror = {.url = std::string(url)};
  const absl::Status invalid = absl::InvalidArgumentError(absl::StrCat(
      "mirror \"", url, "\": expected http[s]://HOST[:PORT][/PREFIX]"));
  absl::string_view rest = url;
  mirror.plain_http = absl::ConsumePrefix(&rest, "http://");
  if (!mirror.plain_http && !absl::ConsumePrefix(&rest, "https://")) {
    return invalid;
  }
  rest = absl::StripSuffix(rest, "/");
  const size_t slash = rest.find('/');
  mirror.host = std::string(rest.substr(0, slash));
  if (slash != rest.npos) mirror.prefix = std::string(rest.substr(slash + 1));
  // The grammar of references knows hosts, in front of a path those with a dot
  // or a port alone, and the names below them.
  const bool has_port = absl::StrContains(mirror.host, ':');
  const std::string name = absl::StrCat(mirror.host, has_port ? "" : ":443",
                                        mirror.prefix.empty() ? "" : "/",
                                        mirror.prefix, "/", kAnyRepository);
  const absl::StatusOr<ImageReference> reference = ParseImageReference(name);
  const std::string repository = absl::StrCat(
      mirror.prefix, mirror.prefix.empty() ? "" : "/", kAnyRepository);
  if (!reference.ok() || reference->repository != repository) return invalid;
  return mirror;
}

absl::StatusOr<std::pair<std::string, RegistryMirror>> ParseNamedMirror(
    absl::string_view text) {
  const size_t equals = text.find('=');
  const absl::StatusOr<ImageReference> reference = ParseImageReference(
      absl::StrCat(text.substr(0, equals), "/", kAnyRepository));
  if (equals == text.npos || !reference.ok() ||
      reference->repository != kAnyRepository) {
    return absl::InvalidArgumentError(
        absl::StrCat("mirror \"", text, "\": expected REGISTRY=URL"));
  }
  ABSL_ASSIGN_OR_RETURN(RegistryMirror mirror,
                        ParseRegistryMirror(text.substr(equals + 1)));
  return std::pair(reference->registry, std::move(mirror));
}

}  // namespace rules_dockerfile
