#include "lib/dockerfile/parser_directive.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "re2/re2.h"

namespace rules_dockerfile {

absl::StatusOr<bool> ParserDirectiveReader::Read(absl::string_view line) {
  if (done_) return false;
  // Latin-1, so that bytes that are not UTF-8 are characters too.
  static const RE2& pattern =
      *new RE2(R"((?s)#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*)", RE2::Latin1);
  std::string key, value;
  if (!RE2::FullMatch(line, pattern, &key, &value)) {
    done_ = true;
    return false;
  }
  absl::AsciiStrToLower(&key);
  if (key != "syntax" && key != "escape" && key != "check") {
    done_ = true;
    return false;
  }
  if (!seen_.insert(key).second) {
    return absl::InvalidArgumentError(
        absl::StrCat("only one ", key, " parser directive can be used"));
  }
  if (key == "syntax") {
    directives_.syntax = value;
  } else if (key == "check") {
    directives_.check = value;
  } else if (value == "\\" || value == "`") {
    directives_.escape = value[0];
  } else {
    return absl::InvalidArgumentError(absl::StrCat(
        "invalid escape token '", value, "' does not match ` or \\"));
  }
  return true;
}

}  // namespace rules_dockerfile
