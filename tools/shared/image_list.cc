#include "tools/shared/image_list.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/oci/attestation.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/layout_plan.h"
#include "tools/shared/stamp.h"

namespace rules_dockerfile {
namespace {

// The values of each key, in order.
using Fields = std::map<std::string, std::vector<std::string>>;

constexpr absl::string_view kPaths[] = {"blob",        "config",   "descriptor",
                                        "index",       "manifest", "signer",
                                        "status_file", "tags_file"};
constexpr absl::string_view kTexts[] = {
    "attestation", "attestation_format", "base",       "mirror",
    "name",        "repository",         "signer_env", "tag"};

// IMAGE:KIND:FILE with the file in the directory.
std::string WithDirectory(const std::string& attestation,
                          const std::string& directory) {
  std::vector<std::string> parts =
      absl::StrSplit(attestation, absl::MaxSplits(':', 2));
  parts.back() = absl::StrCat(directory, "/", parts.back());
  return absl::StrJoin(parts, ":");
}

absl::StatusOr<Fields> ParseFields(absl::string_view text,
                                   const std::string& directory) {
  Fields fields;
  for (const absl::string_view key : kPaths) fields[std::string(key)] = {};
  for (const absl::string_view key : kTexts) fields[std::string(key)] = {};
  for (const absl::string_view line :
       absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> parts =
        absl::StrSplit(line, absl::MaxSplits('=', 1));
    const auto field = fields.find(parts.first);
    if (field == fields.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("unknown key \"", parts.first, "\""));
    }
    std::string value = parts.second;
    if (absl::c_linear_search(kPaths, parts.first)) {
      value = absl::StrCat(directory, "/", value);
    } else if (parts.first == "attestation") {
      value = WithDirectory(value, directory);
    }
    field->second.push_back(std::move(value));
  }
  return fields;
}

// The texts with a value for each {KEY}.
absl::StatusOr<std::vector<std::string>> Stamped(
    const std::vector<std::string>& texts, const Stamp& stamp) {
  std::vector<std::string> stamped;
  for (const std::string& text : texts) {
    if (stamp.empty() && absl::StrContains(text, '{')) {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", text,
                       "\" requires stamping\nhint: use bazel run --stamp, or "
                       "set stamp = 1"));
    }
    ABSL_ASSIGN_OR_RETURN(stamped.emplace_back(), ExpandStamp(text, stamp));
  }
  return stamped;
}

// The predicate in a file, IMAGE:KIND:FILE.
absl::StatusOr<Predicate> ReadPredicate(const std::string& attestation) {
  const std::vector<std::string> parts =
      absl::StrSplit(attestation, absl::MaxSplits(':', 2));
  Predicate predicate;
  if (parts.size() == 3 && absl::SimpleAtoi(parts[0], &predicate.image)) {
    for (const auto& [kind, type] :
         {std::pair("provenance", kProvenancePredicate),
          std::pair("sbom_cyclonedx", kCycloneDxPredicate),
          std::pair("sbom_spdx", kSpdxPredicate)}) {
      if (parts[1] == kind) predicate.type = type;
    }
  }
  if (predicate.type.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "attestation \"", attestation, "\": expected IMAGE:KIND:FILE"));
  }
  ABSL_ASSIGN_OR_RETURN(predicate.text, ReadFile(parts[2]));
  return predicate;
}

std::string LastOf(const std::vector<std::string>& values) {
  return values.empty() ? "" : values.back();
}

absl::StatusOr<std::vector<std::string>> ReadFiles(
    const std::vector<std::string>& paths) {
  std::vector<std::string> texts;
  for (const std::string& path : paths) {
    ABSL_ASSIGN_OR_RETURN(texts.emplace_back(), ReadFile(path));
  }
  return texts;
}

// Adds what attests the images.
absl::Status Attest(const LayoutFiles& files, LayoutContents& contents) {
  AttestationFormat format = AttestationFormat::kReferrers;
  if (!files.attestation_format.empty()) {
    ABSL_ASSIGN_OR_RETURN(format,
                          ParseAttestationFormat(files.attestation_format));
  }
  std::vector<Predicate> predicates;
  for (const std::string& attestation : files.attestations) {
    ABSL_ASSIGN_OR_RETURN(predicates.emplace_back(),
                          ReadPredicate(attestation));
  }
  return AddAttestations(predicates, format, contents);
}

absl::StatusOr<ImageList> ImageListOf(Fields& fields) {
  ImageList list;
  ABSL_ASSIGN_OR_RETURN(list.contents,
                        ReadLayoutFiles({.manifests = fields["manifest"],
                                         .configs = fields["config"],
                                         .descriptors = fields["descriptor"],
                                         .blobs = fields["blob"],
                                         .index = LastOf(fields["index"]),
                                         .attestations = fields["attestation"],
                                         .attestation_format = LastOf(
                                             fields["attestation_format"])}));
  ABSL_ASSIGN_OR_RETURN(const Stamp stamp,
                        ReadStatusFiles(fields["status_file"]));
  std::vector<std::string> tags = fields["tag"];
  for (const std::string& path : fields["tags_file"]) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      const absl::string_view tag = absl::StripAsciiWhitespace(line);
      if (!tag.empty()) tags.emplace_back(tag);
    }
  }
  ABSL_ASSIGN_OR_RETURN(list.tags, Stamped(tags, stamp));
  ABSL_ASSIGN_OR_RETURN(list.repositories,
                        Stamped(fields["repository"], stamp));
  list.names = fields["name"];
  list.bases = fields["base"];
  list.mirrors = fields["mirror"];
  if (!fields["signer"].empty()) list.signer = fields["signer"].back();
  list.signer_env = fields["signer_env"];
  return list;
}

}  // namespace

absl::StatusOr<LayoutContents> ReadLayoutFiles(const LayoutFiles& files) {
  LayoutContents contents;
  ABSL_ASSIGN_OR_RETURN(contents.manifests, ReadFiles(files.manifests));
  ABSL_ASSIGN_OR_RETURN(contents.configs, ReadFiles(files.configs));
  if (files.blobs.size() != files.descriptors.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(files.blobs.size(), " blobs, but ",
                     files.descriptors.size(), " descriptors"));
  }
  for (size_t i = 0; i < files.blobs.size(); ++i) {
    ABSL_ASSIGN_OR_RETURN(
        const LayerDescriptor layer,
        ReadParsed(files.descriptors[i], ParseLayerDescriptor));
    contents.layers.push_back(
        {.path = files.blobs[i], .descriptor = layer.blob});
  }
  if (!files.index.empty()) {
    ABSL_ASSIGN_OR_RETURN(contents.index, ReadFile(files.index));
  }
  ABSL_RETURN_IF_ERROR(Attest(files, contents));
  return contents;
}

absl::StatusOr<ImageList> ReadImageList(const std::string& path,
                                        const std::string& directory) {
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(path));
  const auto in_list = [&](const absl::Status& status) {
    return absl::Status(status.code(),
                        absl::StrCat("\"", path, "\": ", status.message()));
  };
  absl::StatusOr<Fields> fields = ParseFields(text, directory);
  if (!fields.ok()) return in_list(fields.status());
  return ImageListOf(*fields);
}

}  // namespace rules_dockerfile
