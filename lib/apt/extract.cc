#include "lib/apt/extract.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/apt/deb_package.h"
#include "lib/apt/package_tree.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

absl::string_view BaseName(absl::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

absl::Status AddDeb(const std::string& path, PackageTree* tree) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
  absl::StatusOr<DebPackage> package = ReadDebPackage(file.contents());
  const absl::Status status =
      package.ok() ? tree->AddPackage(*std::move(package)) : package.status();
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrCat("package \"", BaseName(path),
                                                  "\": ", status.message()));
}

absl::Status AddFile(absl::string_view file, PackageTree* tree) {
  const auto equals = file.find('=');
  if (equals == absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("--file \"", file, "\": expected DEST=SRC"));
  }
  ABSL_ASSIGN_OR_RETURN(std::string contents,
                        ReadFile(std::string(file.substr(equals + 1))));
  // Not by the mode of the file: remote executors set the executable bit of all
  // inputs, and no action key contains a mode.
  const uint32_t mode = absl::StartsWith(contents, "#!") ? 0755 : 0644;
  return tree->AddFile(file.substr(0, equals), mode, std::move(contents));
}

}  // namespace

absl::Status ExtractDebs(const ExtractOptions& options) {
  // dpkg keeps a directory as the first package has it, so the order counts.
  std::vector<std::string> debs = options.debs;
  std::sort(debs.begin(), debs.end(),
            [](absl::string_view a, absl::string_view b) {
              return BaseName(a) < BaseName(b);
            });
  PackageTree tree(options.epoch);
  for (const std::string& deb : debs) {
    ABSL_RETURN_IF_ERROR(AddDeb(deb, &tree));
  }
  for (const std::string& file : options.files) {
    ABSL_RETURN_IF_ERROR(AddFile(file, &tree));
  }
  ABSL_RETURN_IF_ERROR(tree.Finish());

  ABSL_ASSIGN_OR_RETURN(OutputFile layer,
                        OutputFile::Create(options.layer_out));
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index,
                        WriteChangeset(
                            FileTree(), tree.files(),
                            [&tree](const FileNode& node, ByteSink* sink) {
                              return tree.ReadData(node, sink);
                            },
                            {.epoch = options.epoch}, &layer));
  ABSL_RETURN_IF_ERROR(layer.Commit());
  return WriteFile(options.index_out, LayerIndexToText(index));
}

}  // namespace rules_dockerfile
