#include "lib/registry/referrers.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_source.h"
#include "lib/http/transport.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/index.h"
#include "lib/oci/media_type.h"
#include "lib/oci/referrer.h"
#include "lib/registry/client.h"
#include "lib/registry/pull_source.h"
#include "lib/registry/response_error.h"

namespace rules_dockerfile {
namespace {

// How often the index under a tag is written until it has a line.
constexpr int kMaxUpdates = 5;

constexpr int kMaxPages = 256;
constexpr size_t kMaxReferrers = 4096;

absl::Status InTag(const std::string& tag, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat("tag \"", tag, "\": ", status.message()));
}

// The index under the tag; nullopt if the repository does not have the tag.
absl::StatusOr<std::optional<PulledManifest>> PullTag(const std::string& tag,
                                                      RegistryClient& client) {
  absl::StatusOr<PulledManifest> pulled = client.PullManifest(tag);
  if (absl::IsNotFound(pulled.status())) return std::nullopt;
  if (!pulled.ok()) return InTag(tag, pulled.status());
  if (!IsIndexMediaType(pulled->descriptor.media_type)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "tag \"", tag, "\": expected an index of referrers, got \"",
        pulled->descriptor.media_type, "\""));
  }
  return *std::move(pulled);
}

// Adds the referrer to the index under the tag. No registry compares before it
// writes, so the index is read again until it has the line.
absl::Status AddToTag(const Descriptor& referrer,
                      const std::string& subject_digest,
                      RegistryClient& client) {
  const std::string tag = ReferrersTag(subject_digest);
  for (int update = 0; update <= kMaxUpdates; ++update) {
    ABSL_ASSIGN_OR_RETURN(const std::optional<PulledManifest> listed,
                          PullTag(tag, client));
    const absl::StatusOr<std::optional<std::string>> changed =
        WithReferrer(listed.has_value() ? listed->text : "", referrer);
    if (!changed.ok()) return InTag(tag, changed.status());
    if (!changed->has_value()) return absl::OkStatus();
    if (update == kMaxUpdates) break;
    ABSL_RETURN_IF_ERROR(client.PushManifest(
        tag,
        listed.has_value() ? listed->descriptor.media_type : kOciIndexMediaType,
        **changed));
  }
  return absl::AbortedError(
      absl::StrCat("tag \"", tag, "\": other clients keep changing it"));
}

absl::Status PushBlobs(const Artifact& artifact, RegistryClient& client) {
  for (const Descriptor& blob : artifact.descriptors) {
    const std::string& bytes = artifact.blobs.at(blob.digest);
    const OpenBlob open = [&] { return std::make_unique<ViewSource>(bytes); };
    ABSL_RETURN_IF_ERROR(client.PushBlob(blob, open).status());
  }
  return absl::OkStatus();
}

absl::Status InReferrers(const std::string& subject_digest,
                         absl::string_view problem) {
  return absl::InvalidArgumentError(
      absl::StrCat("referrers of \"", subject_digest, "\": ", problem));
}

// The next page that a response's Link (RFC 8288) names, as a path below the
// repository; "" for none. Another place than this list's is not gone to.
absl::StatusOr<std::string> NextPage(const HttpResponse& response,
                                     const std::string& subject_digest,
                                     const RegistryClient& client) {
  const absl::string_view link = response.Header("link");
  if (!absl::StrContains(link, "rel=\"next\"")) return "";
  const size_t begin = link.find('<');
  const size_t end = link.find('>');
  const std::string list =
      client.Path(absl::StrCat("referrers/", subject_digest, "?"));
  if (begin == link.npos || end == link.npos || end < begin) {
    return InReferrers(subject_digest, "the header Link has no URL");
  }
  absl::string_view url = link.substr(begin + 1, end - begin - 1);
  // Of a whole URL the path counts: it is asked for at this registry.
  if (const size_t scheme = url.find("://"); scheme != url.npos) {
    const size_t path = url.find('/', scheme + 3);
    url.remove_prefix(path == url.npos ? url.size() : path);
  }
  if (!absl::StartsWith(url, list)) {
    return InReferrers(subject_digest,
                       absl::StrCat("expected a next page below \"", list,
                                    "\", got \"", Printable(url), "\""));
  }
  return std::string(url.substr(client.Path("").size()));
}

// Adds those of an index that are not in the list.
absl::Status AddReferrers(absl::string_view text,
                          const std::string& subject_digest,
                          std::set<std::string>& seen,
                          std::vector<Descriptor>& referrers) {
  const absl::StatusOr<ImageIndex> index = ParseIndex(text);
  if (!index.ok()) return InReferrers(subject_digest, index.status().message());
  for (const Descriptor& referrer : index->manifests) {
    if (!seen.insert(referrer.digest).second) continue;
    if (seen.size() > kMaxReferrers) {
      return InReferrers(subject_digest,
                         absl::StrCat("expected at most ", kMaxReferrers));
    }
    referrers.push_back(referrer);
  }
  return absl::OkStatus();
}

// Those of the index under the tag.
absl::StatusOr<std::vector<Descriptor>> ListTag(
    const std::string& subject_digest, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const std::optional<PulledManifest> listed,
                        PullTag(ReferrersTag(subject_digest), client));
  std::vector<Descriptor> referrers;
  std::set<std::string> seen;
  if (listed.has_value()) {
    ABSL_RETURN_IF_ERROR(
        AddReferrers(listed->text, subject_digest, seen, referrers));
  }
  return referrers;
}

// Reads the referrers of a manifest that the registry lists.
absl::Status ReadListed(const std::string& subject_digest,
                        RegistryClient& client,
                        std::vector<Referrer>& referrers) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<Descriptor> listed,
                        ListReferrers(subject_digest, client));
  for (const Descriptor& descriptor : listed) {
    ABSL_ASSIGN_OR_RETURN(const PulledManifest manifest,
                          client.PullManifest(descriptor));
    ABSL_ASSIGN_OR_RETURN(std::optional<Referrer> referrer,
                          ReferrerOf(manifest.descriptor, manifest.text));
    if (!referrer.has_value() || referrer->subject != subject_digest) {
      return absl::InvalidArgumentError(
          absl::StrCat("manifest \"", descriptor.digest,
                       "\": expected a referrer of \"", subject_digest, "\""));
    }
    referrers.push_back(*std::move(referrer));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PushArtifact(const Artifact& artifact,
                          const std::vector<std::string>& tags,
                          RegistryClient& client) {
  ABSL_RETURN_IF_ERROR(PushBlobs(artifact, client));
  const Descriptor& manifest = artifact.manifest.descriptor;
  std::vector<std::string> names = {manifest.digest};
  names.insert(names.end(), tags.begin(), tags.end());
  bool is_listed = true;
  for (const std::string& name : names) {
    ABSL_ASSIGN_OR_RETURN(
        is_listed,
        client.PushReferrer(name, manifest.media_type, artifact.manifest.text));
  }
  if (is_listed || !artifact.subject.has_value()) return absl::OkStatus();
  return AddToTag(manifest, artifact.subject->digest, client);
}

absl::StatusOr<std::vector<Descriptor>> ListReferrers(
    const std::string& subject_digest, RegistryClient& client) {
  std::vector<Descriptor> referrers;
  std::set<std::string> seen;
  std::string page = absl::StrCat("referrers/", subject_digest);
  for (int pages = 0; !page.empty(); ++pages) {
    if (pages == kMaxPages) {
      return InReferrers(subject_digest, absl::StrCat("expected at most ",
                                                      kMaxPages, " pages"));
    }
    ABSL_ASSIGN_OR_RETURN(const HttpResponse response,
                          client.Get(page, std::string(kOciIndexMediaType)));
    if (response.status == 404 && pages == 0) {
      return ListTag(subject_digest, client);
    }
    if (response.status != 200) return client.ResponseError(response);
    ABSL_RETURN_IF_ERROR(
        AddReferrers(response.body, subject_digest, seen, referrers));
    ABSL_ASSIGN_OR_RETURN(page, NextPage(response, subject_digest, client));
  }
  return referrers;
}

absl::StatusOr<std::vector<Referrer>> ReadReferrers(
    const std::string& reference, RegistryClient& client) {
  ABSL_ASSIGN_OR_RETURN(const PulledManifest root,
                        client.PullManifest(reference));
  std::vector<Referrer> referrers;
  ABSL_RETURN_IF_ERROR(ReadListed(root.descriptor.digest, client, referrers));
  if (!IsIndexMediaType(root.descriptor.media_type)) return referrers;
  ABSL_ASSIGN_OR_RETURN(const ImageIndex index, ParseIndex(root.text));
  if (index.manifests.size() > kMaxReferrers) {
    return absl::InvalidArgumentError(absl::StrCat(
        "index \"", root.descriptor.digest, "\": expected at most ",
        kMaxReferrers, " manifests, got ", index.manifests.size()));
  }
  for (const Descriptor& listed : index.manifests) {
    if (!IsAttestation(listed)) {
      ABSL_RETURN_IF_ERROR(ReadListed(listed.digest, client, referrers));
      continue;
    }
    ABSL_ASSIGN_OR_RETURN(const PulledManifest manifest,
                          client.PullManifest(listed));
    ABSL_ASSIGN_OR_RETURN(std::optional<Referrer> referrer,
                          ReferrerOf(listed, manifest.text));
    if (referrer.has_value()) referrers.push_back(*std::move(referrer));
  }
  return referrers;
}

}  // namespace rules_dockerfile
