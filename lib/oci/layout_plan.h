#ifndef LIB_OCI_LAYOUT_PLAN_H_
#define LIB_OCI_LAYOUT_PLAN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_source.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/manifest.h"

namespace rules_dockerfile {

// A layer blob in a file.
struct LayerFile {
  std::string path;
  Descriptor descriptor;
};

// What an OCI layout is made of.
struct LayoutContents {
  std::vector<std::string> manifests;  // document texts
  std::vector<std::string> configs;    // document texts
  std::vector<LayerFile> layers;       // of all manifests, each at least once
  // The image index over the manifests; without it there is one manifest.
  std::optional<std::string> index;
  // What is beside the images: referrers, which have a subject, and other
  // manifests that the index lists.
  std::vector<Artifact> artifacts;
};

// Where the bytes of a file of a layout come from.
struct LayoutFile {
  std::string text;
  std::string copy_of;  // a layer file; "" for a document
  std::string digest;   // of a layer file
  int64_t size = 0;
};

// The files of a layout by path, and what describes them.
struct LayoutPlan {
  std::map<std::string, LayoutFile> files;  // without index.json
  std::vector<ImageManifest> manifests;
  Descriptor root;  // the manifest with its platform, or the index
  std::vector<Descriptor> referrers;  // of the images, for index.json
};

// "blobs/sha256/…".
std::string BlobPath(absl::string_view digest);

// InvalidArgument if a config or layer of a manifest, or a manifest of the
// index, is not in `contents`.
absl::StatusOr<LayoutPlan> PlanLayout(const LayoutContents& contents);

void AddDocument(LayoutPlan& plan, const std::string& path, std::string text);

// The text of an index.json.
std::string LayoutIndexText(std::vector<Descriptor> descriptors);

// How a layer is compared with its descriptor when it is read.
enum class LayerCheck {
  kSize,    // before the first byte
  kDigest,  // its size, too; the digest before the last byte
};

// The bytes of a file. DataLoss if a layer is not what its descriptor says.
// `file` must outlive the source.
absl::StatusOr<std::unique_ptr<ByteSource>> OpenLayoutFile(
    const LayoutFile& file, LayerCheck check);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_LAYOUT_PLAN_H_
