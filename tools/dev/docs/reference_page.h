#ifndef TOOLS_DEV_DOCS_REFERENCE_PAGE_H_
#define TOOLS_DEV_DOCS_REFERENCE_PAGE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tools/dev/docs/starlark_module.h"

namespace rules_dockerfile {

// Returns the Markdown page of a .bzl file that is loaded as `label`, such as
// `@rules_dockerfile//rules:defs.bzl`: a section for each symbol, with how to
// load it, its documentation and its members, mandatory ones first.
std::string ReferencePage(absl::string_view title, absl::string_view label,
                          const StarlarkModule& module);

}  // namespace rules_dockerfile

#endif  // TOOLS_DEV_DOCS_REFERENCE_PAGE_H_
