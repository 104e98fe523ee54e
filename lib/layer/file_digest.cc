#include "lib/layer/file_digest.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kPrefix = "sha256:";
constexpr unsigned char kNoDigit = 16;

constexpr std::array<unsigned char, 256> kDigits = [] {
  std::array<unsigned char, 256> digits;
  digits.fill(kNoDigit);
  for (unsigned char i = 0; i < 10; ++i) digits['0' + i] = i;
  for (unsigned char i = 0; i < 6; ++i) digits['a' + i] = 10 + i;
  return digits;
}();

// Fills `hash` with the bytes of exactly so many lower-case hex digits.
bool ParseHex(absl::string_view hex, std::array<unsigned char, 32>& hash) {
  if (hex.size() != 2 * hash.size()) return false;
  for (size_t i = 0; i < hash.size(); ++i) {
    const unsigned char high = kDigits[static_cast<unsigned char>(hex[2 * i])];
    const unsigned char low =
        kDigits[static_cast<unsigned char>(hex[2 * i + 1])];
    if (high == kNoDigit || low == kNoDigit) return false;
    hash[i] = static_cast<unsigned char>(high << 4 | low);
  }
  return true;
}

}  // namespace

std::optional<FileDigest> FileDigest::Parse(absl::string_view text) {
  FileDigest digest;
  digest.is_set_ =
      absl::ConsumePrefix(&text, kPrefix) && ParseHex(text, digest.hash_);
  if (!digest.is_set_) return std::nullopt;
  return digest;
}

FileDigest FileDigest::Of(absl::string_view text) {
  if (text.empty()) return FileDigest();
  const std::optional<FileDigest> digest = Parse(text);
  ABSL_CHECK(digest.has_value()) << text;
  return *digest;
}

void FileDigest::AppendTo(std::string& text) const {
  constexpr char kHex[] = "0123456789abcdef";
  if (!is_set_) return;
  text.append(kPrefix);
  for (const unsigned char byte : hash_) {
    text.push_back(kHex[byte >> 4]);
    text.push_back(kHex[byte & 15]);
  }
}

std::string FileDigest::ToString() const {
  std::string text;
  AppendTo(text);
  return text;
}

}  // namespace rules_dockerfile
