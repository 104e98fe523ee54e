#include "lib/digest/digest.h"

#include <memory>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "openssl/evp.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kPrefix = "sha256:";
constexpr size_t kHexSize = 64;

// Looked up once: a fetch costs as much as the digest of a small file.
const EVP_MD* Algorithm() {
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  ABSL_CHECK(md != nullptr) << "libcrypto has no SHA-256";
  return md;
}

}  // namespace

struct Digester::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  ~Context() { EVP_MD_CTX_free(md); }

  void Start() { ABSL_CHECK(EVP_DigestInit_ex2(md, Algorithm(), nullptr)); }
};

Digester::Digester() : context_(std::make_unique<Context>()) {
  context_->Start();
}

Digester::~Digester() = default;

absl::Status Digester::Append(absl::string_view bytes) {
  ABSL_CHECK(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()));
  return absl::OkStatus();
}

std::string Digester::Finish() {
  const Sha256 hash = FinishHash();
  return absl::StrCat(
      kPrefix, absl::BytesToHexString(absl::string_view(
                   reinterpret_cast<const char*>(hash.data()), hash.size())));
}

Sha256 Digester::FinishHash() {
  Sha256 hash;
  unsigned int size = 0;
  ABSL_CHECK(EVP_DigestFinal_ex(context_->md, hash.data(), &size));
  context_->Start();
  return hash;
}

absl::Status DigestingSink::Append(absl::string_view bytes) {
  size_ += static_cast<int64_t>(bytes.size());
  ABSL_RETURN_IF_ERROR(digester_.Append(bytes));
  return sink_->Append(bytes);
}

std::string DigestOf(absl::string_view bytes) {
  Digester digester;
  digester.Append(bytes).IgnoreError();  // never fails
  return digester.Finish();
}

absl::StatusOr<std::string> ParseDigest(absl::string_view text) {
  absl::string_view hex = text;
  if (absl::ConsumePrefix(&hex, kPrefix) && hex.size() == kHexSize &&
      hex.find_first_not_of("0123456789abcdef") == absl::string_view::npos) {
    return std::string(text);
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "digest \"", text, "\": expected \"sha256:<64 lower-case hex digits>\""));
}

absl::string_view DigestHex(absl::string_view digest) {
  return absl::StripPrefix(digest, kPrefix);
}

}  // namespace rules_dockerfile
