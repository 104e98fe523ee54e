#ifndef LIB_OCI_IMAGE_CONFIG_H_
#define LIB_OCI_IMAGE_CONFIG_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {

// How one instruction came to be in the image (OCI image-spec config.md,
// "history"). Without `empty_layer` it accounts for one layer.
struct HistoryEntry {
  std::string created;  // RFC 3339, "" if unknown
  std::string created_by;
  std::string author;
  std::string comment;
  bool empty_layer = false;

  friend bool operator==(const HistoryEntry&, const HistoryEntry&) = default;
};

// An image config (OCI image-spec config.md, with Docker's additions to
// "config"). Its digest is the image id. Value type.
struct ImageConfig {
  Platform platform;
  std::string created;  // RFC 3339, "" if unknown
  std::string author;
  // The object "config": Env, Cmd, Labels and so on, and whatever else is in
  // it.
  Json config = Json::object();
  std::vector<std::string> diff_ids;  // base first
  std::vector<HistoryEntry> history;  // base first
  // Top-level fields that have no place above.
  Json other = Json::object();

  // Strings of `config`, e.g. "Env"; empty if the field is not there.
  std::vector<std::string> ConfigStrings(absl::string_view field) const;

  friend bool operator==(const ImageConfig&, const ImageConfig&) = default;
};

// The document: top-level keys sorted, those inside "config" in the order of
// the specification and then Docker's, empty fields left out. Parse(ToText(x))
// == x for every result of Parse().
std::string ImageConfigToText(const ImageConfig& config);

// Reads a config. Unknown fields are kept; those that an older Docker daemon
// left about its build containers ("container", "container_config",
// "docker_version", "config.Hostname", …) and BuildKit's notes on its cache are
// dropped. InvalidArgument for a
// field of the wrong type, a NUL in any string, a diff_id that is not SHA-256,
// a rootfs that does not consist of layers, or no os or architecture.
absl::StatusOr<ImageConfig> ParseImageConfig(absl::string_view text);

// The text of a config with what it lacks, or has as "", of "os" and
// "architecture" taken from `platform`. Any other text is given as it is.
std::string WithPlatform(absl::string_view text, const Platform& platform);

// Makes `config.history` account for each of `config.diff_ids`, as BuildKit's
// exporter does: missing entries are added, supernumerary ones get
// `empty_layer`.
ImageConfig WithCompleteHistory(ImageConfig config);

}  // namespace rules_dockerfile

#endif  // LIB_OCI_IMAGE_CONFIG_H_
