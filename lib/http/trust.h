#ifndef LIB_HTTP_TRUST_H_
#define LIB_HTTP_TRUST_H_

#include <string>

#include "absl/status/statusor.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// Where the certificates of trusted authorities are; "" for none. Each of
// `file` and `bundle` is in PEM.
struct Trust {
  std::string file;
  std::string directory;  // by hashes of subjects, as c_rehash creates it
  std::string bundle;     // the text itself; then there is no `file`

  friend bool operator==(const Trust&, const Trust&) = default;
};

// Whom a client trusts: `tls.ca` alone, else `system` with what the variables
// $SSL_CERT_FILE and $SSL_CERT_DIR put in its place (as OpenSSL and Go read
// them), and `tls.extra_cas` besides. `system` has no bundle.
// The system's own file may be missing.
// FailedPrecondition `cannot open "ca.pem": …` if a file cannot be read,
// `"ca.pem" has no certificate` if an extra one is something else.
absl::StatusOr<Trust> FindTrust(const TlsFiles& tls, Trust system);

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_TRUST_H_
