#include <cstddef>
#include <cstdint>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/pattern/ignore.h"

// The first line is a path, the rest an ignore file: any bytes are patterns or
// an error, and cleaned patterns mean the same when they are read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using rules_dockerfile::IgnorePatterns;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const size_t line_end = text.find('\n');
  if (line_end == absl::string_view::npos) return 0;
  const absl::string_view path = text.substr(0, line_end);
  const absl::StatusOr<IgnorePatterns> patterns =
      IgnorePatterns::Parse(text.substr(line_end + 1));
  if (!patterns.ok()) return 0;
  const absl::StatusOr<IgnorePatterns> again =
      IgnorePatterns::FromList(patterns->patterns());
  if (!again.ok() || again->patterns() != patterns->patterns()) return 0;
  ABSL_CHECK_EQ(again->Ignores(path), patterns->Ignores(path));
  return 0;
}
