#include "tools/registry_credential_helper/blob_uri.h"

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/http/url.h"
#include "lib/reference/reference.h"
#include "re2/re2.h"

namespace rules_dockerfile {

std::optional<BlobUri> ParseBlobUri(absl::string_view uri) {
  static const LazyRE2 kBlobUri = {
      "(https?)://([^/?#]+)/v2/([^?#]+)/(?:blobs|manifests)/[^/?#]+"};
  std::string scheme;
  std::string host;
  std::string repository;
  if (!RE2::FullMatch(uri, *kBlobUri, &scheme, &host, &repository)) {
    return std::nullopt;
  }
  const BlobUri parsed = {
      // Docker Hub's API is not at the host of its names.
      .registry = host == "registry-1.docker.io" ? "docker.io" : host,
      .repository = repository,
      .plain_http = scheme == "http"};
  if (parsed.plain_http && !IsLoopback(host)) return std::nullopt;
  // What is not a name must not reach a token server's URL, either. A host
  // without a dot needs a port to be one in a reference.
  const std::string name =
      absl::StrCat(host, absl::StrContains(host, ':') ? "" : ":443", "/");
  const absl::StatusOr<ImageReference> reference =
      ParseImageReference(absl::StrCat(name, repository));
  if (!reference.ok() || reference->repository != repository) {
    return std::nullopt;
  }
  return parsed;
}

}  // namespace rules_dockerfile
