#ifndef TOOLS_SHARED_IMAGE_LIST_H_
#define TOOLS_SHARED_IMAGE_LIST_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/oci/layout_plan.h"

namespace rules_dockerfile {

// An image as a rule hands it to a tool: docs/design/0001_artifacts.md, "Image
// list".
struct ImageList {
  LayoutContents contents;  // without the layers that are left in a registry
  std::vector<std::string> repositories;  // where to push it to
  std::vector<std::string> tags;          // of each of these
  std::vector<std::string> names;         // that a load adds
  std::vector<std::string> bases;         // names of base images
  std::vector<std::string> mirrors;       // REGISTRY=URL, of their registries
  std::string signer;  // path of a program that signs it; "" for none
  std::vector<std::string> signer_env;  // NAME or NAME=VALUE, for it
};

// Reads the list in the file `path`; the paths in it are relative to
// `directory`. {KEY} in repositories and tags is expanded: ExpandStamp().
// InvalidArgument `"F": unknown key "x"`, `"v-{GIT}" requires stamping` for a
// {KEY} without a workspace status, and of ReadLayoutFiles().
absl::StatusOr<ImageList> ReadImageList(const std::string& path,
                                        const std::string& directory);

// The documents of an image, and the files of its layers; `blobs` are those of
// the `descriptors`, in the same order.
struct LayoutFiles {
  std::vector<std::string> manifests;
  std::vector<std::string> configs;
  std::vector<std::string> descriptors;
  std::vector<std::string> blobs;
  std::string index;  // "" for none
  // IMAGE:KIND:FILE: what attests the manifest at the position; of the kinds
  // "provenance", "sbom_cyclonedx" and "sbom_spdx".
  std::vector<std::string> attestations;
  std::string attestation_format;  // "": referrers
};

// InvalidArgument `2 blobs, but 1 descriptors`, `attestation "x": expected
// IMAGE:KIND:FILE`, and of AddAttestations().
absl::StatusOr<LayoutContents> ReadLayoutFiles(const LayoutFiles& files);

}  // namespace rules_dockerfile

#endif  // TOOLS_SHARED_IMAGE_LIST_H_
