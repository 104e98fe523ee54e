#ifndef LIB_DOCKERFILE_VALUES_CHMOD_H_
#define LIB_DOCKERFILE_VALUES_CHMOD_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// The value of --chmod: an octal mode, or symbolic changes as in chmod(1) with
// a umask of 0. Value type.
class Chmod {
 public:
  // The mode, if it is octal.
  std::optional<uint32_t> octal() const { return octal_; }

  // The mode (07777) of a file or directory that had `mode`.
  uint32_t Apply(uint32_t mode, bool is_directory) const;

  friend bool operator==(const Chmod&, const Chmod&) = default;

 private:
  friend absl::StatusOr<Chmod> ParseChmod(absl::string_view text);

  // One "u+rX" or "g=u".
  struct Change {
    uint32_t who = 0;         // the bits that it may change
    char operation = '+';     // '+', '-' or '='
    uint32_t bits = 0;        // of all classes; masked by `who`
    bool execute_if = false;  // "X"
    char copy = '\0';         // 'u', 'g' or 'o'

    friend bool operator==(const Change&, const Change&) = default;
  };
  static bool TakeChange(absl::string_view& clause, Change& change);
  static bool AddPermission(char letter, Change& change);
  static uint32_t ApplyChange(const Change& change, uint32_t original,
                              uint32_t mode, bool is_directory);

  std::optional<uint32_t> octal_;
  std::vector<Change> changes_;
};

// Parses "0755", "u=rwX,go=rX", "+x", "a-w,u+s", "g=u". InvalidArgument
// `invalid chmod parameter: '99999'. it should be octal string and between 0
// and 07777`, or `invalid chmod parameter: 'u!x': invalid syntax`.
absl::StatusOr<Chmod> ParseChmod(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_CHMOD_H_
