#ifndef LIB_PATTERN_IGNORE_H_
#define LIB_PATTERN_IGNORE_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/pattern/match_path.h"

namespace rules_dockerfile {

// The patterns of a .dockerignore file (Dockerfile reference, ".dockerignore
// file"), in order; also the syntax of --exclude. Immutable.
class IgnorePatterns {
 public:
  // From a file's text: comments and blank lines dropped, patterns cleaned.
  // InvalidArgument `illegal exclusion pattern: "!"`, `syntax error in
  // pattern`.
  static absl::StatusOr<IgnorePatterns> Parse(absl::string_view text);
  static absl::StatusOr<IgnorePatterns> FromList(
      const std::vector<std::string>& patterns);

  // Whether the slash path relative to the context root is ignored: the last
  // pattern that matches it or a parent directory decides. An exception applies
  // to a directory only if an earlier pattern ignores the directory: "!d" alone
  // does not include again what "*/x" ignores below d (as Docker).
  bool Ignores(absl::string_view path) const;

  // Whether there are exceptions ("!"), so that an ignored directory must
  // still be walked.
  bool has_exceptions() const;

  // The cleaned patterns, "!" kept.
  std::vector<std::string> patterns() const;

  struct Pattern;

 private:
  explicit IgnorePatterns(std::vector<std::shared_ptr<const Pattern>> patterns);
  std::vector<std::shared_ptr<const Pattern>> patterns_;
};

}  // namespace rules_dockerfile

#endif  // LIB_PATTERN_IGNORE_H_
