// Pushes an OCI layout to a registry.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
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
ABSL_FLAG(std::string, repository, "",
          "where to push to: registry/repository[:tag]");
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

absl::StatusOr<std::vector<std::string>> MountFrom(
    const std::string& registry) {
  std::vector<std::string> repositories;
  for (const std::string& name : FLAGS_mount_from_values()) {
    ABSL_ASSIGN_OR_RETURN(const Reference reference, ParseReference(name));
    if (reference.registry != registry) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--mount_from=", name, ": expected a repository of \"", registry,
          "\", got one of \"", reference.registry, "\""));
    }
    repositories.push_back(reference.repository);
  }
  for (const std::string& name : FLAGS_base_values()) {
    // A name that only this build knows its base by is no place to mount from.
    const absl::StatusOr<Reference> reference = ParseReference(name);
    if (reference.ok() && reference->registry == registry) {
      repositories.push_back(reference->repository);
    }
  }
  return repositories;
}

absl::Status Push() {
  ABSL_ASSIGN_OR_RETURN(const std::string layout, RequiredFlag(FLAGS_layout));
  ABSL_ASSIGN_OR_RETURN(const std::string name, RequiredFlag(FLAGS_repository));
  ABSL_ASSIGN_OR_RETURN(const Reference repository, ParseReference(name));
  if (!repository.digest.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "--repository=", name, ": expected no digest: it is the image's"));
  }
  PushOptions options = {.tags = FLAGS_tag_values()};
  if (!repository.tag.empty()) options.tags.push_back(repository.tag);
  ABSL_ASSIGN_OR_RETURN(options.mount_from, MountFrom(repository.registry));

  ABSL_ASSIGN_OR_RETURN(SessionOptions session_options,
                        SessionOptionsFromFlags(repository.registry));
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  RegistrySession session(std::move(session_options), *transport,
                          SystemCredentials());
  RegistryClient client(session, repository.repository);
  const std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  ABSL_ASSIGN_OR_RETURN(const std::string digest,
                        PushLayout(*files, options, PrintBlob, client));
  const Reference pushed = {.registry = repository.registry,
                            .repository = repository.repository,
                            .digest = digest};
  std::printf("Pushed %s\n", FamiliarText(pushed).c_str());
  for (const std::string& tag : options.tags) {
    std::printf("  as %s\n", tag.c_str());
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
