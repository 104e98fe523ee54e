#ifndef LIB_DOCKERFILE_VALUES_CHOWN_H_
#define LIB_DOCKERFILE_VALUES_CHOWN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A --chown value (or USER): names or numbers, to be looked up in the image.
struct Chown {
  std::string user;                  // "" is root
  std::optional<std::string> group;  // nullopt without a colon

  friend bool operator==(const Chown&, const Chown&) = default;
};

// "user[:group]". Any text is one.
Chown ParseChown(absl::string_view text);

// The number that `name` is in decimal, nullopt if it is a name.
std::optional<uint32_t> NumericId(absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_VALUES_CHOWN_H_
