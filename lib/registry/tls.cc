#include "lib/registry/tls.h"

#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {
namespace {

// The paths of the directory's files, sorted.
std::set<std::string> FilesOf(const std::string& directory) {
  std::set<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator it(directory, error), end;
       !error && it != end; it.increment(error)) {
    files.insert(it->path());
  }
  return files;
}

// The path of the other half of a pair: "a.key" of "a.cert".
absl::StatusOr<std::string> PartnerOf(const std::set<std::string>& files,
                                      const std::string& path,
                                      absl::string_view suffix,
                                      absl::string_view partner_suffix,
                                      absl::string_view noun) {
  std::string partner =
      absl::StrCat(absl::StripSuffix(path, suffix), partner_suffix);
  if (files.contains(partner)) return partner;
  return absl::FailedPreconditionError(absl::StrCat(
      "\"", path, "\" has no ", noun, ": expected \"", partner, "\""));
}

absl::StatusOr<TlsFiles> ReadDirectory(const std::string& directory) {
  const std::set<std::string> files = FilesOf(directory);
  TlsFiles tls;
  for (const std::string& path : files) {
    if (absl::EndsWith(path, ".crt")) {
      tls.extra_cas.push_back(path);
    } else if (absl::EndsWith(path, ".cert")) {
      ABSL_ASSIGN_OR_RETURN(const std::string key,
                            PartnerOf(files, path, ".cert", ".key", "key"));
      if (!tls.certificate.empty()) continue;
      tls.certificate = path;
      tls.key = key;
    } else if (absl::EndsWith(path, ".key")) {
      ABSL_RETURN_IF_ERROR(
          PartnerOf(files, path, ".key", ".cert", "certificate").status());
    }
  }
  return tls;
}

}  // namespace

absl::StatusOr<TlsFiles> FindRegistryTls(
    const std::string& registry, const std::vector<std::string>& directories) {
  for (const std::string& parent : directories) {
    const std::string directory = absl::StrCat(parent, "/", registry);
    std::error_code error;
    if (std::filesystem::is_directory(directory, error)) {
      return ReadDirectory(directory);
    }
  }
  return TlsFiles();
}

std::vector<std::string> CertificateDirectories() {
  std::vector<std::string> directories;
  const char* const home = std::getenv("HOME");
  if (home != nullptr && *home != '\0') {
    directories.push_back(absl::StrCat(home, "/.config/docker/certs.d"));
    directories.push_back(absl::StrCat(home, "/.config/containers/certs.d"));
  }
  directories.push_back("/etc/containers/certs.d");
  directories.push_back("/etc/docker/certs.d");
  return directories;
}

}  // namespace rules_dockerfile
