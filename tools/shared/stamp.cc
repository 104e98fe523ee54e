#include "tools/shared/stamp.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/oci/document_file.h"

namespace rules_dockerfile {
namespace {

bool IsKey(absl::string_view text) {
  return !text.empty() && absl::ascii_isupper(text[0]) &&
         absl::c_all_of(text, [](char c) {
           return absl::ascii_isupper(c) || absl::ascii_isdigit(c) || c == '_';
         });
}

}  // namespace

absl::StatusOr<Stamp> ReadStatusFiles(const std::vector<std::string>& paths) {
  Stamp stamp;
  for (const std::string& path : paths) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    for (const absl::string_view line :
         absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(line, absl::MaxSplits(' ', 1));
      stamp[parts.first] = parts.second;
    }
  }
  return stamp;
}

absl::StatusOr<std::string> ExpandStamp(absl::string_view text,
                                        const Stamp& stamp) {
  std::string expanded;
  absl::string_view rest = stamp.empty() ? "" : text;
  if (stamp.empty()) expanded = text;
  while (!rest.empty()) {
    const size_t open = rest.find('{');
    expanded.append(rest.substr(0, open));
    if (open == absl::string_view::npos) break;
    rest.remove_prefix(open);
    const size_t close = rest.find('}');
    const absl::string_view key =
        close == absl::string_view::npos ? "" : rest.substr(1, close - 1);
    if (!IsKey(key)) {
      expanded.push_back('{');
      rest.remove_prefix(1);
      continue;
    }
    const auto value = stamp.find(std::string(key));
    if (value == stamp.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", text, "\": the workspace status has no \"", key, "\""));
    }
    expanded.append(value->second);
    rest.remove_prefix(close + 1);
  }
  return expanded;
}

absl::StatusOr<std::map<std::string, std::string>> StampedKeyValues(
    const std::vector<std::string>& flags,
    const std::vector<std::string>& status_files) {
  ABSL_ASSIGN_OR_RETURN(auto values, ParseKeyValues(flags));
  ABSL_ASSIGN_OR_RETURN(const Stamp stamp, ReadStatusFiles(status_files));
  for (auto& [key, value] : values) {
    ABSL_ASSIGN_OR_RETURN(value, ExpandStamp(value, stamp));
  }
  return values;
}

}  // namespace rules_dockerfile
