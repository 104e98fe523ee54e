#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/registry/challenge.h"

namespace rules_dockerfile {
namespace {

// The header with these challenges, all parameters quoted.
std::string ChallengesText(const std::vector<Challenge>& challenges) {
  std::string text;
  for (const Challenge& challenge : challenges) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", challenge.scheme);
    absl::string_view separator = " ";
    for (const auto& [name, value] : challenge.parameters) {
      const std::string escaped =
          absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}});
      absl::StrAppend(&text, separator, name, "=\"", escaped, "\"");
      separator = ",";
    }
  }
  return text;
}

}  // namespace
}  // namespace rules_dockerfile

// Any header is parsed to challenges, which are the same when written and
// parsed again, or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::StatusOr<std::vector<Challenge>> challenges = ParseChallenges(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!challenges.ok()) return 0;
  const std::string text = ChallengesText(*challenges);
  const absl::StatusOr<std::vector<Challenge>> again = ParseChallenges(text);
  ABSL_CHECK_OK(again) << text;
  ABSL_CHECK(*again == *challenges) << text;
  return 0;
}
