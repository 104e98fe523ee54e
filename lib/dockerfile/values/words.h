#ifndef LIB_DOCKERFILE_VALUES_WORDS_H_
#define LIB_DOCKERFILE_VALUES_WORDS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Returns the words of ENV, LABEL and ARG: `text` split at white space that is
// not protected by quotes or the escape character. Quotes and escapes remain in
// the words; an escape at the very end is dropped.
std::vector<std::string> SplitWords(absl::string_view text, char escape);

// The flags at the start of an instruction's arguments.
struct FlagWords {
  std::vector<std::string> flags;  // "--name" or "--name=value", unquoted
  std::string rest;                // what follows, as written

  friend bool operator==(const FlagWords&, const FlagWords&) = default;
};

// Removes the leading words that begin with "--" from `text`; a bare "--" ends
// them and is dropped. Quotes group and are removed, the escape character makes
// the next one literal.
FlagWords TakeFlags(absl::string_view text, char escape);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_WORDS_H_
