// stage_extract: takes files out of an image, as a tar, a directory or one
// file. Paths of the image become names of the disk in ExtractTree() alone,
// below a descriptor.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/copy/select_files.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/process/unique_fd.h"
#include "lib/rootfs/extract.h"
#include "lib/rootfs/recorded_owner.h"
#include "lib/worker/action_tool.h"

RULES_DOCKERFILE_REPEATED_FLAG(layer, "layer tar, base first");
RULES_DOCKERFILE_REPEATED_FLAG(index, "its index");
RULES_DOCKERFILE_REPEATED_FLAG(path, "path in the image");
ABSL_FLAG(std::string, tar_out, "", "tar to write");
ABSL_FLAG(std::string, directory_out, "",
          "empty directory to write to: files and directories, with symlinks "
          "followed in the image");
ABSL_FLAG(std::string, file_out, "", "file to write: the file of --path");
ABSL_FLAG(std::string, wanted_by, "",
          "name of the target that requires the paths, for messages");

namespace rules_dockerfile {
namespace {

struct Layers {
  std::vector<MappedFile> files;
  std::vector<absl::string_view> tars;
  FileTree tree;
};

absl::StatusOr<Layers> OpenLayers() {
  const std::vector<std::string> paths = FLAGS_layer_values();
  const std::vector<std::string> indexes = FLAGS_index_values();
  if (paths.size() != indexes.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected an --index for each --layer, got ",
                     indexes.size(), " for ", paths.size()));
  }
  Layers layers;
  for (size_t i = 0; i < paths.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(indexes[i]));
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(text));
    index.snapshot.clear();  // the image does not have it
    ABSL_RETURN_IF_ERROR(layers.tree.AddLayer(index, static_cast<int>(i)));
    ABSL_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(paths[i]));
    layers.tars.push_back(file.contents());
    layers.files.push_back(std::move(file));
  }
  return layers;
}

absl::Status WriteTar(const Layers& layers,
                      const std::vector<std::string>& paths,
                      const std::string& tar_out) {
  ABSL_ASSIGN_OR_RETURN(const FileTree files, SelectFiles(layers.tree, paths));
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(tar_out));
  ABSL_RETURN_IF_ERROR(
      WriteChangeset(FileTree(), files, ReadFromLayers(layers.tars),
                     {.epoch = std::numeric_limits<int64_t>::max()}, &out)
          .status());
  return out.Commit();
}

absl::Status WriteDirectory(const Layers& layers,
                            const std::vector<std::string>& paths,
                            const std::string& directory_out) {
  ABSL_ASSIGN_OR_RETURN(const FileTree files,
                        SelectPlainFiles(layers.tree, paths));
  mkdir(directory_out.c_str(), 0777);  // Bazel has made it
  const UniqueFd directory(
      open(directory_out.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok()) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot open \"", directory_out, "\""));
  }
  return ExtractTree(files, layers.tars, OwnerStore::kRecorded, directory.get())
      .status();
}

absl::Status WriteOneFile(const Layers& layers,
                          const std::vector<std::string>& paths,
                          const std::string& file_out) {
  if (paths.size() != 1) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected one --path with --file_out, got ", paths.size()));
  }
  ABSL_ASSIGN_OR_RETURN(const FileNode node,
                        SelectPlainFile(layers.tree, paths[0]));
  ABSL_ASSIGN_OR_RETURN(OutputFile out, OutputFile::Create(file_out));
  if (node.size > 0) {
    ABSL_ASSIGN_OR_RETURN(const absl::string_view data,
                          DataInLayers(node, layers.tars));
    ABSL_RETURN_IF_ERROR(out.Append(data));
  }
  ABSL_RETURN_IF_ERROR(out.Commit());
  if (chmod(file_out.c_str(), node.mode) != 0) {
    return absl::ErrnoToStatus(
        errno, absl::StrCat("cannot change the mode of \"", file_out, "\""));
  }
  return absl::OkStatus();
}

absl::Status Extract() {
  const std::vector<std::string> paths = FLAGS_path_values();
  const std::string tar_out = absl::GetFlag(FLAGS_tar_out);
  const std::string directory_out = absl::GetFlag(FLAGS_directory_out);
  const std::string file_out = absl::GetFlag(FLAGS_file_out);
  if (!tar_out.empty() + !directory_out.empty() + !file_out.empty() != 1) {
    return absl::InvalidArgumentError(
        "expected one of --tar_out, --directory_out and --file_out");
  }
  ABSL_ASSIGN_OR_RETURN(const Layers layers, OpenLayers());
  if (!tar_out.empty()) return WriteTar(layers, paths, tar_out);
  if (!file_out.empty()) return WriteOneFile(layers, paths, file_out);
  return WriteDirectory(layers, paths, directory_out);
}

absl::Status Run() {
  const absl::Status status = Extract();
  const std::string wanted_by = absl::GetFlag(FLAGS_wanted_by);
  if (status.ok() || wanted_by.empty()) return status;
  return absl::Status(status.code(),
                      absl::StrCat(wanted_by, ": ", status.message()));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool("stage_extract",
                                         "Extracts files from an image.", argc,
                                         argv, rules_dockerfile::Run);
}
