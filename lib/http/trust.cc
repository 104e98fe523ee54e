#include "lib/http/trust.h"

#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

void Replace(std::string& value, const char* variable) {
  const char* const replacement = std::getenv(variable);
  if (replacement != nullptr && *replacement != '\0') value = replacement;
}

absl::StatusOr<std::string> ReadCertificates(const std::string& path) {
  absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) {
    return absl::FailedPreconditionError(text.status().message());
  }
  if (!absl::StrContains(*text, "-----BEGIN ")) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", path, "\" has no certificate"));
  }
  return text;
}

}  // namespace

absl::StatusOr<Trust> FindTrust(const TlsFiles& tls, Trust system) {
  const std::string built_in = system.file;
  Trust trust;
  if (!tls.ca.empty()) {
    trust.file = tls.ca;
  } else {
    trust = std::move(system);
    Replace(trust.file, "SSL_CERT_FILE");
    Replace(trust.directory, "SSL_CERT_DIR");
  }
  if (tls.extra_cas.empty()) return trust;
  if (!trust.file.empty()) {
    absl::StatusOr<std::string> text = ReadCertificates(trust.file);
    // A small system has none.
    if (!text.ok() && trust.file != built_in) return text.status();
    trust.bundle = std::move(text).value_or("");
    trust.file.clear();
  }
  for (const std::string& path : tls.extra_cas) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadCertificates(path));
    absl::StrAppend(&trust.bundle, "\n", text);
  }
  return trust;
}

}  // namespace rules_dockerfile
