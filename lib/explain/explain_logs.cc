#include "lib/explain/explain_logs.h"

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/explain_build.h"
#include "lib/explain/image_steps.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"

namespace rules_dockerfile {
namespace {

// Of the actions of the rules.
constexpr absl::string_view kMnemonics = "Dockerfile";

absl::Status WithPath(const std::string& path, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("\"", path, "\": ", status.message()));
}

absl::StatusOr<ImageSteps> ReadSteps(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  return ImageStepsFromJson(JsonNode(json));
}

struct ReadLog {
  ExecutionLog log;
  std::string digest;
};

absl::StatusOr<ReadLog> ReadLogFile(const std::string& path) {
  const absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  if (!file.ok()) {
    return absl::Status(
        file.status().code(),
        absl::StrCat(
            file.status().message(),
            "\nhint: have builds write it with these lines of .bazelrc:\n"
            "build --execution_log_compact_file=bazel-execution.log\n"
            "run --execution_log_compact_file=bazel-run.log"));
  }
  absl::StatusOr<ExecutionLog> log =
      ReadExecutionLog(file->contents(), kMnemonics);
  if (!log.ok()) return WithPath(path, log.status());
  return ReadLog{.log = *std::move(log), .digest = DigestOf(file->contents())};
}

absl::StatusOr<std::string> Compare(const ExplainFiles& files,
                                    const ImageSteps& steps,
                                    const ReadLog& log) {
  ABSL_ASSIGN_OR_RETURN(const ReadLog earlier, ReadLogFile(files.before));
  const ImageRecord before = RecordBuild({}, steps, earlier.log, "");
  return ExplainBuild(before, RecordBuild(before, steps, log.log, ""), log.log);
}

std::string StatePath(const ExplainFiles& files, const std::string& image) {
  if (!files.state.empty()) return files.state;
  const std::string digest =
      DigestOf(absl::StrCat(files.workspace, "\n", image));
  return absl::StrCat(files.cache, "/rules_dockerfile/explain/",
                      DigestHex(digest).substr(0, 16), ".json");
}

absl::StatusOr<BuildHistory> ReadHistory(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return BuildHistory();
  if (!text.ok()) return text.status();
  absl::StatusOr<BuildHistory> history = ParseBuildHistory(*text);
  if (history.ok()) return history;
  return WithPath(path, absl::Status(history.status().code(),
                                     absl::StrCat(history.status().message(),
                                                  "\nhint: remove the file")));
}

// Only the user may read it: flags may have values of build arguments.
absl::Status MakePrivateDirectory(const std::filesystem::path& directory) {
  std::error_code error;
  if (directory.empty()) return absl::OkStatus();
  if (std::filesystem::create_directories(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all,
                                 error);
  }
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(
      error.value(),
      absl::StrCat("cannot create \"", directory.string(), "\""));
}

}  // namespace

absl::StatusOr<std::string> ExplainLogs(const ExplainFiles& files) {
  ABSL_ASSIGN_OR_RETURN(const ImageSteps steps, ReadSteps(files.steps));
  ABSL_ASSIGN_OR_RETURN(const ReadLog log, ReadLogFile(files.log));
  if (!files.before.empty()) return Compare(files, steps, log);
  const std::string path = StatePath(files, steps.image);
  ABSL_ASSIGN_OR_RETURN(BuildHistory history, ReadHistory(path));
  if (history.log != log.digest) history.before = std::move(history.after);
  history.log = log.digest;
  history.after =
      RecordBuild(history.before, steps, log.log, files.execution_root);
  ABSL_RETURN_IF_ERROR(
      MakePrivateDirectory(std::filesystem::path(path).parent_path()));
  ABSL_RETURN_IF_ERROR(WriteFile(path, BuildHistoryToText(history)));
  return ExplainBuild(history.before, history.after, log.log);
}

}  // namespace rules_dockerfile
