#ifndef TOOLS_DEV_DOCS_STARLARK_MODULE_H_
#define TOOLS_DEV_DOCS_STARLARK_MODULE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// An attribute of a rule or tag, a parameter of a function, or a field of a
// provider.
struct StarlarkMember {
  std::string name;  // `**kwargs` with its stars
  std::string doc;
  std::string type;  // such as "label"; "" for parameters and fields
  bool mandatory = false;
  std::string default_value;           // as Starlark; "" if there is none
  std::vector<std::string> providers;  // that a label must have
};

enum class StarlarkKind {
  kRule,
  kFunction,
  kProvider,
  kModuleExtension,
  kTag,  // of a module extension
  kRepositoryRule,
};

// What a .bzl file exports, or a tag of a module extension.
struct StarlarkSymbol {
  StarlarkKind kind;
  std::string name;
  std::string doc;
  std::vector<StarlarkMember> members;
  std::string returns;
  std::vector<StarlarkSymbol> tags;
};

struct StarlarkModule {
  std::string doc;
  std::vector<StarlarkSymbol> symbols;  // by name
};

// Reads what starlark_doc_extract writes: the message ModuleInfo of Bazel's
// stardoc_output.proto. Aspects are left out; these rules have none. Text that
// Bazel 7 has taken for Latin-1 is made UTF-8 again. Errors:
// ProtoMessage::Parse().
absl::StatusOr<StarlarkModule> ParseStarlarkModule(absl::string_view bytes);

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_DOCS_STARLARK_MODULE_H_
