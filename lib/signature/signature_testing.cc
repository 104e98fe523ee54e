#include "lib/signature/signature_testing.h"

#include <cstddef>
#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/evp.h"
#include "openssl/pem.h"

namespace rules_dockerfile {
namespace {

EVP_PKEY* Generate(absl::string_view kind) {
  if (kind == "ED25519") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  if (absl::StartsWith(kind, "RSA-")) {
    unsigned int bits = 0;
    ABSL_CHECK(absl::SimpleAtoi(kind.substr(4), &bits));
    return EVP_RSA_gen(bits);
  }
  return EVP_EC_gen(std::string(kind).c_str());
}

std::string Text(BIO* memory) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory, &data);  // NOLINT: its type
  return std::string(data, size);
}

}  // namespace

TestKey::TestKey(absl::string_view kind) : key_(Generate(kind), EVP_PKEY_free) {
  ABSL_CHECK(key_ != nullptr) << kind;
}

std::string TestKey::PublicPem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                         BIO_free);
  ABSL_CHECK_EQ(PEM_write_bio_PUBKEY(memory.get(), key_.get()), 1);
  return Text(memory.get());
}

std::string TestKey::PrivatePem() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()),
                                                         BIO_free);
  ABSL_CHECK_EQ(PEM_write_bio_PrivateKey(memory.get(), key_.get(), nullptr,
                                         nullptr, 0, nullptr, nullptr),
                1);
  return Text(memory.get());
}

std::string TestKey::Sign(absl::string_view message,
                          absl::string_view hash) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* const digest =
      hash.empty() ? nullptr : EVP_get_digestbyname(std::string(hash).c_str());
  ABSL_CHECK_EQ(
      EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()),
      1);
  const auto* const bytes =
      reinterpret_cast<const unsigned char*>(message.data());
  size_t size = 0;
  ABSL_CHECK_EQ(
      EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()), 1);
  std::string signature(size, '\0');
  ABSL_CHECK_EQ(
      EVP_DigestSign(context.get(),
                     reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, message.size()),
      1);
  signature.resize(size);
  return signature;
}

}  // namespace rules_dockerfile
