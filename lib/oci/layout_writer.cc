#include "lib/oci/layout_writer.h"

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "lib/base/byte_source.h"
#include "lib/base/copy_bytes.h"
#include "lib/base/file.h"
#include "lib/base/share_file.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/layout_plan.h"

namespace rules_dockerfile {
namespace {

constexpr char kRefName[] = "org.opencontainers.image.ref.name";

// Writes the file, a layer without a copy where that can be.
absl::Status WriteLayoutFile(const LayoutFile& file, const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source,
                        OpenLayoutFile(file, LayerCheck::kSize));
  if (!file.copy_of.empty() && ShareFile(file.copy_of, path)) {
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(CopyBytes(*source, out));
  return out.Commit();
}

}  // namespace

absl::Status WriteLayout(const LayoutContents& contents,
                         const std::string& ref_name,
                         const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(LayoutPlan layout, PlanLayout(contents));
  if (!ref_name.empty()) layout.root.annotations[kRefName] = ref_name;
  std::vector<Descriptor> listed = {layout.root};
  listed.insert(listed.end(), layout.referrers.begin(), layout.referrers.end());
  AddDocument(layout, "index.json", LayoutIndexText(std::move(listed)));
  std::error_code error;
  std::filesystem::create_directories(directory + "/blobs/sha256", error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(
        "cannot create directory \"", directory, "\": ", error.message()));
  }
  absl::Cleanup remove = [&] {
    std::error_code ignored;
    for (const auto& entry : layout.files) {
      std::filesystem::remove(absl::StrCat(directory, "/", entry.first),
                              ignored);
    }
    std::filesystem::remove_all(directory + "/blobs", ignored);
  };
  for (const auto& [path, file] : layout.files) {
    ABSL_RETURN_IF_ERROR(
        WriteLayoutFile(file, absl::StrCat(directory, "/", path)));
  }
  std::move(remove).Cancel();
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
