#ifndef LIB_BASE_PRINTABLE_H_
#define LIB_BASE_PRINTABLE_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// `text` for a terminal, which obeys control characters wherever they come
// from: all but line feed and tab become escapes as in Go's %q (`\x1b`,
// `\u009b`), and so do bytes that are not UTF-8 and characters that change the
// direction of writing. All other text stays as it is, backslashes too.
std::string PrintableText(absl::string_view text);

// "0 B", "999 B", "1.00 kB", "12.3 kB", "123 MB": units of 1000 bytes, as the
// programs of Docker have them.
std::string SizeText(int64_t bytes);

// Writes PrintableText() to standard error.
void PrintMessage(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_BASE_PRINTABLE_H_
