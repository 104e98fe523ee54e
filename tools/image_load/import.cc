#include "tools/image_load/import.h"

#include <stdlib.h>

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_source.h"
#include "lib/base/copy_bytes.h"
#include "lib/base/file.h"
#include "lib/base/program.h"
#include "lib/base/temporary_files.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxOutput = 16 << 20;

// What the program prints.
absl::StatusOr<std::string> Run(const std::vector<std::string>& argv,
                                ByteSource* input) {
  ABSL_ASSIGN_OR_RETURN(ProgramResult result,
                        RunProgram({.argv = argv,
                                    .source = input,
                                    .max_output = kMaxOutput,
                                    .keep_errors = true}));
  if (result.succeeded()) return std::move(result.output);
  return absl::FailedPreconditionError(
      absl::StrCat("`", absl::StrJoin(argv, " "),
                   "` fails: ", absl::StripAsciiWhitespace(result.errors)));
}

}  // namespace

absl::StatusOr<LoadDestination> ParseLoadDestination(absl::string_view text) {
  if (text.empty()) return LoadDestination();
  if (text == "docker") return LoadDestination{LoadTarget::kDocker, ""};
  if (text == "podman") return LoadDestination{LoadTarget::kPodman, ""};
  const size_t colon = text.find(':');
  const absl::string_view kind = text.substr(0, colon);
  const bool has_name = colon != absl::string_view::npos;
  std::string name(has_name ? text.substr(colon + 1) : "");
  if (!has_name || !name.empty()) {
    if (kind == "containerd") {
      return LoadDestination{LoadTarget::kContainerd,
                             has_name ? std::move(name) : "default"};
    }
    if (kind == "kind") {
      return LoadDestination{LoadTarget::kKind,
                             has_name ? std::move(name) : "kind"};
    }
  }
  return absl::InvalidArgumentError(
      absl::StrCat("--to=", text,
                   ": expected docker, podman, containerd[:NAMESPACE] or "
                   "kind[:CLUSTER]"));
}

absl::Status ImportIntoContainerd(const std::string& name_space,
                                  ByteSource& archive) {
  return Run({"ctr", "--namespace", name_space, "images", "import", "-"},
             &archive)
      .status();
}

absl::StatusOr<std::set<std::string>> ContainerdBlobs(
    const std::string& name_space) {
  ABSL_ASSIGN_OR_RETURN(
      const std::string listed,
      Run({"ctr", "--namespace", name_space, "content", "ls", "--quiet"},
          nullptr));
  return std::set<std::string>(
      absl::StrSplit(listed, '\n', absl::SkipWhitespace()));
}

absl::Status ImportIntoKind(const std::string& cluster, ByteSource& archive) {
  const char* const directory = getenv("TMPDIR");
  const std::string path = RememberNewTemporaryFile(
      absl::StrCat(directory == nullptr ? "/tmp" : directory, "/image_load"));
  const absl::Cleanup remove = [&] { RemoveTemporaryFile(path); };
  ABSL_ASSIGN_OR_RETURN(OutputFile file, OutputFile::Create(path));
  ABSL_RETURN_IF_ERROR(CopyBytes(archive, file));
  ABSL_RETURN_IF_ERROR(file.Commit());
  return Run({"kind", "load", "image-archive", path, "--name", cluster},
             nullptr)
      .status();
}

}  // namespace rules_dockerfile
