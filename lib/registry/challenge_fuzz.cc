#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "lib/registry/challenge.h"

// Any header gives challenges or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rules_dockerfile::ParseChallenges(
      absl::string_view(reinterpret_cast<const char*>(data), size))
      .IgnoreError();
  return 0;
}
