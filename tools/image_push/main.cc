// Pushes images to registries.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <list>
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
#include "absl/time/time.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/oci/artifact_manifest.h"
#include "lib/oci/descriptor.h"
#include "lib/reference/reference.h"
#include "lib/registry/clients.h"
#include "lib/registry/credentials.h"
#include "lib/registry/mirror.h"
#include "lib/registry/push.h"
#include "lib/registry/push_image.h"
#include "lib/registry/session.h"
#include "lib/signature/signer.h"
#include "tools/flags/mirror_flags.h"
#include "tools/flags/registry_flags.h"
#include "tools/image_push/progress.h"
#include "tools/image_push/sign_pushed.h"
#include "tools/shared/image_list.h"

ABSL_FLAG(std::string, layout, "", "OCI layout with one image or index");
RULES_DOCKERFILE_REPEATED_FLAG(image, "list of the files of an image");
ABSL_FLAG(std::string, runfiles, ".",
          "directory that the paths in --image are relative to");
RULES_DOCKERFILE_REPEATED_FLAG(
    repository, "destination, registry/repository[:tag]; overrides --image");
ABSL_FLAG(std::string, default_repository, "",
          "destination without --repository");
RULES_DOCKERFILE_REPEATED_FLAG(tag, "one more tag for the image");
RULES_DOCKERFILE_REPEATED_FLAG(mount_from,
                               "registry/repository of the same registry to "
                               "mount blobs from instead of sending them");
RULES_DOCKERFILE_REPEATED_FLAG(
    base,
    "name of a base image; if in the same registry, its repository is added to "
    "--mount_from; else missing layers are copied from there");
ABSL_FLAG(int, jobs, 4, "how many blobs are sent in parallel");
ABSL_FLAG(int64_t, chunk_size, 0,
          "send a blob in requests of at most so many bytes, for a proxy that "
          "refuses large ones; 0: in one request");
ABSL_FLAG(bool, dry_run, false, "print what would be sent, and send nothing");

ABSL_FLAG(std::string, signer, "",
          "program that signs what is pushed; overrides --image");
RULES_DOCKERFILE_REPEATED_FLAG(
    signer_env,
    "variable of the signer's environment besides PATH and HOME: NAME=VALUE, "
    "or NAME to pass it on");
ABSL_FLAG(absl::Duration, signer_timeout, absl::Minutes(2),
          "how long a signer may take for an image");

namespace rules_dockerfile {
namespace {

// An image, and where it goes.
struct Source {
  PushImage image;
  std::vector<ImageReference> repositories;
  std::vector<std::string> tags;
  std::vector<std::string> layers;  // their files
  Signer signer;                    // without a program: none
};

// The program of --signer, else that of an image's rule.
Signer SignerOf(const ImageList& list) {
  Signer signer = {.program = absl::GetFlag(FLAGS_signer),
                   .timeout = absl::GetFlag(FLAGS_signer_timeout)};
  if (signer.program.empty()) {
    signer.program = list.signer;
    signer.environment = list.signer_env;
    // A launcher of Bazel finds its files there.
    const std::filesystem::path runfiles = absl::GetFlag(FLAGS_runfiles);
    signer.environment.push_back(
        absl::StrCat("RUNFILES_DIR=", runfiles.parent_path().string()));
  }
  signer.environment.insert(signer.environment.end(),
                            FLAGS_signer_env_values().begin(),
                            FLAGS_signer_env_values().end());
  return signer;
}

absl::StatusOr<std::vector<ImageReference>> ParseRepositories(
    const std::vector<std::string>& names) {
  std::vector<ImageReference> repositories;
  for (const std::string& name : names) {
    if (name.empty()) {
      return absl::InvalidArgumentError(
          "flag --repository is required\nhint: pass "
          "--repository=REGISTRY/REPOSITORY:TAG, or set the attribute "
          "`repository` of the image");
    }
    ABSL_ASSIGN_OR_RETURN(repositories.emplace_back(),
                          ParseImageReference(name));
    if (!repositories.back().digest.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "--repository=", name, ": expected no digest: it is the image's"));
    }
  }
  return repositories;
}

// Where to push an image to whose rule says `own`.
absl::StatusOr<std::vector<ImageReference>> RepositoriesOf(
    const std::vector<std::string>& own) {
  std::vector<std::string> names = FLAGS_repository_values();
  if (names.empty()) names = own;
  if (names.empty()) names.push_back(absl::GetFlag(FLAGS_default_repository));
  return ParseRepositories(names);
}

// The images to push; the names of their bases are added to `bases`, and the
// mirrors that these come from to `mirrors`.
absl::StatusOr<std::list<Source>> ReadSources(
    std::vector<std::string>& bases, std::vector<std::string>& mirrors) {
  const std::string layout = absl::GetFlag(FLAGS_layout);
  if (layout.empty() == FLAGS_image_values().empty()) {
    return absl::InvalidArgumentError("expected one of --layout and --image");
  }
  std::list<Source> sources;
  if (!layout.empty()) {
    Source& source = sources.emplace_back();
    ABSL_ASSIGN_OR_RETURN(source.image, PushImageOfLayout(layout));
    ABSL_ASSIGN_OR_RETURN(source.repositories, RepositoriesOf({}));
    source.tags = FLAGS_tag_values();
    source.signer = SignerOf({});
  }
  for (const std::string& path : FLAGS_image_values()) {
    ABSL_ASSIGN_OR_RETURN(const ImageList list,
                          ReadImageList(path, absl::GetFlag(FLAGS_runfiles)));
    Source& source = sources.emplace_back();
    ABSL_ASSIGN_OR_RETURN(source.image, PushImageOfContents(list.contents));
    ABSL_ASSIGN_OR_RETURN(source.repositories,
                          RepositoriesOf(list.repositories));
    source.tags = list.tags;
    source.signer = SignerOf(list);
    for (const LayerFile& layer : list.contents.layers) {
      source.layers.push_back(layer.path);
    }
    source.tags.insert(source.tags.end(), FLAGS_tag_values().begin(),
                       FLAGS_tag_values().end());
    bases.insert(bases.end(), list.bases.begin(), list.bases.end());
    mirrors.insert(mirrors.end(), list.mirrors.begin(), list.mirrors.end());
  }
  return sources;
}

std::vector<PushTarget> Targets(const std::list<Source>& sources) {
  std::vector<PushTarget> targets;
  for (const Source& source : sources) {
    for (const ImageReference& repository : source.repositories) {
      PushTarget& target = targets.emplace_back();
      target = {.image = &source.image,
                .repository = repository,
                .tags = source.tags};
      if (!repository.tag.empty()) target.tags.push_back(repository.tag);
    }
  }
  return targets;
}

absl::Status CheckMountFrom(const std::vector<PushTarget>& targets) {
  for (const std::string& name : FLAGS_mount_from_values()) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference reference,
                          ParseImageReference(name));
    std::vector<std::string> registries;
    for (const PushTarget& target : targets) {
      registries.push_back(
          absl::StrCat("\"", target.repository.registry, "\""));
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

using Mirrors = std::vector<std::pair<std::string, RegistryMirror>>;

// Those of --mirror, and of the images' rules.
absl::StatusOr<Mirrors> AllMirrors(const std::vector<std::string>& own) {
  ABSL_ASSIGN_OR_RETURN(Mirrors mirrors, MirrorsFromFlags());
  for (const std::string& text : own) {
    ABSL_ASSIGN_OR_RETURN(mirrors.emplace_back(), ParseNamedMirror(text));
  }
  return mirrors;
}

// The repositories that may have blobs; mirrors before what they are of.
std::vector<ImageReference> BlobSources(std::vector<std::string> bases,
                                        const Mirrors& mirrors) {
  bases.insert(bases.begin(), FLAGS_base_values().begin(),
               FLAGS_base_values().end());
  bases.insert(bases.begin(), FLAGS_mount_from_values().begin(),
               FLAGS_mount_from_values().end());
  std::vector<ImageReference> sources;
  for (const std::string& name : bases) {
    // A name that only this build knows its base by is not a place for blobs.
    const absl::StatusOr<ImageReference> reference = ParseImageReference(name);
    if (!reference.ok()) continue;
    for (const auto& [registry, mirror] : mirrors) {
      if (registry != reference->registry) continue;
      sources.push_back(
          {.registry = mirror.host,
           .repository =
               mirror.prefix.empty()
                   ? reference->repository
                   : absl::StrCat(mirror.prefix, "/", reference->repository)});
    }
    sources.push_back(*reference);
  }
  return sources;
}

// How to talk to a registry, which may be a mirror: that says how itself.
absl::StatusOr<SessionOptions> OptionsFor(const std::string& registry,
                                          const Mirrors& mirrors) {
  ABSL_ASSIGN_OR_RETURN(SessionOptions options,
                        SessionOptionsFromFlags(registry));
  options.chunk_size = absl::GetFlag(FLAGS_chunk_size);
  for (const auto& [name, mirror] : mirrors) {
    if (mirror.host != registry) continue;
    options.plain_http = mirror.plain_http;
    options.always_tls = !mirror.plain_http;
  }
  return options;
}

void PrintPushed(const std::vector<PushTarget>& targets) {
  const char* const word =
      absl::GetFlag(FLAGS_dry_run) ? "Would push" : "Pushed";
  for (const PushTarget& target : targets) {
    const ImageReference pushed = {.registry = target.repository.registry,
                                   .repository = target.repository.repository,
                                   .digest = target.image->root.digest};
    std::printf("%s %s\n", word, FamiliarText(pushed).c_str());
    for (const std::string& tag : target.tags) {
      std::printf("  as %s\n", tag.c_str());
    }
    for (const Artifact& referrer : target.image->referrers) {
      const Descriptor& manifest = referrer.manifest.descriptor;
      std::printf("  with %s of type %s\n", manifest.digest.c_str(),
                  manifest.artifact_type.c_str());
    }
  }
}

absl::Status SignSources(const std::list<Source>& sources,
                         RegistryClients& clients) {
  std::vector<PushedImage> images;
  for (const Source& source : sources) {
    if (source.signer.program.empty()) continue;
    for (const ImageReference& repository : source.repositories) {
      images.push_back({.root = source.image.root,
                        .repository = repository,
                        .signer = source.signer});
    }
  }
  const bool dry_run = absl::GetFlag(FLAGS_dry_run);
  ABSL_ASSIGN_OR_RETURN(const std::vector<std::string> names,
                        SignPushed(images, dry_run, clients));
  for (const std::string& name : names) {
    std::printf("%s %s\n", dry_run ? "Would sign" : "Signed", name.c_str());
  }
  return absl::OkStatus();
}

// `status`, and what to do if it fails because layers are left in a remote
// cache (the build setting push_layers).
absl::Status WithMissingLayers(const absl::Status& status,
                               const std::list<Source>& sources) {
  size_t missing = 0;
  for (const Source& source : sources) {
    for (const std::string& layer : source.layers) {
      missing += std::filesystem::exists(layer) ? 0 : 1;
    }
  }
  if (status.ok() || missing == 0) return status;
  return absl::Status(
      status.code(),
      absl::StrCat(status.message(), "\nhint: ", missing,
                   " layers are not on this host: run bazel build "
                   "--output_groups=blobs --remote_download_outputs=toplevel "
                   "IMAGE, then push again"));
}

absl::Status Push() {
  std::vector<std::string> bases;
  std::vector<std::string> own_mirrors;
  ABSL_ASSIGN_OR_RETURN(const std::list<Source> sources,
                        ReadSources(bases, own_mirrors));
  ABSL_ASSIGN_OR_RETURN(const Mirrors mirrors, AllMirrors(own_mirrors));
  if (absl::GetFlag(FLAGS_chunk_size) < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--chunk_size: expected at least 0, got ",
                     absl::GetFlag(FLAGS_chunk_size)));
  }
  const std::vector<PushTarget> targets = Targets(sources);
  ABSL_RETURN_IF_ERROR(CheckMountFrom(targets));
  const PushOptions options = {
      .sources = BlobSources(std::move(bases), mirrors),
      .jobs = absl::GetFlag(FLAGS_jobs),
      .dry_run = absl::GetFlag(FLAGS_dry_run)};
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  RegistryClients clients(
      [&](const std::string& registry) {
        return OptionsFor(registry, mirrors);
      },
      *transport, SystemCredentials());
  PushProgress progress({.is_terminal = isatty(STDOUT_FILENO) == 1,
                         .dry_run = options.dry_run,
                         .several_repositories = targets.size() > 1},
                        stdout);
  ABSL_RETURN_IF_ERROR(WithMissingLayers(
      PushImages(targets, options, clients, progress), sources));
  progress.Finish();
  PrintPushed(targets);
  return SignSources(sources, clients);
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_push",
      "Pushes images to registries, with the credentials of `docker login`.",
      argc, argv, rules_dockerfile::Push);
}
