#ifndef LIB_DOCKERFILE_SYNTAX_FLAGS_H_
#define LIB_DOCKERFILE_SYNTAX_FLAGS_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace rules_dockerfile {

enum class FlagKind { kString, kBool, kList };

struct FlagSpec {
  absl::string_view name;  // "from"
  FlagKind kind = FlagKind::kString;
};

// The flags of an instruction.
class FlagValues {
 public:
  bool Has(absl::string_view name) const;
  std::string String(absl::string_view name) const;  // "" if not given
  bool Bool(absl::string_view name) const;           // false if not given
  std::vector<std::string> List(absl::string_view name) const;

 private:
  friend absl::StatusOr<FlagValues> ParseFlags(
      absl::Span<const std::string> flags, absl::Span<const FlagSpec> specs);

  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// Checks `flags` ("--name" or "--name=value", from TakeFlags()) against the
// flags of the instruction, `specs`. InvalidArgument with the frontend's
// message: `unknown flag: --form (did you mean from?)`, `missing a value on
// flag: --from`, `duplicate flag specified: --from`, `expecting boolean value
// for flag --link, not: x`.
absl::StatusOr<FlagValues> ParseFlags(absl::Span<const std::string> flags,
                                      absl::Span<const FlagSpec> specs);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_FLAGS_H_
