#ifndef LIB_LAYER_FILE_DIGEST_H_
#define LIB_LAYER_FILE_DIGEST_H_

#include <array>
#include <concepts>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The SHA-256 of a file's data, or none, in 33 bytes: a layer may have a
// million files. Converts from and to the text form of lib/digest/digest.h, ""
// for none.
class FileDigest {
 public:
  FileDigest() = default;
  // `text` must be a digest, or "".
  template <std::convertible_to<absl::string_view> Text>
  FileDigest(const Text& text)  // NOLINT(google-explicit-constructor)
      : FileDigest(Of(text)) {}
  explicit FileDigest(const std::array<unsigned char, 32>& hash)
      : hash_(hash), is_set_(true) {}
  // nullopt for what is no digest.
  static std::optional<FileDigest> Parse(absl::string_view text);

  operator std::string() const {  // NOLINT(google-explicit-constructor)
    return ToString();
  }
  std::string ToString() const;
  void AppendTo(std::string& text) const;

  bool empty() const { return !is_set_; }
  void clear() { *this = FileDigest(); }

  friend bool operator==(const FileDigest&, const FileDigest&) = default;
  template <typename Sink>
  friend void AbslStringify(Sink& sink, const FileDigest& digest) {
    sink.Append(digest.ToString());
  }

 private:
  static FileDigest Of(absl::string_view text);

  std::array<unsigned char, 32> hash_ = {};
  bool is_set_ = false;
};

}  // namespace rules_dockerfile

#endif  // LIB_LAYER_FILE_DIGEST_H_
