#ifndef LIB_DOCKERFILE_SYNTAX_OUTLINE_H_
#define LIB_DOCKERFILE_SYNTAX_OUTLINE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/dockerfile.h"

namespace rules_dockerfile {

// The shape of a Dockerfile, as the module extension computes it in Starlark
// before any tool is built:
//
//   {"escape": "\\",
//    "global_args": [{"line": 1, "text": "ARG X=1\n"}],
//    "stages": [{
//      "base": "debian:latest", "index": 0,
//      "instructions": [{"from": ["builder"], "keyword": "COPY", "line": 4,
//                        "sources": ["a"], "text": "COPY …\n"}],
//      "line": 3, "name": "builder", "platform": "",
//      "text": "FROM debian:latest AS builder\n"}]}
//
// Lines are first lines, texts are InstructionTextOf(). `from` has the values
// of COPY --from and RUN --mount from= as written, in order, `sources` the
// paths of COPY and ADD before expansion; those of an ONBUILD trigger are left
// out, for the stage that fires it. Sorted keys, two spaces of indent, a final
// newline.
std::string OutlineJson(const Dockerfile& dockerfile);

// Returns OK if `json` is an outline equal to that of `dockerfile`, else
// Internal with the first difference: the two readers must never disagree, so a
// difference is a bug of rules_dockerfile.
absl::Status CheckOutline(const Dockerfile& dockerfile, absl::string_view json);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_OUTLINE_H_
