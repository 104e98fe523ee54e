// Shows what an image consists of: as an HTML page, as text, or in the
// terminal.
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_page.h"
#include "lib/explore/report_text.h"
#include "lib/layer/layer_index.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/worker/action_tool.h"
#include "tools/image_explore/browser.h"

ABSL_FLAG(std::string, name, "", "name of the image, for people");
ABSL_FLAG(std::string, config, "", "config of the image");
RULES_DOCKERFILE_REPEATED_FLAG(index, "index of each layer, base first");
RULES_DOCKERFILE_REPEATED_FLAG(descriptor,
                               "descriptor of each layer, base first");
RULES_DOCKERFILE_REPEATED_FLAG(
    plan,
    "instructions of each stage that the image is built from, base first");
ABSL_FLAG(std::string, inventory, "", "packages of the image");

ABSL_FLAG(std::string, other_name, "",
          "name of an image to compare with, which came before");
ABSL_FLAG(std::string, other_config, "", "its config");
RULES_DOCKERFILE_REPEATED_FLAG(other_index, "index of each of its layers");
RULES_DOCKERFILE_REPEATED_FLAG(other_descriptor,
                               "descriptor of each of its layers");
ABSL_FLAG(std::string, other_inventory, "", "its packages");

ABSL_FLAG(std::string, html_out, "", "HTML page to write");
ABSL_FLAG(bool, text, false,
          "print text, as without a terminal or with an image to compare with");
ABSL_FLAG(int64_t, lines, 20, "most lines of each list of the text");

namespace rules_dockerfile {
namespace {

// The values of the flags of one image.
struct ImageFlags {
  std::string name, config;
  std::vector<std::string> indexes, descriptors, plans;
  std::string inventory;
};

absl::StatusOr<ImageReport> ReadReport(const ImageFlags& flags) {
  ReportInput input = {.name = flags.name};
  ABSL_ASSIGN_OR_RETURN(const std::string config, ReadFile(flags.config));
  ABSL_ASSIGN_OR_RETURN(input.config, ParseImageConfig(config));
  for (const std::string& path : flags.indexes) {
    ABSL_ASSIGN_OR_RETURN(const MappedFile file, MappedFile::Open(path));
    ABSL_ASSIGN_OR_RETURN(LayerIndex index, ParseLayerIndex(file.contents()));
    input.layers.push_back(std::move(index));
  }
  for (const std::string& path : flags.descriptors) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    ABSL_ASSIGN_OR_RETURN(LayerDescriptor layer, ParseLayerDescriptor(text));
    input.descriptors.push_back(std::move(layer));
  }
  for (const std::string& path : flags.plans) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    ABSL_ASSIGN_OR_RETURN(BuildPlan plan, ParseBuildPlan(text));
    input.plans.push_back(std::move(plan));
  }
  if (!flags.inventory.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(flags.inventory));
    ABSL_ASSIGN_OR_RETURN(input.packages, ParseImagePackages(text));
  }
  return MakeImageReport(input);
}

absl::StatusOr<std::optional<ImageDifference>> CompareWithOther(
    const ImageReport& report) {
  const ImageFlags other = {.name = absl::GetFlag(FLAGS_other_name),
                            .config = absl::GetFlag(FLAGS_other_config),
                            .indexes = FLAGS_other_index_values(),
                            .descriptors = FLAGS_other_descriptor_values(),
                            .inventory = absl::GetFlag(FLAGS_other_inventory)};
  if (other.config.empty()) return std::nullopt;
  ABSL_ASSIGN_OR_RETURN(const ImageReport before, ReadReport(other));
  return DifferenceOf(before, report);
}

absl::Status Explore() {
  ABSL_ASSIGN_OR_RETURN(const std::string config, RequiredFlag(FLAGS_config));
  ABSL_ASSIGN_OR_RETURN(
      const ImageReport report,
      ReadReport({.name = absl::GetFlag(FLAGS_name),
                  .config = config,
                  .indexes = FLAGS_index_values(),
                  .descriptors = FLAGS_descriptor_values(),
                  .plans = FLAGS_plan_values(),
                  .inventory = absl::GetFlag(FLAGS_inventory)}));
  ABSL_ASSIGN_OR_RETURN(const std::optional<ImageDifference> difference,
                        CompareWithOther(report));
  const std::string html_out = absl::GetFlag(FLAGS_html_out);
  if (!html_out.empty()) {
    return WriteFile(html_out, ReportPage(report, difference, EmbeddedPage()));
  }
  if (!absl::GetFlag(FLAGS_text) && !difference.has_value() &&
      isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1) {
    return BrowseReport(report);
  }
  const auto lines = static_cast<size_t>(absl::GetFlag(FLAGS_lines));
  std::string text = ReportText(report, lines);
  if (difference.has_value()) {
    text += DifferenceText(report, *difference, lines);
  }
  std::fputs(text.c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunActionTool(
      "image_explore",
      "Shows the layers and files of an image: as a page, as text, or in the "
      "terminal.",
      argc, argv, rules_dockerfile::Explore);
}
