#ifndef LIB_REGISTRY_CHALLENGE_H_
#define LIB_REGISTRY_CHALLENGE_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// How a server authenticates clients (RFC 9110, "WWW-Authenticate").
struct Challenge {
  std::string scheme;                             // lower case: "bearer"
  std::map<std::string, std::string> parameters;  // by lower-case name

  friend bool operator==(const Challenge&, const Challenge&) = default;
};

// Parses the value of a WWW-Authenticate header. InvalidArgument
// `challenge "…": …` if it does not have the form of the RFC.
absl::StatusOr<std::vector<Challenge>> ParseChallenges(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_CHALLENGE_H_
