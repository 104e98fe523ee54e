#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/apt/apt_lock.h"
#include "lib/apt/control.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

// Any bytes are paragraphs, each the same when it is written and read again, or
// an error.
void ParsesAnyControlFile(absl::string_view text) {
  const absl::StatusOr<std::vector<ControlParagraph>> paragraphs =
      ParseControl(text);
  if (!paragraphs.ok()) return;
  for (const ControlParagraph& paragraph : *paragraphs) {
    const std::string written = ControlParagraphToText(paragraph);
    const absl::StatusOr<std::vector<ControlParagraph>> again =
        ParseControl(written);
    ABSL_CHECK_OK(again) << written;
    ABSL_CHECK_EQ(again->size(), 1u) << written;
    ABSL_CHECK(again->front() == paragraph) << written;
  }
}

// Any accepted packages result in a lock that can be read.
void LocksAnyPackages(absl::string_view text) {
  absl::StatusOr<std::vector<LockedPackage>> packages =
      ParseLockedPackages(text);
  if (!packages.ok()) return;
  const absl::StatusOr<Json> json =
      ParseJson(AptLockToJson({.suite = "bookworm", .packages = *packages}));
  ABSL_CHECK_OK(json);
  ABSL_CHECK_EQ((*json)["packages"].size(), packages->size());
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::ParsesAnyControlFile(text);
  rules_dockerfile::LocksAnyPackages(text);
  return 0;
}
