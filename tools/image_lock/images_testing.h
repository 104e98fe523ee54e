#ifndef TOOLS_IMAGE_LOCK_IMAGES_TESTING_H_
#define TOOLS_IMAGE_LOCK_IMAGES_TESTING_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/digest/digest.h"
#include "lib/http/server_testing.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {

// The digest of no bytes.
inline constexpr char kSha[] =
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

// A manifest, index or configuration.
struct Document {
  std::string media_type;
  std::string text;
};

inline std::string DescriptorText(const Document& document) {
  return absl::StrCat(R"({"mediaType":")", document.media_type,
                      R"(","digest":")", DigestOf(document.text),
                      R"(","size":)", document.text.size(), "}");
}

// Images at a server: what it answers to GET by path.
class Images {
 public:
  // Gives the tag of `repository` to an index of images of one layer.
  void Put(const std::string& repository, const std::string& tag,
           const std::vector<std::string>& architectures,
           const std::string& onbuild = "") {
    std::string manifests;
    for (const std::string& architecture : architectures) {
      std::string item =
          DescriptorText(AddImage(repository, architecture, onbuild));
      item.pop_back();
      absl::StrAppend(&manifests, manifests.empty() ? "" : ",", item,
                      R"(,"platform":{"os":"linux","architecture":")",
                      architecture, "\"}}");
    }
    Add(absl::StrCat("/v2/", repository, "/manifests/"), tag,
        {.media_type = std::string(kOciIndexMediaType),
         .text = absl::StrCat(R"({"schemaVersion":2,"mediaType":")",
                              kOciIndexMediaType, R"(","manifests":[)",
                              manifests, "]}")});
  }

  std::string DigestOfTag(const std::string& repository,
                          const std::string& tag) {
    return DigestOf(
        documents_[absl::StrCat("/v2/", repository, "/manifests/", tag)].text);
  }

  ScriptedServer::Answer operator()(
      const ScriptedServer::Request& request) const {
    const auto found = documents_.find(request.target);
    if (found == documents_.end()) {
      return HttpAnswer(
          404, R"({"errors":[{"code":"X","message":"manifest unknown"}]})");
    }
    return HttpAnswer(
        200, found->second.text,
        {absl::StrCat("Content-Type: ", found->second.media_type)});
  }

 private:
  Document AddImage(const std::string& repository,
                    const std::string& architecture,
                    const std::string& onbuild) {
    const Document config = {
        .media_type = std::string(kOciConfigMediaType),
        .text = absl::StrCat(R"({"os":"linux","architecture":")", architecture,
                             R"(","config":{"OnBuild":[)", onbuild,
                             R"(]},"rootfs":{"type":"layers","diff_ids":[")",
                             kSha, "\"]}}")};
    Add(absl::StrCat("/v2/", repository, "/blobs/"), "", config);
    const Document manifest = {
        .media_type = std::string(kOciManifestMediaType),
        .text = absl::StrCat(
            R"({"schemaVersion":2,"mediaType":")", kOciManifestMediaType,
            R"(","config":)", DescriptorText(config),
            R"(,"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar)",
            R"(+gzip","digest":")", kSha, R"(","size":3}]})")};
    Add(absl::StrCat("/v2/", repository, "/manifests/"), "", manifest);
    return manifest;
  }

  void Add(const std::string& directory, const std::string& tag,
           const Document& document) {
    documents_[directory + DigestOf(document.text)] = document;
    if (!tag.empty()) documents_[directory + tag] = document;
  }

  std::map<std::string, Document> documents_;
};

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_LOCK_IMAGES_TESTING_H_
