#include "lib/sbom/sha1.h"

#include <openssl/evp.h>

#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

std::string Sha1Hex(absl::string_view bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  ABSL_CHECK_EQ(EVP_Digest(bytes.data(), bytes.size(), digest, &size,
                           EVP_sha1(), nullptr),
                1);
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(digest), size));
}

}  // namespace rules_dockerfile
