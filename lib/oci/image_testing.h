#ifndef LIB_OCI_IMAGE_TESTING_H_
#define LIB_OCI_IMAGE_TESTING_H_

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "lib/oci/descriptor.h"

namespace rules_dockerfile {

// An image of uncompressed layers in memory, for tests.
struct TestImage {
  std::string config;               // document text
  std::string manifest;             // document text
  Descriptor descriptor;            // of the manifest, with its platform
  std::vector<std::string> layers;  // the blobs, base first
  std::vector<Descriptor> layer_descriptors;
};

// A tar archive of regular files by name.
std::string TestTar(const std::map<std::string, std::string>& files);

// An image for `platform` whose layers hold one file each, with these names.
TestImage MakeTestImage(absl::string_view platform,
                        const std::vector<std::string>& files);

// The files of the layout that holds `images`: index.json lists them all.
std::map<std::string, std::string> TestLayout(
    const std::vector<TestImage>& images);

// The files of an archive of `docker save` of `image`, with the tag "app:1".
std::map<std::string, std::string> TestDockerArchive(const TestImage& image);

// "blobs/sha256/<hex>" of the digest of `bytes`.
std::string TestBlobPath(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_IMAGE_TESTING_H_
