#include "lib/oci/artifact_manifest.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kEmptyBlob = "{}";

// Adds the blob to the artifact, and returns the JSON of its descriptor.
Json AddBlob(const ArtifactBlob& blob, Artifact& artifact) {
  Descriptor descriptor = {.media_type = blob.media_type,
                           .digest = DigestOf(blob.bytes),
                           .size = static_cast<int64_t>(blob.bytes.size()),
                           .annotations = blob.annotations};
  artifact.blobs[descriptor.digest] = blob.bytes;
  artifact.descriptors.push_back(descriptor);
  return DescriptorToJson(descriptor);
}

// A descriptor without what only describes its place in a list.
Descriptor Bare(const Descriptor& descriptor) {
  return {.media_type = descriptor.media_type,
          .digest = descriptor.digest,
          .size = descriptor.size};
}

absl::Status CheckOciManifest(const JsonNode& root) {
  ABSL_ASSIGN_OR_RETURN(const int64_t version, root.IntegerAt("schemaVersion"));
  if (version != 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("manifest has schema version ", version, ": expected 2"));
  }
  ABSL_RETURN_IF_ERROR(root.CheckNoNul());
  // CVE-2021-41190: other readers would see an index.
  if (root.json().contains("manifests")) {
    return absl::InvalidArgumentError(
        "expected a manifest, got one that is also an index: it has the field "
        "\"manifests\"");
  }
  ABSL_ASSIGN_OR_RETURN(const std::string type,
                        root.StringOrEmpty("mediaType"));
  // OCI documents may leave it out.
  if (type.empty() || IsManifestMediaType(type)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("media type \"", type, "\": expected a manifest"));
}

}  // namespace

Artifact MakeArtifact(const ArtifactContents& contents) {
  Artifact artifact;
  const ArtifactBlob empty = {.media_type = std::string(kOciEmptyMediaType),
                              .bytes = std::string(kEmptyBlob)};
  const ArtifactBlob& config = contents.config.value_or(empty);
  Json json = Json::object();
  json["schemaVersion"] = 2;
  json["mediaType"] = kOciManifestMediaType;
  if (!contents.artifact_type.empty()) {
    json["artifactType"] = contents.artifact_type;
  }
  json["config"] = AddBlob(config, artifact);
  json["layers"] = Json::array();
  for (const ArtifactBlob& blob : contents.blobs) {
    json["layers"].push_back(AddBlob(blob, artifact));
  }
  if (contents.subject.has_value()) {
    artifact.subject = Bare(*contents.subject);
    json["subject"] = DescriptorToJson(*artifact.subject);
  }
  if (!contents.annotations.empty()) {
    json["annotations"] = contents.annotations;
  }
  artifact.manifest.text = JsonText(json);
  artifact.manifest.descriptor = {
      .media_type = std::string(kOciManifestMediaType),
      .digest = DigestOf(artifact.manifest.text),
      .size = static_cast<int64_t>(artifact.manifest.text.size()),
      .annotations = contents.annotations,
      .artifact_type = contents.artifact_type.empty() ? config.media_type
                                                      : contents.artifact_type};
  return artifact;
}

absl::StatusOr<ArtifactManifest> ParseArtifactManifest(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_RETURN_IF_ERROR(CheckOciManifest(root));
  ArtifactManifest manifest;
  ABSL_ASSIGN_OR_RETURN(const JsonNode config, root.At("config"));
  ABSL_ASSIGN_OR_RETURN(manifest.config, DescriptorFromJson(config));
  ABSL_ASSIGN_OR_RETURN(manifest.artifact_type,
                        root.StringOrEmpty("artifactType"));
  if (manifest.artifact_type.empty()) {
    manifest.artifact_type = manifest.config.media_type;
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> layers,
                        root.Find("layers"));
  if (layers.has_value()) {
    ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements,
                          layers->AsArray());
    for (const JsonNode& element : elements) {
      ABSL_ASSIGN_OR_RETURN(manifest.layers.emplace_back(),
                            DescriptorFromJson(element));
    }
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<JsonNode> subject,
                        root.Find("subject"));
  if (subject.has_value()) {
    ABSL_ASSIGN_OR_RETURN(manifest.subject, DescriptorFromJson(*subject));
  }
  ABSL_ASSIGN_OR_RETURN(manifest.annotations,
                        root.StringMapOrEmpty("annotations"));
  return manifest;
}

std::string ReferrersTag(absl::string_view subject_digest) {
  return absl::StrCat("sha256-", DigestHex(subject_digest));
}

absl::StatusOr<std::optional<std::string>> WithReferrer(
    absl::string_view text, const Descriptor& referrer) {
  if (text.empty()) {
    return IndexToText({.media_type = std::string(kOciIndexMediaType),
                        .manifests = {referrer}});
  }
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(text));
  for (const Descriptor& listed : index.manifests) {
    if (listed.digest == referrer.digest) return std::nullopt;
  }
  ABSL_ASSIGN_OR_RETURN(Json json, ParseJson(text));
  json["manifests"].push_back(DescriptorToJson(referrer));
  return JsonText(json);
}

}  // namespace rules_dockerfile
