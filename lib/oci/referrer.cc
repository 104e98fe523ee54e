#include "lib/oci/referrer.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/file_set.h"
#include "lib/oci/index.h"
#include "lib/oci/layout_reader.h"
#include "lib/oci/media_type.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxIndexDepth = 4;
constexpr size_t kMaxManifests = 4096;

constexpr char kReferenceType[] = "vnd.docker.reference.type";
constexpr char kReferenceDigest[] = "vnd.docker.reference.digest";
constexpr char kPredicateType[] = "in-toto.io/predicate-type";

absl::Status InManifest(const Descriptor& manifest,
                        const absl::Status& status) {
  return absl::Status(
      status.code(),
      absl::StrCat("manifest \"", manifest.digest, "\": ", status.message()));
}

// Adds the referrers that `index` lists, at any depth.
absl::Status AddReferrers(FileSet& files, const ImageIndex& index, int depth,
                          std::set<std::string>& seen,
                          std::vector<Referrer>& referrers) {
  if (depth > kMaxIndexDepth) {
    return absl::InvalidArgumentError(
        absl::StrCat("indexes nest deeper than ", kMaxIndexDepth));
  }
  for (const Descriptor& descriptor : index.manifests) {
    if (!seen.insert(descriptor.digest).second) continue;
    if (seen.size() > kMaxManifests) {
      return absl::InvalidArgumentError(absl::StrCat(
          "the indexes list more than ", kMaxManifests, " manifests"));
    }
    const bool is_index = IsIndexMediaType(descriptor.media_type);
    if (!is_index && !IsManifestMediaType(descriptor.media_type)) continue;
    ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                          ReadBlob(files, descriptor));
    if (is_index) {
      const absl::StatusOr<ImageIndex> nested = ParseIndex(text);
      if (!nested.ok()) return InManifest(descriptor, nested.status());
      ABSL_RETURN_IF_ERROR(
          AddReferrers(files, *nested, depth + 1, seen, referrers));
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(std::optional<Referrer> referrer,
                          ReferrerOf(descriptor, text));
    if (referrer.has_value()) referrers.push_back(*std::move(referrer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::optional<Referrer>> ReferrerOf(const Descriptor& descriptor,
                                                   absl::string_view text) {
  const absl::StatusOr<ArtifactManifest> manifest = ParseArtifactManifest(text);
  if (!manifest.ok()) return InManifest(descriptor, manifest.status());
  Referrer referrer = {.manifest = {.media_type = descriptor.media_type,
                                    .digest = descriptor.digest,
                                    .size = descriptor.size},
                       .type = manifest->artifact_type};
  if (manifest->subject.has_value()) {
    referrer.subject = manifest->subject->digest;
  } else if (const auto about = descriptor.annotations.find(kReferenceDigest);
             about != descriptor.annotations.end()) {
    referrer.subject = about->second;
    const auto type = descriptor.annotations.find(kReferenceType);
    if (type != descriptor.annotations.end()) referrer.type = type->second;
  } else {
    return std::nullopt;
  }
  for (const Descriptor& layer : manifest->layers) {
    const auto predicate = layer.annotations.find(kPredicateType);
    if (predicate == layer.annotations.end()) continue;
    referrer.predicates.push_back(predicate->second);
  }
  return referrer;
}

absl::StatusOr<std::vector<Referrer>> LayoutReferrers(FileSet& files) {
  ABSL_ASSIGN_OR_RETURN(const absl::string_view text,
                        ReadDocument(files, "index.json"));
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(text));
  std::set<std::string> seen;
  std::vector<Referrer> referrers;
  ABSL_RETURN_IF_ERROR(AddReferrers(files, index, 0, seen, referrers));
  return referrers;
}

std::string ReferrersText(const std::vector<Referrer>& referrers) {
  if (referrers.empty()) return "no referrers\n";
  std::vector<std::string> subjects;
  for (const Referrer& referrer : referrers) {
    if (!absl::c_linear_search(subjects, referrer.subject)) {
      subjects.push_back(referrer.subject);
    }
  }
  std::string text;
  for (const std::string& subject : subjects) {
    absl::StrAppend(&text, subject, "\n");
    for (const Referrer& referrer : referrers) {
      if (referrer.subject != subject) continue;
      absl::StrAppend(&text, "  ", referrer.manifest.digest, " ",
                      referrer.manifest.size, " ", referrer.type);
      for (const std::string& predicate : referrer.predicates) {
        absl::StrAppend(&text, " ", predicate);
      }
      absl::StrAppend(&text, "\n");
    }
  }
  return text;
}

}  // namespace rules_dockerfile
