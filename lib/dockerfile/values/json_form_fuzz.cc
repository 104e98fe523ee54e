#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/values/json_form.h"
#include "lib/json/json.h"
#include "nlohmann/json.hpp"

// Any bytes are a list, another form or an error; a list written as JSON reads
// back as the same list.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using Form = absl::StatusOr<std::optional<std::vector<std::string>>>;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::ParseJson(text).status().IgnoreError();
  const Form form = rules_dockerfile::ParseJsonForm(text);
  if (!form.ok() || !form->has_value()) return 0;
  const Form again =
      rules_dockerfile::ParseJsonForm(nlohmann::json(**form).dump());
  ABSL_CHECK(again.ok()) << again.status();
  ABSL_CHECK(*again == *form);
  return 0;
}
