// Prints what an image consists of, or what refers to it.
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/file.h"
#include "lib/base/printable.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/mtree.h"
#include "lib/oci/file_set.h"
#include "lib/oci/image_source.h"
#include "lib/oci/referrer.h"
#include "lib/platform/platform.h"
#include "lib/reference/reference.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/registry/credentials.h"
#include "lib/registry/referrers.h"
#include "tools/flags/registry_flags.h"
#include "tools/image_inspect/describe.h"

ABSL_FLAG(std::string, layout, "", "OCI layout directory");
ABSL_FLAG(std::string, archive, "",
          "archive of `docker save`, or of an OCI layout; uncompressed");
ABSL_FLAG(std::string, platform, "linux/amd64",
          "platform of the image in an index: os/arch[/variant]");
ABSL_FLAG(bool, files, false, "also list the files, with all layers applied");
ABSL_FLAG(bool, mtree, false, "list only the files, in the format of mtree(5)");

ABSL_FLAG(bool, referrers, false,
          "list only what refers to the image, or to those of an index: "
          "attestations, signatures; of a --layout, an --archive or a "
          "--reference");
ABSL_FLAG(std::string, reference, "",
          "image in a registry, for --referrers: "
          "[registry/]repository[:tag][@digest]");

namespace rules_dockerfile {
namespace {

// What refers to an image in a registry.
absl::StatusOr<std::vector<Referrer>> RegistryReferrers(
    const std::string& name) {
  ABSL_ASSIGN_OR_RETURN(ImageReference reference, ParseImageReference(name));
  reference = WithDefaultTag(std::move(reference));
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  RegistryClients clients(SessionOptionsFromFlags, *transport,
                          SystemCredentials());
  ABSL_ASSIGN_OR_RETURN(RegistryClient* const client, clients.Get(reference));
  return ReadReferrers(
      reference.digest.empty() ? reference.tag : reference.digest, *client);
}

absl::Status PrintReferrers(
    const absl::StatusOr<std::vector<Referrer>>& referrers) {
  ABSL_RETURN_IF_ERROR(referrers.status());
  std::fputs(PrintableText(ReferrersText(*referrers)).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status Inspect() {
  const std::string layout = absl::GetFlag(FLAGS_layout);
  const std::string archive = absl::GetFlag(FLAGS_archive);
  const std::string reference = absl::GetFlag(FLAGS_reference);
  if (!reference.empty() && absl::GetFlag(FLAGS_referrers)) {
    return PrintReferrers(RegistryReferrers(reference));
  }
  if (!reference.empty()) {
    return absl::InvalidArgumentError("--reference requires --referrers");
  }
  if (layout.empty() == archive.empty()) {
    return absl::InvalidArgumentError("expected one of --layout and --archive");
  }
  ABSL_ASSIGN_OR_RETURN(const Platform platform,
                        ParsePlatform(absl::GetFlag(FLAGS_platform)));
  std::unique_ptr<FileSet> files = DirectoryFiles(layout);
  std::unique_ptr<MappedFile> mapped;
  if (!archive.empty()) {
    ABSL_ASSIGN_OR_RETURN(MappedFile file, MappedFile::Open(archive));
    mapped = std::make_unique<MappedFile>(std::move(file));
    ABSL_ASSIGN_OR_RETURN(files, ArchiveFiles(mapped->contents()));
  }
  if (absl::GetFlag(FLAGS_referrers)) {
    return PrintReferrers(LayoutReferrers(*files));
  }
  ABSL_ASSIGN_OR_RETURN(const SourceImage image, ReadImage(*files, platform));
  std::string text;
  if (absl::GetFlag(FLAGS_mtree)) {
    ABSL_ASSIGN_OR_RETURN(const FileTree tree, FilesOfImage(image));
    text = MtreeText(tree);
  } else {
    ABSL_ASSIGN_OR_RETURN(text, DescribeImage(image));
    if (absl::GetFlag(FLAGS_files)) {
      ABSL_ASSIGN_OR_RETURN(const FileTree tree, FilesOfImage(image));
      text += DumpFileTree(tree);
    }
  }
  std::fputs(PrintableText(text).c_str(), stdout);
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool(
      "image_inspect",
      "Prints the config, history and layers of an image, and its files.", argc,
      argv, rules_dockerfile::Inspect);
}
