#include "lib/network/certificate_authority.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/pem.h"
#include "openssl/rand.h"
#include "openssl/x509v3.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

absl::Status OpensslError(absl::string_view operation) {
  char text[256];
  ERR_error_string_n(ERR_get_error(), text, sizeof(text));
  return absl::InternalError(absl::StrCat(operation, ": ", text));
}

// The part of a certificate that is the same for authority and servers.
struct CertificateRequest {
  std::string common_name;
  X509* issuer = nullptr;  // nullptr: self-signed
  EVP_PKEY* issuer_key = nullptr;
  EVP_PKEY* key = nullptr;
  std::vector<std::pair<int, std::string>> extensions;  // NID and value
};

bool SetSerial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof(bytes)) != 1) return false;
  bytes[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> number(
      BN_bin2bn(bytes, sizeof(bytes), nullptr), BN_free);
  return number &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool AddExtension(X509* certificate, X509* issuer, int nid,
                  const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>
      extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()),
                X509_EXTENSION_free);
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

absl::StatusOr<std::shared_ptr<X509>> MakeCertificate(
    const CertificateRequest& request) {
  std::shared_ptr<X509> certificate(X509_new(), X509_free);
  X509* const x509 = certificate.get();
  X509* const issuer = request.issuer ? request.issuer : x509;
  bool good =
      x509 != nullptr && X509_set_version(x509, X509_VERSION_3) == 1 &&
      SetSerial(x509) &&
      ASN1_TIME_set_string(X509_getm_notBefore(x509), "700101000000Z") == 1 &&
      ASN1_TIME_set_string(X509_getm_notAfter(x509), "20991231235959Z") == 1 &&
      X509_set_pubkey(x509, request.key) == 1;
  const std::unique_ptr<X509_NAME, decltype(&X509_NAME_free)> name(
      X509_NAME_new(), X509_NAME_free);
  good =
      good && name &&
      X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                                 reinterpret_cast<const unsigned char*>(
                                     request.common_name.substr(0, 64).c_str()),
                                 -1, -1, 0) == 1 &&
      X509_set_subject_name(x509, name.get()) == 1 &&
      X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1;
  for (const auto& [nid, value] : request.extensions) {
    good = good && AddExtension(x509, issuer, nid, value);
  }
  if (!good || X509_sign(x509, request.issuer_key, EVP_sha256()) == 0) {
    return OpensslError("cannot create a certificate");
  }
  return certificate;
}

absl::StatusOr<std::shared_ptr<EVP_PKEY>> MakeKey() {
  std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  if (!key) return OpensslError("cannot create a key");
  return key;
}

}  // namespace

absl::StatusOr<CertificateAuthority> CertificateAuthority::Create() {
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<EVP_PKEY> key, MakeKey());
  ABSL_ASSIGN_OR_RETURN(
      std::shared_ptr<X509> certificate,
      MakeCertificate(
          {.common_name = "rules_dockerfile locked network",
           .issuer_key = key.get(),
           .key = key.get(),
           .extensions = {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                          {NID_key_usage, "critical,keyCertSign,cRLSign"},
                          {NID_subject_key_identifier, "hash"}}}));
  return CertificateAuthority(std::move(key), std::move(certificate));
}

std::string CertificateAuthority::CertificatePem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                         BIO_free);
  PEM_write_bio_X509(memory.get(), certificate_.get());
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);  // NOLINT: its type
  return std::string(data, size);
}

absl::StatusOr<std::shared_ptr<SSL_CTX>> CertificateAuthority::ServerContext(
    absl::string_view host) const {
  // The name goes into an extension's text, where "," begins another.
  static const LazyRE2 kHost = {"[A-Za-z0-9._:-]{1,253}"};
  static const LazyRE2 kAddress = {"[0-9.]+|.*:.*"};
  if (!RE2::FullMatch(host, *kHost)) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", host, "\" is not a host name"));
  }
  const bool address = RE2::FullMatch(host, *kAddress);
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<EVP_PKEY> key, MakeKey());
  ABSL_ASSIGN_OR_RETURN(
      const std::shared_ptr<X509> certificate,
      MakeCertificate(
          {.common_name = std::string(host),
           .issuer = certificate_.get(),
           .issuer_key = key_.get(),
           .key = key.get(),
           .extensions = {{NID_basic_constraints, "critical,CA:FALSE"},
                          {NID_ext_key_usage, "serverAuth"},
                          {NID_subject_key_identifier, "hash"},
                          {NID_authority_key_identifier, "keyid"},
                          {NID_subject_alt_name,
                           absl::StrCat(address ? "IP:" : "DNS:", host)}}}));
  std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()),
                                   SSL_CTX_free);
  if (!context ||
      SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return OpensslError("cannot set up a TLS server");
  }
  return context;
}

}  // namespace rules_dockerfile
