#include "lib/oci/image_archive.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "lib/base/byte_sink.h"
#include "lib/base/byte_source.h"
#include "lib/base/copy_bytes.h"
#include "lib/base/file.h"
#include "lib/json/json.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/manifest.h"
#include "lib/reference/reference.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

constexpr char kRefName[] = "org.opencontainers.image.ref.name";
constexpr int64_t kTarBlock = 512;

// Adds the root to those of index.json, once for each tag, under the names by
// which containerd ("io.containerd.image.name") and other readers look for
// them.
void AddTagged(const Descriptor& root, const std::vector<ImageReference>& tags,
               std::vector<Descriptor>& descriptors) {
  if (tags.empty()) descriptors.push_back(root);
  for (const ImageReference& tag : tags) {
    Descriptor& descriptor = descriptors.emplace_back(root);
    descriptor.annotations["io.containerd.image.name"] = ReferenceText(tag);
    descriptor.annotations[kRefName] = tag.tag;
  }
}

// The entry of the file by which `docker load` finds the config, layers and
// names.
Json ArchiveManifest(const ImageManifest& manifest,
                     const std::vector<ImageReference>& tags) {
  Json image = Json::object();
  image["Config"] = BlobPath(manifest.config.digest);
  image["RepoTags"] = Json::array();
  for (const ImageReference& tag : tags) {
    image["RepoTags"].push_back(FamiliarText(tag));
  }
  image["Layers"] = Json::array();
  for (const Descriptor& layer : manifest.layers) {
    image["Layers"].push_back(BlobPath(layer.digest));
  }
  return image;
}

// Reads files one after the other.
class FilesSource : public ByteSource {
 public:
  FilesSource(std::vector<LayoutFile> files, LayerCheck check)
      : files_(std::move(files)), check_(check) {
    for (const LayoutFile& file : files_) size_ += file.size;
  }

  int64_t size() const override { return size_; }

  absl::StatusOr<size_t> Read(absl::Span<char> buffer) override {
    while (next_ < files_.size() || current_ != nullptr) {
      if (current_ == nullptr) {
        ABSL_ASSIGN_OR_RETURN(current_,
                              OpenLayoutFile(files_[next_++], check_));
      }
      ABSL_ASSIGN_OR_RETURN(const size_t n, current_->Read(buffer));
      if (n > 0) return n;
      current_ = nullptr;
    }
    return 0;
  }

  absl::Status Seek(int64_t offset) override {
    if (offset != 0) {
      return absl::UnimplementedError(
          "an archive can only be read from its start");
    }
    next_ = 0;
    current_ = nullptr;
    return absl::OkStatus();
  }

 private:
  std::vector<LayoutFile> files_;
  LayerCheck check_;
  int64_t size_ = 0;
  size_t next_ = 0;
  std::unique_ptr<ByteSource> current_;
};

void AddText(std::string text, std::vector<LayoutFile>& parts) {
  const auto size = static_cast<int64_t>(text.size());
  parts.push_back({.text = std::move(text), .size = size});
}

// Adds the header of a member, its contents and what fills its last block.
absl::Status AddMember(const TarEntry& entry, LayoutFile contents,
                       std::vector<LayoutFile>& parts) {
  StringSink header;
  TarWriter writer(&header);
  ABSL_RETURN_IF_ERROR(writer.Begin(entry));
  AddText(std::move(header).contents(), parts);
  const int64_t beyond = contents.size % kTarBlock;
  parts.push_back(std::move(contents));
  if (beyond > 0) AddText(std::string(kTarBlock - beyond, '\0'), parts);
  return absl::OkStatus();
}

// The members of the tar, piece by piece.
absl::StatusOr<std::vector<LayoutFile>> Parts(LayoutPlan plan) {
  std::vector<LayoutFile> parts;
  for (const char* parent : {"blobs", "blobs/sha256"}) {
    ABSL_RETURN_IF_ERROR(AddMember(
        {.path = parent, .type = TarEntryType::kDirectory, .mode = 0755}, {},
        parts));
  }
  for (auto& [path, file] : plan.files) {
    const TarEntry entry = {.path = path, .mode = 0644, .size = file.size};
    ABSL_RETURN_IF_ERROR(AddMember(entry, std::move(file), parts));
  }
  StringSink end;
  ABSL_RETURN_IF_ERROR(TarWriter(&end).Finish());
  AddText(std::move(end).contents(), parts);
  return parts;
}

absl::StatusOr<std::unique_ptr<ByteSource>> Archive(
    absl::Span<const ArchivedImage> images,
    const std::set<std::string>& left_out, LayerCheck check) {
  LayoutPlan all;
  std::vector<Descriptor> descriptors;
  Json manifests = Json::array();
  for (const ArchivedImage& image : images) {
    ABSL_ASSIGN_OR_RETURN(LayoutPlan plan, PlanLayout(image.contents));
    AddTagged(plan.root, image.tags, descriptors);
    manifests.push_back(ArchiveManifest(plan.manifests[0], image.tags));
    all.files.merge(plan.files);
  }
  for (const std::string& digest : left_out) all.files.erase(BlobPath(digest));
  AddDocument(all, "index.json", LayoutIndexText(std::move(descriptors)));
  AddDocument(all, "manifest.json", JsonText(manifests));
  ABSL_ASSIGN_OR_RETURN(std::vector<LayoutFile> parts, Parts(std::move(all)));
  return std::make_unique<FilesSource>(std::move(parts), check);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> ImageArchive(
    absl::Span<const ArchivedImage> images,
    const std::set<std::string>& left_out) {
  return Archive(images, left_out, LayerCheck::kDigest);
}

absl::Status WriteImageArchive(const ArchivedImage& image,
                               const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> archive,
                        Archive({image}, {}, LayerCheck::kSize));
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(CopyBytes(*archive, out));
  return out.Commit();
}

}  // namespace rules_dockerfile
