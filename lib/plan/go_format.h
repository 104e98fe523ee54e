#ifndef LIB_PLAN_GO_FORMAT_H_
#define LIB_PLAN_GO_FORMAT_H_

#include <cstdint>
#include <string>
#include <vector>

namespace rules_dockerfile {

// History entries have values as Go's fmt package prints them; these are its
// verbs (https://pkg.go.dev/fmt, https://pkg.go.dev/strconv#Quote). For %q of a
// string see lib/base/go_quote.h.

// %q of a list: `["a" "b"]`.
std::string GoQuotedList(const std::vector<std::string>& list);

// %v of a list: `[a b]`.
std::string GoList(const std::vector<std::string>& list);

// %v of a time.Duration: "0s", "1.5s", "1h30m0s", "10ms".
std::string GoDuration(int64_t nanoseconds);

}  // namespace rules_dockerfile

#endif  // LIB_PLAN_GO_FORMAT_H_
