#include "tools/base_import/rootfs_config.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kEpoch = "1970-01-01T00:00:00Z";
constexpr absl::string_view kCreatedBy = "ADD rootfs /";

absl::StatusOr<ImageConfig> Complete(absl::string_view text,
                                     const Platform& platform,
                                     const std::string& diff_id) {
  ABSL_ASSIGN_OR_RETURN(Json json, ParseJson(text));
  if (!json.is_object())
    return absl::InvalidArgumentError("expected an object");
  const bool has_platform =
      json.contains("os") || json.contains("architecture");
  if (!has_platform) json.update(PlatformToJson(platform));
  json["rootfs"] = {{"type", "layers"}, {"diff_ids", {diff_id}}};
  if (!json.contains("created")) json["created"] = kEpoch;
  ABSL_ASSIGN_OR_RETURN(ImageConfig config, ParseImageConfig(JsonText(json)));
  if (config.history.empty()) {
    config.history.push_back(
        {.created = config.created, .created_by = std::string(kCreatedBy)});
  }
  return WithCompleteHistory(std::move(config));
}

}  // namespace

absl::StatusOr<ImageConfig> RootfsConfig(absl::string_view text,
                                         const Platform& platform,
                                         const std::string& diff_id) {
  absl::StatusOr<ImageConfig> config =
      Complete(text.empty() ? "{}" : text, platform, diff_id);
  if (config.ok()) return config;
  return absl::Status(
      config.status().code(),
      absl::StrCat("image config: ", config.status().message()));
}

}  // namespace rules_dockerfile
