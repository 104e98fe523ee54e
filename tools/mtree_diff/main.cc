// Compares the files of an image with a golden mtree(5) text, or writes it.
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/layer/mtree_diff.h"
#include "lib/pattern/ignore.h"

ABSL_FLAG(std::string, mtree, "", "the files of the image, from mtree_write");
ABSL_FLAG(std::string, golden, "", "golden text to compare with");
ABSL_FLAG(std::string, golden_out, "", "golden text to write");
ABSL_FLAG(std::string, name, "", "name of the image, for messages");
ABSL_FLAG(std::string, update_command, "",
          "the command that accepts the difference, for messages");
RULES_DOCKERFILE_REPEATED_FLAG(ignore_keyword, "keyword to leave out");
RULES_DOCKERFILE_REPEATED_FLAG(
    ignore_path, "paths to leave out: a pattern as in .dockerignore");

namespace rules_dockerfile {
namespace {

// More lines of a difference do not help.
constexpr int kMaxLines = 200;

absl::Status Compare(const std::string& image, const MtreeFilter& filter) {
  std::string golden;
  const std::string path = absl::GetFlag(FLAGS_golden);
  if (!path.empty()) {
    ABSL_ASSIGN_OR_RETURN(golden, ReadFile(path));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string diff,
                        DescribeMtreeDiff(golden, image, filter, kMaxLines));
  if (diff.empty()) return absl::OkStatus();
  std::fputs(PrintableText(diff).c_str(), stdout);
  std::fflush(stdout);
  return absl::FailedPreconditionError(
      absl::StrCat("the files of ", absl::GetFlag(FLAGS_name),
                   " differ from the golden file",
                   path.empty() ? ", which does not exist" : "",
                   "\nhint: to accept them, run `",
                   absl::GetFlag(FLAGS_update_command), "`"));
}

absl::Status CompareOrWrite() {
  ABSL_ASSIGN_OR_RETURN(const std::string mtree, RequiredFlag(FLAGS_mtree));
  ABSL_ASSIGN_OR_RETURN(const std::string image, ReadFile(mtree));
  ABSL_ASSIGN_OR_RETURN(IgnorePatterns paths,
                        IgnorePatterns::FromList(FLAGS_ignore_path_values()));
  const MtreeFilter filter = {.keywords = FLAGS_ignore_keyword_values(),
                              .paths = paths};
  const std::string golden_out = absl::GetFlag(FLAGS_golden_out);
  if (golden_out.empty()) return Compare(image, filter);
  ABSL_ASSIGN_OR_RETURN(const std::string golden, FilterMtree(image, filter));
  return WriteFile(golden_out, golden);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "mtree_diff",
      "Compares the files of an image with a golden mtree text, or writes it.",
      argc, argv, rules_dockerfile::CompareOrWrite);
}
