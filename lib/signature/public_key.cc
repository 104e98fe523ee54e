#include "lib/signature/public_key.h"

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "openssl/bio.h"
#include "openssl/err.h"
#include "openssl/evp.h"
#include "openssl/pem.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kBegin = "-----BEGIN ";
constexpr size_t kMaxPem = size_t{64} << 10;
constexpr int kMinRsaBits = 2048;
// Checking takes longer the longer a key is.
constexpr int kMaxRsaBits = 16384;

absl::Status NotAKey() {
  return absl::InvalidArgumentError("expected one PEM block \"PUBLIC KEY\"");
}

// Whether the text has one PEM block, and that of this type: OpenSSL would also
// read others.
bool IsOnePublicKey(absl::string_view pem) {
  const size_t at = pem.find(kBegin);
  return at != pem.npos && pem.rfind(kBegin) == at &&
         absl::StartsWith(pem.substr(at), "-----BEGIN PUBLIC KEY-----");
}

// A block that claims to be encrypted must not make OpenSSL ask the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writes*/,
                 void* /*data*/) {
  return -1;
}

// The name of the curve: "prime256v1"; "" if it has parameters instead of a
// name.
std::string GroupName(const EVP_PKEY* key) {
  char name[64] = {};
  size_t size = 0;
  if (EVP_PKEY_get_group_name(key, name, sizeof(name), &size) != 1) return "";
  return std::string(name, size);
}

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

bool VerifiesWith(EVP_PKEY* key, const EVP_MD* hash, absl::string_view message,
                  absl::string_view signature) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const bool verifies =
      context != nullptr &&
      EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), Bytes(signature), signature.size(),
                       Bytes(message), message.size()) == 1;
  ERR_clear_error();
  return verifies;
}

}  // namespace

absl::StatusOr<PublicKey::Kind> PublicKey::KindOf(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  std::string got = "another key";
  switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_ED25519:
      return Kind::kEd25519;
    case EVP_PKEY_RSA:
      if (bits >= kMinRsaBits && bits <= kMaxRsaBits) return Kind::kRsa;
      got = absl::StrCat("an RSA key of ", bits, " bits");
      break;
    case EVP_PKEY_EC: {
      const std::string group = GroupName(key);
      if (group == "prime256v1") return Kind::kP256;
      if (group == "secp384r1") return Kind::kP384;
      got = group.empty() ? "an ECDSA key with an unnamed curve"
                          : absl::StrCat("an ECDSA key of ", group);
      break;
    }
    default:
      break;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("expected an ECDSA key of P-256 or P-384, an Ed25519 key, "
                   "or an RSA key of ",
                   kMinRsaBits, " to ", kMaxRsaBits, " bits, got ", got));
}

absl::StatusOr<PublicKey> PublicKey::Parse(absl::string_view pem) {
  if (pem.size() > kMaxPem || !IsOnePublicKey(pem)) return NotAKey();
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  const std::shared_ptr<EVP_PKEY> key(
      PEM_read_bio_PUBKEY(memory.get(), nullptr, NoPassphrase, nullptr),
      EVP_PKEY_free);
  ERR_clear_error();
  if (key == nullptr) return NotAKey();
  ABSL_ASSIGN_OR_RETURN(const Kind kind, KindOf(key.get()));
  return PublicKey(key, kind);
}

bool PublicKey::Verifies(absl::string_view message,
                         absl::string_view signature) const {
  switch (kind_) {
    case Kind::kP256:
    case Kind::kRsa:
      return VerifiesWith(key_.get(), EVP_sha256(), message, signature);
    case Kind::kP384:
      return VerifiesWith(key_.get(), EVP_sha384(), message, signature) ||
             VerifiesWith(key_.get(), EVP_sha256(), message, signature);
    case Kind::kEd25519:
      return VerifiesWith(key_.get(), nullptr, message, signature);
  }
  return false;
}

}  // namespace rules_dockerfile
