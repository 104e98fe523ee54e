#ifndef LIB_COPY_COPY_LAYER_H_
#define LIB_COPY_COPY_LAYER_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/copy/build_context.h"
#include "lib/copy/copy_step.h"
#include "lib/layer/layer_times.h"

namespace rules_dockerfile {

// The files of a COPY, ADD or WORKDIR action: docs/design/0001_artifacts.md.
struct CopyLayerOptions {
  std::string instruction;
  std::string state;

  BuildContextFiles context;
  // What --from names, base first: layer tars and, of each, its index.
  std::vector<std::string> source_layers;
  std::vector<std::string> source_indexes;
  // What ADD fetches.
  std::map<std::string, FetchedFile> urls;
  std::map<std::string, std::string> git_tars;  // by reference

  std::vector<std::string> indexes;  // of the layers below, base first
  // The tars of the same: all, or none where no archive is likely to link to a
  // file below.
  std::vector<std::string> layers;
  LayerTimes times;

  std::string layer_out;
  std::string index_out;
  std::string step_out;
  std::string state_out;  // "" for none
};

// Creates the layer of the instruction and writes the outputs.
absl::Status MakeCopyLayer(const CopyLayerOptions& options);

// `flag`, the value of --url_file or --git_tar: SOURCE=FILE, separated by the
// last "=".
struct SourceFile {
  std::string source;
  std::string file;
};
absl::StatusOr<SourceFile> ParseSourceFile(absl::string_view flag);

}  // namespace rules_dockerfile

#endif  // LIB_COPY_COPY_LAYER_H_
