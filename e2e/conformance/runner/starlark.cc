#include "e2e/conformance/runner/starlark.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace rules_dockerfile {

std::string StarlarkString(absl::string_view text) {
  std::string literal = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        literal += '\\';
        literal += c;
        break;
      case '\n':
        literal += "\\n";
        break;
      case '\r':
        literal += "\\r";
        break;
      default:
        if (absl::ascii_iscntrl(c)) {
          absl::StrAppendFormat(&literal, "\\%03o", c);
        } else {
          literal += c;
        }
    }
  }
  return literal + '"';
}

std::string StarlarkList(const std::vector<std::string>& list) {
  return absl::StrCat(
      "[",
      absl::StrJoin(list, ", ",
                    [](std::string* out, const std::string& element) {
                      absl::StrAppend(out, StarlarkString(element));
                    }),
      "]");
}

std::string StarlarkDict(const std::map<std::string, std::string>& dict) {
  return absl::StrCat("{",
                      absl::StrJoin(dict, ", ",
                                    [](std::string* out, const auto& entry) {
                                      absl::StrAppend(
                                          out, StarlarkString(entry.first),
                                          ": ", StarlarkString(entry.second));
                                    }),
                      "}");
}

}  // namespace rules_dockerfile
