#include "lib/registry/memory_registry_testing.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/digest/digest.h"
#include "lib/http/server_testing.h"

namespace rules_dockerfile {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

constexpr absl::string_view kDigestPrefix = "sha256:";
constexpr size_t kDigestSize = kDigestPrefix.size() + 64;

Answer Refusal(const char* code) {
  return HttpAnswer(400,
                    absl::StrCat(R"({"errors":[{"code":")", code, R"("}]})"));
}

}  // namespace

Answer MemoryRegistry::operator()(const Request& request) {
  const std::pair<std::string, std::string> target =
      absl::StrSplit(request.target, absl::MaxSplits('?', 1));
  // "/v2/<repository>/<kind>/<last>"
  const std::vector<std::string> parts = absl::StrSplit(target.first, '/');
  if (parts.size() >= 2 && parts[parts.size() - 2] == "uploads") {
    return Upload(request, target.first, target.second);
  }
  if (request.method == "PUT") return PutManifest(request, target.first);
  const auto stored = contents_.find(target.first);
  if (stored == contents_.end()) return HttpAnswer(404);
  return HttpAnswer(200, request.method == "HEAD" ? "" : stored->second,
                    {absl::StrCat("Content-Type: ", types_[target.first])});
}

Answer MemoryRegistry::PutManifest(const Request& request,
                                   const std::string& path) {
  const std::string manifests = path.substr(0, path.rfind('/') + 1);
  const std::string repository =
      manifests.substr(0, manifests.rfind("manifests/"));
  if (!HasAllThatIsNamed(repository, request.body)) {
    return Refusal("MANIFEST_BLOB_UNKNOWN");
  }
  for (const std::string& name :
       {path, absl::StrCat(manifests, DigestOf(request.body))}) {
    contents_[name] = request.body;
    types_[name] = request.headers.at("content-type");
  }
  return HttpAnswer(201);
}

bool MemoryRegistry::HasAllThatIsNamed(const std::string& repository,
                                       absl::string_view manifest) const {
  const std::string quoted = absl::StrCat("\"digest\":\"", kDigestPrefix);
  size_t at = 0;
  while ((at = manifest.find(quoted, at)) != manifest.npos) {
    at += quoted.size() - kDigestPrefix.size();
    const absl::string_view digest = manifest.substr(at, kDigestSize);
    if (!contents_.contains(absl::StrCat(repository, "blobs/", digest)) &&
        !contents_.contains(absl::StrCat(repository, "manifests/", digest))) {
      return false;
    }
  }
  return true;
}

bool MemoryRegistry::Mount(const std::string& blobs,
                           absl::string_view parameters) {
  if (!absl::ConsumePrefix(&parameters, "mount=")) return false;
  const std::pair<std::string, std::string> mount =
      absl::StrSplit(parameters, absl::MaxSplits("&from=", 1));
  const auto from = contents_.find(
      absl::StrCat("/v2/", absl::StrReplaceAll(mount.second, {{"%2F", "/"}}),
                   "/blobs/", mount.first));
  if (from == contents_.end()) return false;
  contents_[blobs + mount.first] = from->second;
  return true;
}

Answer MemoryRegistry::Upload(const Request& request, const std::string& path,
                              absl::string_view query) {
  const std::string blobs = path.substr(0, path.find("uploads/"));
  const std::string parameters = absl::StrReplaceAll(query, {{"%3A", ":"}});
  if (request.method == "GET") {
    return HttpAnswer(204, "",
                      {absl::StrCat("Range: 0-", uploads_[path].size() - 1)});
  }
  if (request.method == "PUT" && !request.body.empty() && breaks_ > 0) {
    --breaks_;
    uploads_[path] = request.body.substr(0, request.body.size() / 2);
    return {};  // the connection ends
  }
  if (request.method == "PATCH") {
    const std::string range =
        absl::StrCat(uploads_[path].size(), "-",
                     uploads_[path].size() + request.body.size() - 1);
    if (request.headers.at("content-range") != range) return HttpAnswer(416);
    uploads_[path] += request.body;
    return HttpAnswer(202, "", {absl::StrCat("Location: ", path)});
  }
  if (request.method == "PUT") {
    const std::string bytes = uploads_[path] + request.body;
    const std::string digest = DigestOf(bytes);
    if (!absl::StrContains(parameters, absl::StrCat("digest=", digest))) {
      return Refusal("DIGEST_INVALID");
    }
    contents_[blobs + digest] = bytes;
    return HttpAnswer(201);
  }
  if (Mount(blobs, parameters)) return HttpAnswer(201);
  return HttpAnswer(202, "",
                    {absl::StrCat("Location: ", path, ++upload_count_)});
}

}  // namespace rules_dockerfile
