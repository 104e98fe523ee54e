#include "lib/oci/attestation.h"

#include <cstddef>
#include <cstdint>
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
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/image_config.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_plan.h"
#include "lib/oci/make_manifest.h"
#include "lib/oci/manifest.h"
#include "lib/oci/media_type.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kStatementType = "https://in-toto.io/Statement/v1";
constexpr absl::string_view kStatementMediaType =
    "application/vnd.in-toto+json";
constexpr char kPredicateType[] = "in-toto.io/predicate-type";

ArtifactBlob StatementBlob(const Attestation& attestation) {
  return {.media_type = std::string(kStatementMediaType),
          .bytes = attestation.statement,
          .annotations = {{kPredicateType, attestation.predicate_type}}};
}

// The config of an attestation manifest: that of an image for no platform,
// whose layers are the statements.
ArtifactBlob AttestationConfig(const std::vector<Attestation>& attestations) {
  Json diff_ids = Json::array();
  for (const Attestation& attestation : attestations) {
    diff_ids.push_back(DigestOf(attestation.statement));
  }
  const Json config = {
      {"architecture", "unknown"},
      {"os", "unknown"},
      {"config", Json::object()},
      {"rootfs", {{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}}};
  return {.media_type = std::string(kOciConfigMediaType),
          .bytes = JsonText(config)};
}

// The digests that the statement is about.
absl::StatusOr<std::vector<std::string>> SubjectDigests(const JsonNode& root) {
  std::vector<std::string> digests;
  ABSL_ASSIGN_OR_RETURN(const JsonNode subject, root.At("subject"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<JsonNode> elements,
                        subject.AsArray());
  for (const JsonNode& element : elements) {
    ABSL_ASSIGN_OR_RETURN(const JsonNode digest, element.At("digest"));
    ABSL_ASSIGN_OR_RETURN(const std::string hex, digest.StringAt("sha256"));
    digests.push_back(absl::StrCat("sha256:", hex));
  }
  return digests;
}

// The descriptor of the image with the manifest, for an index.
absl::StatusOr<Descriptor> DescribeImage(const std::string& manifest_text,
                                         const LayoutContents& contents) {
  ABSL_ASSIGN_OR_RETURN(const ImageManifest manifest,
                        ParseManifest(manifest_text));
  Descriptor image = {.media_type = manifest.media_type,
                      .digest = DigestOf(manifest_text),
                      .size = static_cast<int64_t>(manifest_text.size())};
  for (const std::string& text : contents.configs) {
    if (DigestOf(text) != manifest.config.digest) continue;
    ABSL_ASSIGN_OR_RETURN(const ImageConfig config, ParseImageConfig(text));
    image.platform = config.platform;
    return image;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "config of the manifest \"", manifest.config.digest, "\" is not given"));
}

// The index over the images and what attests them.
absl::StatusOr<std::string> AttestedIndex(const LayoutContents& contents,
                                          std::vector<Descriptor> images) {
  ImageIndex index = {.media_type = std::string(kOciIndexMediaType),
                      .manifests = std::move(images)};
  if (contents.index.has_value()) {
    ABSL_ASSIGN_OR_RETURN(index, ParseIndex(*contents.index));
  }
  for (const Artifact& artifact : contents.artifacts) {
    if (artifact.subject.has_value()) continue;
    index.manifests.push_back(artifact.manifest.descriptor);
  }
  return IndexToText(index);
}

absl::StatusOr<Attestation> AttestationOf(const Predicate& predicate,
                                          const std::string& digest) {
  if (predicate.type == kProvenancePredicate) {
    return ParseAttestation(predicate.text, digest);
  }
  ABSL_ASSIGN_OR_RETURN(Json json, ParseJson(predicate.text));
  return MakeAttestation(predicate.type, std::move(json), digest, {});
}

// Adds the attestations of the image in the format.
void AddArtifacts(const std::vector<Attestation>& attestations,
                  const Descriptor& image, AttestationFormat format,
                  LayoutContents& contents) {
  if (attestations.empty()) return;
  if (format == AttestationFormat::kIndex) {
    contents.artifacts.push_back(AttestationManifest(attestations, image));
    return;
  }
  for (const Attestation& attestation : attestations) {
    contents.artifacts.push_back(AttestationReferrer(attestation, image));
  }
}

}  // namespace

Attestation MakeAttestation(absl::string_view predicate_type, Json predicate,
                            const std::string& digest,
                            const std::vector<std::string>& names) {
  Json subjects = Json::array();
  for (const std::string& name :
       names.empty() ? std::vector<std::string>{"_"} : names) {
    subjects.push_back(
        {{"name", name},
         {"digest", {{"sha256", std::string(DigestHex(digest))}}}});
  }
  Json statement = Json::object();
  statement["_type"] = kStatementType;
  statement["subject"] = std::move(subjects);
  statement["predicateType"] = predicate_type;
  statement["predicate"] = std::move(predicate);
  return {.predicate_type = std::string(predicate_type),
          .statement = JsonText(statement)};
}

absl::StatusOr<Attestation> ParseAttestation(absl::string_view text,
                                             const std::string& digest) {
  ABSL_ASSIGN_OR_RETURN(const Json json, ParseJson(text));
  const JsonNode root(json);
  ABSL_ASSIGN_OR_RETURN(const std::string type, root.StringAt("_type"));
  if (type != kStatementType) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a statement of type \"", kStatementType,
                     "\", got \"", type, "\""));
  }
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> digests,
                        SubjectDigests(root));
  if (digests.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "expected a statement about \"", digest, "\", got one about nothing"));
  }
  for (const std::string& subject : digests) {
    if (subject == digest) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("expected a statement about \"", digest,
                     "\", got one about \"", subject, "\""));
  }
  Attestation attestation = {.statement = std::string(text)};
  ABSL_ASSIGN_OR_RETURN(attestation.predicate_type,
                        root.StringAt("predicateType"));
  return attestation;
}

Artifact AttestationReferrer(const Attestation& attestation,
                             const Descriptor& image) {
  return MakeArtifact(
      {.artifact_type = std::string(kStatementMediaType),
       .blobs = {StatementBlob(attestation)},
       .subject = image,
       .annotations = {{kPredicateType, attestation.predicate_type}}});
}

Artifact AttestationManifest(const std::vector<Attestation>& attestations,
                             const Descriptor& image) {
  ArtifactContents contents = {.config = AttestationConfig(attestations)};
  for (const Attestation& attestation : attestations) {
    contents.blobs.push_back(StatementBlob(attestation));
  }
  Artifact artifact = MakeArtifact(contents);
  Descriptor& descriptor = artifact.manifest.descriptor;
  descriptor.artifact_type.clear();
  descriptor.annotations = {
      {"vnd.docker.reference.digest", image.digest},
      {"vnd.docker.reference.type", "attestation-manifest"}};
  descriptor.platform = Platform{.os = "unknown", .architecture = "unknown"};
  return artifact;
}

absl::StatusOr<AttestationFormat> ParseAttestationFormat(
    absl::string_view text) {
  if (text == "referrers") return AttestationFormat::kReferrers;
  if (text == "index") return AttestationFormat::kIndex;
  return absl::InvalidArgumentError(
      absl::StrCat("attestation format \"", text,
                   "\": expected \"referrers\" or \"index\""));
}

absl::Status AddAttestations(const std::vector<Predicate>& predicates,
                             AttestationFormat format,
                             LayoutContents& contents) {
  if (predicates.empty()) return absl::OkStatus();
  std::vector<Descriptor> images;
  for (const std::string& manifest : contents.manifests) {
    ABSL_ASSIGN_OR_RETURN(images.emplace_back(),
                          DescribeImage(manifest, contents));
  }
  std::vector<std::vector<Attestation>> attestations(images.size());
  for (const Predicate& predicate : predicates) {
    if (predicate.image >= images.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("attestation of image ", predicate.image, ": there are ",
                       images.size()));
    }
    ABSL_ASSIGN_OR_RETURN(
        attestations[predicate.image].emplace_back(),
        AttestationOf(predicate, images[predicate.image].digest));
  }
  for (size_t i = 0; i < images.size(); ++i) {
    AddArtifacts(attestations[i], images[i], format, contents);
  }
  if (format == AttestationFormat::kReferrers) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(contents.index,
                        AttestedIndex(contents, std::move(images)));
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
