#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/values/words.h"

namespace rules_dockerfile {
namespace {

// Any bytes are words, and no word contains what it was split at.
void SplitsAnyText(absl::string_view text) {
  for (const char escape : {'\\', '`'}) {
    TakeFlags(text, escape);
    for (const std::string& word : SplitWords(text, escape)) {
      ABSL_CHECK_EQ(SplitWords(word, escape).size(), 1u) << word;
    }
  }
}

// Any bytes expand or are refused.
void ExpandsAnyWord(absl::string_view word) {
  const std::vector<std::string> environment = {"A=one", "B=", "C=a/b c"};
  const VariableLookup lookup = LookupIn(environment);
  ExpandWord(word, lookup).status().IgnoreError();
  ExpandWord(word, lookup, {.escape = '`', .process_quotes = false})
      .status()
      .IgnoreError();
  ExpandWords(word, lookup).status().IgnoreError();
  MountFrom(word).status().IgnoreError();
  ParseMount(word, [](absl::string_view w) { return std::string(w); })
      .status()
      .IgnoreError();
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::SplitsAnyText(text);
  rules_dockerfile::ExpandsAnyWord(text);
  return 0;
}
