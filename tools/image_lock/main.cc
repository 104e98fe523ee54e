// Brings the images of a Dockerfile's lock up to date:
// docs/design/0002_locked_network.md, "Images".
#include <cstddef>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/signature/image_signature.h"
#include "tools/flags/mirror_flags.h"
#include "tools/flags/registry_flags.h"
#include "tools/image_lock/lock_evidence.h"
#include "tools/image_lock/lock_images.h"
#include "tools/image_lock/lock_plan.h"

ABSL_FLAG(std::string, lock, "", "lock file to update");
ABSL_FLAG(std::string, name, "",
          "name of the lock in messages; default: its path");
RULES_DOCKERFILE_REPEATED_FLAG(image, "PLATFORM,REFERENCE of a base image");
RULES_DOCKERFILE_REPEATED_FLAG(
    update, "reference whose tag to resolve again; \"all\" for each");
ABSL_FLAG(bool, only, false, "remove entries that no --image names");
ABSL_FLAG(std::string, policy, "",
          "label of the target with the keys that all --image have to be "
          "signed with, for the lock; requires --key");
RULES_DOCKERFILE_REPEATED_FLAG(key,
                               "public key in PEM; one has to have signed");
ABSL_FLAG(std::string, signed_as, "",
          "repository that the signatures name; default: that of the image");
ABSL_FLAG(bool, check, false,
          "write nothing; print what is out of date and fail if anything is");

namespace rules_dockerfile {
namespace {

absl::Status InFlag(absl::string_view name, absl::string_view value,
                    const absl::Status& status) {
  return absl::Status(status.code(), absl::StrCat("--", name, "=", value, ": ",
                                                  status.message()));
}

absl::StatusOr<WantedImage> ParseWanted(const std::string& text) {
  const size_t comma = text.find(',');
  if (comma == text.npos) {
    return absl::InvalidArgumentError("expected PLATFORM,REFERENCE");
  }
  ABSL_ASSIGN_OR_RETURN(const Platform platform,
                        ParsePlatform(text.substr(0, comma)));
  ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                        ParseImageReference(text.substr(comma + 1)));
  return WantedImage{.reference = AsLocked(reference),
                     .platform = PlatformText(platform)};
}

absl::StatusOr<LockRequest> RequestFromFlags() {
  LockRequest request = {.only = absl::GetFlag(FLAGS_only)};
  for (const std::string& text : FLAGS_image_values()) {
    absl::StatusOr<WantedImage> wanted = ParseWanted(text);
    if (!wanted.ok()) return InFlag("image", text, wanted.status());
    request.wanted.push_back(*wanted);
  }
  for (const std::string& text : FLAGS_update_values()) {
    if (text == "all") {
      request.update_all = true;
      continue;
    }
    const absl::StatusOr<ImageReference> reference = ParseImageReference(text);
    if (!reference.ok()) return InFlag("update", text, reference.status());
    request.update.push_back(AsLocked(*reference));
  }
  return request;
}

absl::StatusOr<std::optional<EvidenceRequest>> EvidenceFromFlags() {
  EvidenceRequest evidence = {.label = absl::GetFlag(FLAGS_policy)};
  if (evidence.label.empty() && FLAGS_key_values().empty()) return std::nullopt;
  if (evidence.label.empty()) {
    return absl::InvalidArgumentError("--key requires --policy");
  }
  ABSL_ASSIGN_OR_RETURN(
      evidence.policy,
      ReadSignaturePolicy(FLAGS_key_values(), absl::GetFlag(FLAGS_signed_as)));
  return evidence;
}

absl::Status Lock() {
  LockOptions options;
  ABSL_ASSIGN_OR_RETURN(options.path, RequiredFlag(FLAGS_lock));
  options.name = absl::GetFlag(FLAGS_name);
  if (options.name.empty()) options.name = options.path;
  ABSL_ASSIGN_OR_RETURN(options.request, RequestFromFlags());
  ABSL_ASSIGN_OR_RETURN(options.evidence, EvidenceFromFlags());
  ABSL_ASSIGN_OR_RETURN(const auto mirrors, MirrorsFromFlags());
  for (const auto& [registry, mirror] : mirrors) {
    options.mirrors.push_back(mirror.host);
  }
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  const OpenRegistry open = [&](const std::string& registry) {
    return RegistryFromFlags(registry, *transport);
  };
  const bool is_check = absl::GetFlag(FLAGS_check);
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<std::string> lines,
      is_check ? CheckLock(options, open) : LockImages(options, open));
  for (const std::string& line : lines) {
    std::printf("%s\n", PrintableText(line).c_str());
  }
  if (!is_check || lines.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(options.name, " is out of date"));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_lock",
      "Updates the images of a lock from the registries, with the credentials "
      "of `docker login`.",
      argc, argv, rules_dockerfile::Lock);
}
