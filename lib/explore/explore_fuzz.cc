#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_page.h"
#include "lib/explore/report_testing.h"
#include "lib/explore/report_text.h"
#include "lib/json/json.h"
#include "lib/layer/layer_index.h"

namespace rules_dockerfile {
namespace {

// What is shown of any image is JSON that ends no <script>, and a text.
void ShowsAnyImage(const ReportInput& input) {
  const absl::StatusOr<ImageReport> report = MakeImageReport(input);
  if (!report.ok()) return;
  const std::optional<ImageDifference> difference =
      DifferenceOf(ReportOf({Layer({"a/", "a/b=5"})}), *report);
  const std::string json = ScriptSafeJson(ReportJson(*report, difference));
  ABSL_CHECK(!absl::StrContains(json, '<'));
  ABSL_CHECK_OK(ParseJson(json)) << json;
  ABSL_CHECK(!ReportText(*report, 10).empty());
  ABSL_CHECK(!DifferenceText(*report, *difference, 10).empty());
  // All sizes are of something.
  ABSL_CHECK_EQ(report->totals.stored_size - report->totals.shown_size,
                report->totals.hidden_size);
  ABSL_CHECK_GE(report->totals.hidden_size, 0);
}

// Above and below another layer.
void ShowsAnyLayer(absl::string_view text) {
  const absl::StatusOr<LayerIndex> layer = ParseLayerIndex(text);
  if (!layer.ok()) return;
  const LayerIndex other = Layer({"a/", "a/b=5", "d/", "-e", "l->a"});
  ShowsAnyImage(InputOf({*layer, other}));
  ShowsAnyImage(InputOf({other, *layer, *layer}));
}

void ShowsAnyPlan(absl::string_view text) {
  const absl::StatusOr<BuildPlan> plan = ParseBuildPlan(text);
  if (!plan.ok()) return;
  ReportInput input = InputOf({Layer({"a=5"}), Layer({"b=5"})});
  input.plans = {*plan};
  ShowsAnyImage(input);
}

void ShowsAnyPackages(absl::string_view text) {
  const absl::StatusOr<ImagePackages> packages = ParseImagePackages(text);
  if (!packages.ok()) return;
  ReportInput input = InputOf({Layer({"a=5"})});
  input.packages = *packages;
  ShowsAnyImage(input);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(google-build-using-namespace)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ShowsAnyLayer(text);
  ShowsAnyPlan(text);
  ShowsAnyPackages(text);
  return 0;
}
