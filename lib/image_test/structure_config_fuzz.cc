#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "lib/image_test/structure_config.h"

// Any bytes are a configuration or an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rules_dockerfile::ParseStructureConfig(
      absl::string_view(reinterpret_cast<const char*>(data), size))
      .status()
      .IgnoreError();
  return 0;
}
