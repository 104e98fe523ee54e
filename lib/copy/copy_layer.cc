#include "lib/copy/copy_layer.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/copy/archive.h"
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/copy/copy_step.h"
#include "lib/copy/data_store.h"
#include "lib/copy/step_trees.h"
#include "lib/copy/workdir_step.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/layer/changeset.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_index.h"
#include "lib/plan/build_state.h"
#include "lib/plan/copy_plan.h"
#include "lib/plan/evaluate.h"
#include "lib/plan/evaluation.h"
#include "lib/plan/read_instruction.h"
#include "lib/plan/step.h"

namespace rules_dockerfile {
namespace {

absl::Status AddLayerFile(const std::string& path, int source, FileTree& tree) {
  ABSL_ASSIGN_OR_RETURN(const MappedFile text, MappedFile::Open(path));
  const absl::Status status = tree.AddLayerText(text.contents(), source);
  if (status.ok()) return status;
  return absl::Status(status.code(),
                      absl::StrCat("\"", path, "\": ", status.message()));
}

absl::Status WriteLayerIndexFile(const LayerIndex& index,
                                 const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(WriteLayerIndex(index, &file));
  return file.Commit();
}

// Reads what a step works on, and keeps what its data is in.
class StepInputs {
 public:
  explicit StepInputs(const CopyLayerOptions& options)
      : options_(options), archives_(options.layer_out, &store_) {}

  DataStore& store() { return store_; }
  ArchiveOpener& archives() { return archives_; }

  absl::StatusOr<StepRootfs> Rootfs() {
    StepRootfs rootfs = {.has_layers = !options_.indexes.empty(),
                         .times = options_.times};
    const size_t layers = options_.layers.size();
    if (layers > 0 && layers != options_.indexes.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(layers, " layers, but ", options_.indexes.size(),
                       " indexes: expected one index per layer, or no layers"));
    }
    for (size_t i = 0; i < options_.indexes.size(); ++i) {
      const int source = layers > 0 ? store_.AddFile(options_.layers[i]) : -1;
      ABSL_RETURN_IF_ERROR(
          AddLayerFile(options_.indexes[i], source, rootfs.tree));
    }
    return rootfs;
  }

  absl::StatusOr<CopySources> Sources(const CopyPlan& plan) {
    CopySources sources;
    sources.urls = options_.urls;
    for (const auto& [reference, file] : options_.git_tars) {
      ABSL_ASSIGN_OR_RETURN(sources.git_trees[reference],
                            ReadTarFile(file, archives_));
    }
    if (!options_.source_indexes.empty()) {
      ABSL_ASSIGN_OR_RETURN(sources.tree, LayersTree());
      return sources;
    }
    ABSL_ASSIGN_OR_RETURN(sources.ignored,
                          ReadBuildContext(options_.context, options_.times.now,
                                           store_, archives_));
    sources.tree = sources.ignored;
    if (!plan.from.empty()) return sources;
    ABSL_ASSIGN_OR_RETURN(
        sources.tree,
        WithoutIgnoredFiles(sources.ignored, options_.context.ignore_files));
    return sources;
  }

 private:
  absl::StatusOr<FileTree> LayersTree() {
    if (options_.source_layers.size() != options_.source_indexes.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options_.source_layers.size(), " source layers, but ",
                       options_.source_indexes.size(),
                       " source indexes: expected one index per layer"));
    }
    FileTree tree;
    for (size_t i = 0; i < options_.source_layers.size(); ++i) {
      ABSL_RETURN_IF_ERROR(
          AddLayerFile(options_.source_indexes[i],
                       store_.AddFile(options_.source_layers[i]), tree));
    }
    return tree;
  }

  const CopyLayerOptions& options_;
  DataStore store_;
  ArchiveOpener archives_;
};

struct StepResult {
  StepTrees trees;
  BuildState state;
  Step step;
};

absl::StatusOr<StepResult> ApplyInstruction(const InstructionText& text,
                                            const BuildState& state,
                                            StepInputs& inputs) {
  ABSL_ASSIGN_OR_RETURN(const StepRootfs rootfs, inputs.Rootfs());
  if (std::holds_alternative<WorkdirInstruction>(text.instruction.body)) {
    ABSL_ASSIGN_OR_RETURN(Evaluation evaluation,
                          EvaluateInstruction(text, state, {}));
    ABSL_ASSIGN_OR_RETURN(StepTrees trees,
                          ApplyWorkdir(evaluation.state, rootfs));
    // The caller has a layer for this step, whatever the path turned out to be.
    evaluation.step.history->empty_layer = false;
    return StepResult{.trees = std::move(trees),
                      .state = std::move(evaluation.state),
                      .step = std::move(evaluation.step)};
  }
  ABSL_ASSIGN_OR_RETURN(const CopyPlan plan, PlanCopy(text, state));
  ABSL_ASSIGN_OR_RETURN(const CopySources sources, inputs.Sources(plan));
  ABSL_ASSIGN_OR_RETURN(
      StepTrees trees,
      ApplyCopy(plan, rootfs, sources, &inputs.store(), &inputs.archives()));
  return StepResult{.trees = std::move(trees),
                    .state = state,
                    .step = {.history = plan.history}};
}

}  // namespace

absl::Status MakeCopyLayer(const CopyLayerOptions& options) {
  ABSL_ASSIGN_OR_RETURN(const InstructionInput input,
                        ReadInstruction(options.instruction, options.state));

  StepInputs inputs(options);
  ABSL_ASSIGN_OR_RETURN(const StepResult result,
                        ApplyInstruction(input.text, input.state, inputs));
  inputs.store().ReadAheadFor(result.trees.upper);
  ABSL_ASSIGN_OR_RETURN(OutputFile layer,
                        OutputFile::Create(options.layer_out));
  ABSL_ASSIGN_OR_RETURN(const LayerIndex index,
                        WriteChangeset(
                            result.trees.lower, result.trees.upper,
                            [&inputs](const FileNode& node, ByteSink* sink) {
                              return inputs.store().Read(node, sink);
                            },
                            {.epoch = options.times.latest,
                             .mode_of =
                                 [&inputs](const FileNode& node) {
                                   return inputs.store().Mode(node);
                                 }},
                            &layer));

  ABSL_RETURN_IF_ERROR(WriteLayerIndexFile(index, options.index_out));
  ABSL_RETURN_IF_ERROR(WriteFile(options.step_out, StepToJson(result.step)));
  if (!options.state_out.empty()) {
    ABSL_RETURN_IF_ERROR(
        WriteFile(options.state_out, BuildStateToJson(result.state)));
  }
  return layer.Commit();
}

absl::StatusOr<SourceFile> ParseSourceFile(absl::string_view flag) {
  const size_t equals = flag.rfind('=');
  if (equals == absl::string_view::npos || equals == 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("source \"", flag, "\": expected SOURCE=FILE"));
  }
  return SourceFile{.source = std::string(flag.substr(0, equals)),
                    .file = std::string(flag.substr(equals + 1))};
}

}  // namespace rules_dockerfile
