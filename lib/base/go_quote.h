#ifndef LIB_BASE_GO_QUOTE_H_
#define LIB_BASE_GO_QUOTE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// `text` as a Go string literal in double quotes, which is how the Dockerfile
// frontend shows the user's text in messages and lists in the history
// (strconv.Quote, "%q"): printable characters stay, others become \n, \x1b,
// \u00a0; bytes that are not UTF-8 become \xff.
std::string GoQuote(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_GO_QUOTE_H_
