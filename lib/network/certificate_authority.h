#ifndef LIB_NETWORK_CERTIFICATE_AUTHORITY_H_
#define LIB_NETWORK_CERTIFICATE_AUTHORITY_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "openssl/evp.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"

namespace rules_dockerfile {

// A certificate authority that lives as long as one RUN, to answer for the
// HTTPS servers that the RUN asks. Its key never leaves the process. EC P-256;
// all certificates are valid from 1970 to 2099, whatever the RUN's clock says.
// Thread-safe.
class CertificateAuthority {
 public:
  static absl::StatusOr<CertificateAuthority> Create();

  // The authority's own certificate.
  std::string CertificatePem() const;

  // A server context with a certificate for `host`, a DNS name or IP address.
  absl::StatusOr<std::shared_ptr<SSL_CTX>> ServerContext(
      absl::string_view host) const;

 private:
  CertificateAuthority(std::shared_ptr<EVP_PKEY> key,
                       std::shared_ptr<X509> certificate)
      : key_(std::move(key)), certificate_(std::move(certificate)) {}

  std::shared_ptr<EVP_PKEY> key_;
  std::shared_ptr<X509> certificate_;
};

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_CERTIFICATE_AUTHORITY_H_
