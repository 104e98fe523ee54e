#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/copy/context.h"
#include "lib/copy/copy_layer.h"
#include "lib/copy/outside_file.h"
#include "lib/layer/layer_times.h"
#include "lib/network/network_lock.h"
#include "lib/worker/action_tool.h"

ABSL_FLAG(std::string, instruction, "", "text of a COPY, ADD or WORKDIR");
ABSL_FLAG(std::string, state, "", "build state before the instruction");
RULES_DOCKERFILE_REPEATED_FLAG(context_file,
                               "PATH=FILE: file of the build context");
RULES_DOCKERFILE_REPEATED_FLAG(
    shared_file,
    "PATH=FILE: file of the build context; all of one FILE are hard links");
ABSL_FLAG(std::string, context_tar, "", "archive with the build context");
RULES_DOCKERFILE_REPEATED_FLAG(ignore, ".dockerignore file");
RULES_DOCKERFILE_REPEATED_FLAG(source_layer, "layer tar of --from");
RULES_DOCKERFILE_REPEATED_FLAG(source_index, "index of each source layer");
RULES_DOCKERFILE_REPEATED_FLAG(url_file, "URL=FILE that ADD fetches");
ABSL_FLAG(std::string, url_lock, "", "lock file of URLs that ADD fetches");
ABSL_FLAG(std::string, url_directory, "",
          "file that --lock records, named by its SHA-256");
RULES_DOCKERFILE_REPEATED_FLAG(
    url_time, "URL=SECONDS: time of modification on the server");
RULES_DOCKERFILE_REPEATED_FLAG(
    git_tar, "REFERENCE=FILE: archive of a git reference that ADD fetches");
RULES_DOCKERFILE_REPEATED_FLAG(index, "index of a layer below, base first");
RULES_DOCKERFILE_REPEATED_FLAG(
    layer,
    "layer tar of each index, or none: files that an archive may link to");
ABSL_FLAG(std::optional<int64_t>, epoch, std::nullopt,
          "SOURCE_DATE_EPOCH: the time of new files, in seconds, and the "
          "latest time of any file; without it, new files get 2026-01-01 and "
          "others keep their time");
ABSL_FLAG(std::string, layer_out, "", "layer tar to write");
ABSL_FLAG(std::string, index_out, "", "layer index to write");
ABSL_FLAG(std::string, step_out, "", "step to write");
ABSL_FLAG(std::string, state_out, "", "build state to write");

namespace rules_dockerfile {
namespace {

absl::Status AddLocked(CopyLayerOptions& options) {
  const std::string lock_file = absl::GetFlag(FLAGS_url_lock);
  if (lock_file.empty()) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        RequiredFlag(FLAGS_url_directory));
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(lock_file));
  ABSL_ASSIGN_OR_RETURN(const NetworkLock lock, ParseNetworkLock(text));
  for (const LockedFile& file : lock.files) {
    options.urls[file.url] = {.file = absl::StrCat(directory, "/", file.sha256),
                              .last_modified = file.modified};
  }
  return absl::OkStatus();
}

absl::Status AddFetched(CopyLayerOptions& options) {
  for (const std::string& flag : FLAGS_url_file_values()) {
    ABSL_ASSIGN_OR_RETURN(SourceFile url, ParseSourceFile(flag));
    options.urls[url.source].file = std::move(url.file);
  }
  for (const std::string& flag : FLAGS_url_time_values()) {
    ABSL_ASSIGN_OR_RETURN(const SourceFile url, ParseSourceFile(flag));
    if (!absl::SimpleAtoi(url.file, &options.urls[url.source].last_modified)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--url_time=\"", flag, "\": expected URL=SECONDS"));
    }
  }
  for (const std::string& flag : FLAGS_git_tar_values()) {
    ABSL_ASSIGN_OR_RETURN(SourceFile git, ParseSourceFile(flag));
    options.git_tars[git.source] = std::move(git.file);
  }
  return absl::OkStatus();
}

// Bazel's glob() follows links to directories, wherever they lead.
void WarnOfOutsideFile(const std::vector<ContextFile>& files) {
  const std::optional<OutsideFile> outside = FindOutsideFile(files);
  if (!outside.has_value()) return;
  PrintMessage(absl::StrCat(
      "layer_copy: warning: \"", outside->path, "\" is \"", outside->file,
      "\": a symlink leads out of the build context\nhint: exclude it: "
      "glob([…], exclude = [\"",
      outside->path, "\"])\n"));
}

absl::Status Run() {
  CopyLayerOptions options = {
      .context = {.tar = absl::GetFlag(FLAGS_context_tar),
                  .ignore_files = FLAGS_ignore_values()},
      .source_layers = FLAGS_source_layer_values(),
      .source_indexes = FLAGS_source_index_values(),
      .indexes = FLAGS_index_values(),
      .layers = FLAGS_layer_values(),
      .times = LayerTimes::Of(absl::GetFlag(FLAGS_epoch)),
      .state_out = absl::GetFlag(FLAGS_state_out)};
  ABSL_ASSIGN_OR_RETURN(options.instruction, RequiredFlag(FLAGS_instruction));
  ABSL_ASSIGN_OR_RETURN(options.state, RequiredFlag(FLAGS_state));
  ABSL_ASSIGN_OR_RETURN(options.layer_out, RequiredFlag(FLAGS_layer_out));
  ABSL_ASSIGN_OR_RETURN(options.index_out, RequiredFlag(FLAGS_index_out));
  ABSL_ASSIGN_OR_RETURN(options.step_out, RequiredFlag(FLAGS_step_out));
  options.context.files.reserve(FLAGS_context_file_values().size());
  for (const std::string& flag : FLAGS_context_file_values()) {
    ABSL_ASSIGN_OR_RETURN(options.context.files.emplace_back(),
                          ParseContextFile(flag));
  }
  for (const std::string& flag : FLAGS_shared_file_values()) {
    ABSL_ASSIGN_OR_RETURN(ContextFile file, ParseContextFile(flag));
    file.shared = true;
    options.context.files.push_back(std::move(file));
  }
  WarnOfOutsideFile(options.context.files);
  ABSL_RETURN_IF_ERROR(AddLocked(options));
  ABSL_RETURN_IF_ERROR(AddFetched(options));
  return MakeCopyLayer(options);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "layer_copy", "Creates the layer of a COPY, ADD or WORKDIR.", argc, argv,
      rules_dockerfile::Run);
}
