#ifndef LIB_PLAN_EXPANDER_H_
#define LIB_PLAN_EXPANDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"

namespace rules_dockerfile {

// Expands the words of one instruction in one environment and records which
// variables were not set. Borrows the environment.
class Expander {
 public:
  Expander(const std::vector<std::string>& environment, char escape);

  absl::StatusOr<std::string> Word(absl::string_view word);
  absl::StatusOr<std::vector<std::string>> EachWord(
      const std::vector<std::string>& words);

  // The words that the expansion of `word` is split into (EXPOSE only).
  absl::StatusOr<std::vector<std::string>> Split(absl::string_view word);

  // Expands a here-document's body: only variables; quotes are literal, and the
  // escape token is the backslash whatever the Dockerfile's is.
  absl::StatusOr<std::string> HeredocBody(absl::string_view body);

  // Names of unset variables so far, in order of use.
  const std::vector<std::string>& undefined() const { return undefined_; }

 private:
  void Remember(const std::vector<std::string>& undefined);

  VariableLookup lookup_;
  char escape_;
  std::vector<std::string> undefined_;
};

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_EXPANDER_H_
