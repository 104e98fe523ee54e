#include "lib/container/kept_layers.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/pattern/ignore.h"
#include "lib/run/changed_layer.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

absl::Status CannotMake(const std::string& path) {
  return absl::ErrnoToStatus(errno,
                             absl::StrCat("cannot create \"", path, "\""));
}

absl::StatusOr<std::string> MakeDirectory(const std::string& path,
                                          const std::string& temporary) {
  if (!path.empty()) {
    if (mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return path;
    return CannotMake(path);
  }
  std::string made = absl::StrCat(temporary, "/container.XXXXXX");
  if (mkdtemp(made.data()) == nullptr) return CannotMake(made);
  return made;
}

}  // namespace

absl::StatusOr<KeptLayers> KeptLayers::Open(
    const std::string& path, const std::string& temporary,
    const std::vector<std::string>& diff_ids) {
  ABSL_ASSIGN_OR_RETURN(const std::string directory,
                        MakeDirectory(path, temporary));
  const std::string image = absl::StrCat(absl::StrJoin(diff_ids, "\n"), "\n");
  const std::string mark = absl::StrCat(directory, "/image");
  const absl::StatusOr<std::string> there = ReadFile(mark);
  if (!there.ok()) {
    ABSL_RETURN_IF_ERROR(WriteFile(mark, image));
  } else if (*there != image) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", directory, "\" belongs to a different image"));
  }
  KeptLayers kept(directory, 0);
  while (access(kept.File(kept.count_, "index").c_str(), F_OK) == 0) {
    ++kept.count_;
  }
  return kept;
}

std::string KeptLayers::File(int number, absl::string_view extension) const {
  return absl::StrCat(path_, "/", absl::StrFormat("%04d.", number), extension);
}

std::vector<std::string> KeptLayers::Files(absl::string_view extension) const {
  std::vector<std::string> files;
  for (int i = 0; i < count_; ++i) files.push_back(File(i, extension));
  return files;
}

std::vector<std::string> KeptLayers::Tars() const { return Files("tar"); }

std::vector<std::string> KeptLayers::Indexes() const { return Files("index"); }

absl::StatusOr<SandboxResult> KeptLayers::RunAndAdd(
    SandboxSpec spec, const LowerLayers& lower,
    const std::function<absl::StatusOr<SandboxResult>(const SandboxSpec&)>&
        run) {
  ABSL_ASSIGN_OR_RETURN(OutputFile tar,
                        OutputFile::Create(File(count_, "tar")));
  ABSL_ASSIGN_OR_RETURN(OutputFile index,
                        OutputFile::Create(File(count_, "index")));
  ABSL_ASSIGN_OR_RETURN(const IgnorePatterns nothing,
                        IgnorePatterns::FromList({}));
  const LayerPlace place = LayerPlace::Of(File(count_, "tar"));
  spec.collect.after_failure = true;
  spec.collect.function = [&](const SandboxFiles& files) {
    return WriteChangedLayer(
        lower, files, nothing,
        {.start = std::nullopt, .layer = {.now = time(nullptr)}}, place, tar);
  };
  ABSL_ASSIGN_OR_RETURN(SandboxResult result, run(spec));
  if (result.collected.empty()) return result;  // it never began
  ABSL_RETURN_IF_ERROR(index.Append(result.collected));
  ABSL_RETURN_IF_ERROR(tar.Commit());
  ABSL_RETURN_IF_ERROR(index.Commit());
  ++count_;
  return result;
}

}  // namespace rules_dockerfile
