#include "e2e/conformance/runner/shared_image.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "e2e/conformance/runner/process.h"
#include "e2e/conformance/runner/starlark.h"
#include "lib/base/file.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

namespace fs = std::filesystem;

// The attribute of `base_image` for the image, and its triggers.
struct ImageKind {
  std::string attribute;
  std::vector<std::string> onbuild;
};

absl::StatusOr<ImageKind> ReadKind(FileSet& files, std::string attribute,
                                   const std::string& platform) {
  ABSL_ASSIGN_OR_RETURN(const Platform wanted, ParsePlatform(platform));
  ABSL_ASSIGN_OR_RETURN(const SourceImage image, ReadImage(files, wanted));
  return ImageKind{.attribute = std::move(attribute),
                   .onbuild = image.config.ConfigStrings("OnBuild")};
}

absl::StatusOr<ImageKind> KindOf(const fs::path& path,
                                 const std::string& platform) {
  if (fs::exists(path / "oci-layout")) {
    return ReadKind(*DirectoryFiles(path), "layout", platform);
  }
  if (fs::is_directory(path)) return ImageKind{.attribute = "rootfs"};
  ABSL_ASSIGN_OR_RETURN(const MappedFile archive, MappedFile::Open(path));
  absl::StatusOr<std::unique_ptr<FileSet>> files =
      ArchiveFiles(archive.contents());
  if (files.ok() && ((*files)->Read("manifest.json").ok() ||
                     (*files)->Read("oci-layout").ok())) {
    return ReadKind(**files, "archive", platform);
  }
  return ImageKind{.attribute = "rootfs"};
}

}  // namespace

absl::StatusOr<std::string> SharedImages::LabelOf(const std::string& path,
                                                  const std::string& platform) {
  const fs::path source = fs::absolute(path).lexically_normal();
  std::string& label = labels_[absl::StrCat(source.string(), "\n", platform)];
  if (!label.empty()) return label;
  if (!fs::exists(source)) {
    return absl::NotFoundError(
        absl::StrCat("no image at \"", source.string(), "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const ImageKind kind, KindOf(source, platform));

  const std::string package = absl::StrCat("images/", labels_.size() - 1);
  const fs::path directory = fs::path(workspace_) / package;
  fs::create_directories(directory);
  // `base_image` ignores the name of a tar.
  std::string files = "\"image.tar\"";
  if (kind.attribute == "layout") {
    fs::create_directory_symlink(source, directory / "layout");
    files = "\":files\"";
  } else if (fs::is_directory(source)) {
    ABSL_RETURN_IF_ERROR(ArchiveDirectory(source, directory / "image.tar"));
  } else {
    fs::create_symlink(source, directory / "image.tar");
  }
  label = absl::StrCat("//", package, ":image");
  ABSL_RETURN_IF_ERROR(WriteFile(
      directory / "BUILD.bazel",
      absl::StrCat(
          "load(\"@rules_dockerfile//rules:defs.bzl\", \"base_image\")\n\n"
          "filegroup(\n    name = \"files\",\n"
          "    srcs = glob([\"layout/**\"], allow_empty = True),\n)\n\n"
          "base_image(\n    name = \"image\",\n    ",
          kind.attribute, " = ", files,
          ",\n    onbuild = ", StarlarkList(kind.onbuild),
          ",\n    platform = ", StarlarkString(platform),
          ",\n    visibility = [\"//visibility:public\"],\n)\n")));
  return label;
}

}  // namespace rules_dockerfile
