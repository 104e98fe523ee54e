#include "tools/provenance_write/materials.h"

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/copy_bytes.h"
#include "lib/base/file.h"
#include "lib/copy/archive.h"
#include "lib/copy/build_context.h"
#include "lib/copy/context.h"
#include "lib/copy/data_store.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/json/json_node.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"
#include "lib/network/network_lock.h"
#include "lib/network/url_credentials.h"
#include "lib/oci/descriptor.h"
#include "lib/oci/document_file.h"
#include "lib/oci/provenance.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {

absl::StatusOr<std::string> DigestOfFile(const std::string& path) {
  ABSL_ASSIGN_OR_RETURN(FileSource source, FileSource::Open(path));
  Digester digester;
  ABSL_RETURN_IF_ERROR(CopyBytes(source, digester));
  return digester.Finish();
}

absl::StatusOr<NamedFile> ParseNamedFile(absl::string_view json) {
  ABSL_ASSIGN_OR_RETURN(const Json parsed, ParseJson(json));
  const JsonNode root(parsed);
  NamedFile named;
  ABSL_ASSIGN_OR_RETURN(named.context, root.StringAt("context"));
  ABSL_ASSIGN_OR_RETURN(named.file.path, root.StringAt("path"));
  ABSL_ASSIGN_OR_RETURN(named.file.file, root.StringAt("file"));
  return named;
}

absl::StatusOr<Material> BaseMaterial(absl::string_view json) {
  ABSL_ASSIGN_OR_RETURN(const Json parsed, ParseJson(json));
  const JsonNode root(parsed);
  ABSL_ASSIGN_OR_RETURN(const std::string platform, root.StringAt("platform"));
  ABSL_ASSIGN_OR_RETURN(const std::string reference,
                        root.StringOrEmpty("reference"));
  if (!reference.empty()) {
    ABSL_ASSIGN_OR_RETURN(const ImageReference image,
                          ParseImageReference(reference));
    if (image.digest.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "\"", reference, "\": expected a reference with a digest"));
    }
    return Material{
        .uri = ImagePurl(image, platform),
        .digest = {{"sha256", std::string(DigestHex(image.digest))}}};
  }
  Material material;
  ABSL_ASSIGN_OR_RETURN(material.name, root.StringAt("name"));
  ABSL_ASSIGN_OR_RETURN(const std::string path, root.StringAt("descriptor"));
  ABSL_ASSIGN_OR_RETURN(const Descriptor manifest,
                        ReadParsed(path, ParseDescriptor));
  material.digest["sha256"] = DigestHex(manifest.digest);
  return material;
}

absl::StatusOr<Material> RemoteMaterial(absl::string_view json) {
  ABSL_ASSIGN_OR_RETURN(const Json parsed, ParseJson(json));
  const JsonNode root(parsed);
  ABSL_ASSIGN_OR_RETURN(const std::string uri, root.StringAt("uri"));
  Material material = {.uri = WithoutCredentials(uri)};
  ABSL_ASSIGN_OR_RETURN(std::string hex, root.StringOrEmpty("sha256"));
  if (hex.empty()) {
    ABSL_ASSIGN_OR_RETURN(const std::string path, root.StringAt("file"));
    ABSL_ASSIGN_OR_RETURN(const std::string digest, DigestOfFile(path));
    hex = DigestHex(digest);
  }
  material.digest["sha256"] = hex;
  return material;
}

absl::Status AddLockedMaterials(const std::string& path,
                                std::vector<Material>& materials) {
  ABSL_ASSIGN_OR_RETURN(const NetworkLock lock,
                        ReadParsed(path, ParseNetworkLock));
  for (const LockedRun& run : lock.runs) {
    for (const LockedRequest& request : run.requests) {
      if (request.status / 100 != 2 || request.size == 0) continue;
      materials.push_back({.uri = WithoutCredentials(request.url),
                           .digest = {{"sha256", request.sha256}}});
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Material> ContextMaterial(const std::string& name,
                                         const BuildContextFiles& context,
                                         const std::string& temporary) {
  DataStore store;
  ArchiveOpener archives(temporary, &store);
  ABSL_ASSIGN_OR_RETURN(
      const FileTree all,
      ReadBuildContext(context, /*mtime=*/0, store, archives));
  ABSL_ASSIGN_OR_RETURN(const FileTree tree,
                        WithoutIgnoredFiles(all, context.ignore_files));
  std::map<std::string, std::string> files;
  for (const auto& [path, node] : tree.nodes()) {
    if (node.type != LayerEntryType::kFile) continue;
    ABSL_ASSIGN_OR_RETURN(const std::string digest, store.Digest(node));
    files[std::string(path)] = DigestHex(digest);
  }
  return Material{.name = name, .digest = {{"dirHash1", DirectoryHash(files)}}};
}

}  // namespace rules_dockerfile
