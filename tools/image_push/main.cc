// Pushes an OCI layout to a registry.
#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "lib/base/tool.h"
#include "lib/http/curl_transport.h"
#include "lib/http/transport.h"
#include "lib/oci/file_set.h"
#include "lib/oci/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/credentials.h"
#include "lib/registry/push.h"
#include "lib/registry/session.h"

ABSL_FLAG(std::string, layout, "", "OCI layout with one image or index");
ABSL_FLAG(std::string, repository, "",
          "where to push to: registry/repository[:tag]");
ABSL_FLAG(bool, insecure, false, "speak HTTP, not HTTPS, to the registry");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "tag to give the image");

namespace rules_dockerfile {
namespace {

void PrintBlob(absl::string_view digest, int64_t size, bool sent) {
  std::printf("%.*s %10" PRId64 " %s\n", static_cast<int>(digest.size()),
              digest.data(), size, sent ? "sent" : "already there");
}

absl::Status Push() {
  ABSL_ASSIGN_OR_RETURN(const std::string layout, RequiredFlag(FLAGS_layout));
  ABSL_ASSIGN_OR_RETURN(const std::string name, RequiredFlag(FLAGS_repository));
  ABSL_ASSIGN_OR_RETURN(const Reference repository, ParseReference(name));
  std::vector<std::string> tags = FLAGS_tag_values();
  if (!repository.tag.empty()) tags.push_back(repository.tag);

  const std::unique_ptr<HttpTransport> transport = MakeCurlTransport();
  RegistrySession session({.registry = repository.registry,
                           .plain_http = absl::GetFlag(FLAGS_insecure),
                           .sleep = absl::SleepFor},
                          *transport, SystemCredentials());
  RegistryClient client(session, repository.repository);
  const std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  ABSL_ASSIGN_OR_RETURN(const std::string digest,
                        PushLayout(*files, tags, PrintBlob, client));
  const Reference pushed = {.registry = repository.registry,
                            .repository = repository.repository,
                            .digest = digest};
  std::printf("Pushed %s\n", FamiliarText(pushed).c_str());
  for (const std::string& tag : tags) std::printf("  as %s\n", tag.c_str());
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
