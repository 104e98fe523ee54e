// Pushes an OCI layout to a registry.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/oci/file_set.h"
#include "lib/oci/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/push.h"
#include "lib/registry/session.h"
#include "tools/shared/registry_flags.h"

ABSL_FLAG(std::string, layout, "", "OCI layout with one image or index");
RULES_DOCKERFILE_REPEATED_FLAG(repository,
                               "where to push to: registry/repository[:tag]");
ABSL_FLAG(std::string, default_repository, "",
          "where to push to without --repository");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "tag to give the image");
RULES_DOCKERFILE_REPEATED_FLAG(
    mount_from,
    "registry/repository of the same registry that may have blobs: they are "
    "mounted from there and not sent");
RULES_DOCKERFILE_REPEATED_FLAG(
    base,
    "name of a base image; its repository, if of the same registry, is "
    "one of --mount_from");

namespace rules_dockerfile {
namespace {

const char* Word(BlobOutcome outcome) {
  switch (outcome) {
    case BlobOutcome::kSent:
      return "sent";
    case BlobOutcome::kPresent:
      return "already there";
    case BlobOutcome::kMounted:
      return "mounted";
  }
  return "";
}

void PrintBlob(absl::string_view digest, int64_t size, BlobOutcome outcome) {
  std::printf("%.*s %10" PRId64 " %s\n", static_cast<int>(digest.size()),
              digest.data(), size, Word(outcome));
}

// Where to push to, as given.
absl::StatusOr<std::vector<Reference>> Repositories() {
  std::vector<std::string> names = FLAGS_repository_values();
  if (names.empty()) names.push_back(absl::GetFlag(FLAGS_default_repository));
  std::vector<Reference> repositories;
  for (const std::string& name : names) {
    if (name.empty())
      return absl::InvalidArgumentError("flag --repository is required");
    ABSL_ASSIGN_OR_RETURN(repositories.emplace_back(), ParseReference(name));
    if (!repositories.back().digest.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--repository=", name, ": expected no digest: it is the image's"));
    }
  }
  return repositories;
}

absl::Status CheckMountFrom(const std::vector<Reference>& repositories) {
  for (const std::string& name : FLAGS_mount_from_values()) {
    ABSL_ASSIGN_OR_RETURN(const Reference reference, ParseReference(name));
    std::vector<std::string> registries;
    for (const Reference& repository : repositories) {
      registries.push_back(absl::StrCat("\"", repository.registry, "\""));
    }
    if (!absl::c_linear_search(registries,
                               absl::StrCat("\"", reference.registry, "\""))) {
      return absl::InvalidArgumentError(
          absl::StrCat("--mount_from=", name, ": expected a repository of ",
                       absl::StrJoin(registries, " or "), ", got one of \"",
                       reference.registry, "\""));
    }
  }
  return absl::OkStatus();
}

// The repositories of the registry that may have blobs.
std::vector<std::string> MountFrom(const std::string& registry) {
  std::vector<std::string> names = FLAGS_mount_from_values();
  names.insert(names.end(), FLAGS_base_values().begin(),
               FLAGS_base_values().end());
  std::vector<std::string> repositories;
  for (const std::string& name : names) {
    // A name that only this build knows its base by is no place to mount from.
    const absl::StatusOr<Reference> reference = ParseReference(name);
    if (reference.ok() && reference->registry == registry) {
      repositories.push_back(reference->repository);
    }
  }
  return repositories;
}

absl::Status PushTo(const Reference& repository, FileSet& files,
                    HttpTransport& transport) {
  PushOptions options = {.tags = FLAGS_tag_values(),
                         .mount_from = MountFrom(repository.registry)};
  if (!repository.tag.empty()) options.tags.push_back(repository.tag);
  ABSL_ASSIGN_OR_RETURN(SessionOptions session_options,
                        SessionOptionsFromFlags(repository.registry));
  RegistrySession session(std::move(session_options), transport,
                          SystemCredentials());
  RegistryClient client(session, repository.repository);
  ABSL_ASSIGN_OR_RETURN(const std::string digest,
                        PushLayout(files, options, PrintBlob, client));
  const Reference pushed = {.registry = repository.registry,
                            .repository = repository.repository,
                            .digest = digest};
  std::printf("Pushed %s\n", FamiliarText(pushed).c_str());
  for (const std::string& tag : options.tags) {
    std::printf("  as %s\n", tag.c_str());
  }
  return absl::OkStatus();
}

absl::Status Push() {
  ABSL_ASSIGN_OR_RETURN(const std::string layout, RequiredFlag(FLAGS_layout));
  ABSL_ASSIGN_OR_RETURN(const std::vector<Reference> repositories,
                        Repositories());
  ABSL_RETURN_IF_ERROR(CheckMountFrom(repositories));
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  const std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  for (const Reference& repository : repositories) {
    ABSL_RETURN_IF_ERROR(PushTo(repository, *files, *transport));
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_push",
      "Pushes an OCI layout to a registry, with the credentials of `docker "
      "login`.",
      argc, argv, rules_dockerfile::Push);
}
