// Writes a page of docs/reference from what starlark_doc_extract writes.
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "tools/dev/docs/reference_page.h"
#include "tools/dev/docs/starlark_module.h"

ABSL_FLAG(std::string, module, "", "output of starlark_doc_extract");
ABSL_FLAG(std::string, title, "", "title of the page");
ABSL_FLAG(std::string, label, "", "label that users load");
ABSL_FLAG(std::string, out, "", "page to write");
RULES_DOCKERFILE_REPEATED_FLAG(
    omit, "argument that generated code fills in, and the page leaves out");
RULES_DOCKERFILE_REPEATED_FLAG(
    rename, "OLD=NEW, for a symbol that users load under another name");

namespace rules_dockerfile {
namespace {

// Makes the module what users load.
absl::Status ShowAsLoaded(StarlarkModule& module) {
  for (const std::string& rename : FLAGS_rename_values()) {
    const std::pair<std::string, std::string> names =
        absl::StrSplit(rename, absl::MaxSplits('=', 1));
    const auto symbol = absl::c_find_if(
        module.symbols,
        [&](const StarlarkSymbol& each) { return each.name == names.first; });
    if (symbol == module.symbols.end()) {
      return absl::NotFoundError(
          absl::StrCat("--rename: no such symbol: \"", names.first, "\""));
    }
    symbol->name = names.second;
  }
  for (const std::string& omit : FLAGS_omit_values()) {
    size_t omitted = 0;
    for (StarlarkSymbol& symbol : module.symbols) {
      omitted += std::erase_if(
          symbol.members,
          [&](const StarlarkMember& member) { return member.name == omit; });
    }
    if (omitted == 0) {
      return absl::NotFoundError(
          absl::StrCat("--omit: no such argument: \"", omit, "\""));
    }
  }
  return absl::OkStatus();
}

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string path, RequiredFlag(FLAGS_module));
  ABSL_ASSIGN_OR_RETURN(const std::string out, RequiredFlag(FLAGS_out));
  ABSL_ASSIGN_OR_RETURN(const std::string bytes, ReadFile(path));
  ABSL_ASSIGN_OR_RETURN(StarlarkModule module, ParseStarlarkModule(bytes));
  ABSL_RETURN_IF_ERROR(ShowAsLoaded(module));
  return WriteFile(out, ReferencePage(absl::GetFlag(FLAGS_title),
                                      absl::GetFlag(FLAGS_label), module));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "docs", "Writes a page of docs/reference for a .bzl file.", argc, argv,
      rules_dockerfile::Run);
}
