#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/oci/image_testing.h"

namespace rules_dockerfile {
namespace {

bool IsInside(absl::string_view part, absl::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() &&
          part.data() + part.size() <= whole.data() + whole.size());
}

// Any archive is an image whose layers are inside it and match their
// descriptors, or an error.
void ReadsAnyArchive(absl::string_view archive) {
  const absl::StatusOr<std::unique_ptr<FileSet>> files = ArchiveFiles(archive);
  if (!files.ok()) return;
  const absl::StatusOr<SourceImage> image =
      ReadImage(**files, {.os = "linux", .architecture = "amd64"});
  if (!image.ok()) return;
  ABSL_CHECK_EQ(image->config_digest, DigestOf(image->config_text));
  ABSL_CHECK_EQ(image->layers.size(), image->config.diff_ids.size());
  ABSL_CHECK_EQ(image->manifest.has_value(), !image->manifest_digest.empty());
  for (size_t i = 0; i < image->layers.size(); ++i) {
    const SourceLayer& layer = image->layers[i];
    ABSL_CHECK(IsInside(layer.blob, archive));
    ABSL_CHECK_EQ(layer.diff_id, image->config.diff_ids[i]);
    ABSL_CHECK_EQ(layer.descriptor.has_value(), image->manifest.has_value());
    if (!layer.descriptor.has_value()) continue;
    ABSL_CHECK_EQ(layer.descriptor->digest, DigestOf(layer.blob));
    ABSL_CHECK_EQ(layer.descriptor->size,
                  static_cast<int64_t>(layer.blob.size()));
  }
}

// An archive from text, whose digests are right: parts, between lines "--", of
// which each is a blob and may name the ones before it. "@0" in it represents
// the members "digest" and "size" of part 0, "#0" for its digest, "%0" for its
// file. The last one is index.json, or manifest.json if that is a list.
std::string ArchiveFrom(absl::string_view text) {
  std::map<std::string, std::string> files;
  std::vector<std::pair<std::string, std::string>> names;
  std::string part;
  for (const absl::string_view source : absl::StrSplit(text, "\n--\n")) {
    part = absl::StrReplaceAll(source, names);
    const std::string number = absl::StrCat(names.size() / 3);
    const std::string digest = DigestOf(part);
    const std::string path = TestBlobPath(part);
    files[path] = part;
    names.emplace_back(
        absl::StrCat("@", number),
        absl::StrCat("\"digest\":\"", digest, "\",\"size\":", part.size()));
    names.emplace_back(absl::StrCat("#", number), digest);
    names.emplace_back(absl::StrCat("%", number), path);
  }
  if (absl::StartsWith(part, "[")) {
    files["manifest.json"] = part;
  } else {
    files["oci-layout"] = R"({"imageLayoutVersion":"1.0.0"})";
    files["index.json"] = part;
  }
  return TestTar(files);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  ReadsAnyArchive(input);
  ReadsAnyArchive(ArchiveFrom(input));
  return 0;
}
