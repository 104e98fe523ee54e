#include "lib/run/secret_command.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lib/base/program.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxSecret = 500 * 1024;

}  // namespace

absl::StatusOr<std::optional<std::string>> AskSecretCommand(
    const std::string& program, const std::string& id, absl::Duration timeout) {
  if (id.empty() || id[0] == '-') return std::nullopt;
  ABSL_ASSIGN_OR_RETURN(ProgramResult result,
                        RunProgram({.argv = {program, id},
                                    .input = "",
                                    .max_output = kMaxSecret + 1,
                                    .keep_errors = true,
                                    .timeout = timeout}));
  if (result.exit_code == kNoSuchSecret && !result.timed_out) {
    return std::nullopt;
  }
  const std::string what =
      absl::StrCat("secret ", id, ": \"", program, " ", id, "\" ");
  if (!result.succeeded()) {
    const std::string why =
        result.timed_out
            ? absl::StrCat("did not end within ", absl::FormatDuration(timeout))
        : result.exit_code < 0
            ? "was killed"
            : absl::StrCat("failed with exit code ", result.exit_code);
    const absl::string_view errors =
        absl::StripTrailingAsciiWhitespace(result.errors);
    return absl::AbortedError(
        absl::StrCat(what, why, errors.empty() ? "" : ":\n", errors));
  }
  if (result.output.size() > kMaxSecret) {
    return absl::OutOfRangeError(
        absl::StrCat(what, "printed more than ", kMaxSecret, " bytes"));
  }
  return std::move(result.output);
}

}  // namespace rules_dockerfile
