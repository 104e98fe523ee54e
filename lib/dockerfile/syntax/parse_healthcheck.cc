#include "lib/dockerfile/syntax/parse_healthcheck.h"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/flags.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"
#include "lib/dockerfile/values/duration.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMinimumNs = 1000 * 1000;

absl::StatusOr<int64_t> Interval(const FlagValues& flags,
                                 absl::string_view name) {
  const std::string text = flags.String(name);
  if (text.empty()) return 0;
  ABSL_ASSIGN_OR_RETURN(const int64_t interval_ns, ParseGoDuration(text));
  if (interval_ns != 0 && interval_ns < kMinimumNs) {
    return absl::InvalidArgumentError(
        absl::StrCat("Interval ", GoQuote(name), " cannot be less than 1ms"));
  }
  return interval_ns;
}

absl::StatusOr<int> Retries(const FlagValues& flags) {
  const std::string text = flags.String("retries");
  if (text.empty()) return 0;
  static const RE2& integer = *new RE2("[+-]?[0-9]+");
  if (!RE2::FullMatch(text, integer)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "strconv.ParseInt: parsing ", GoQuote(text), ": invalid syntax"));
  }
  int32_t retries = 0;
  if (!absl::SimpleAtoi(text, &retries)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "strconv.ParseInt: parsing ", GoQuote(text), ": value out of range"));
  }
  if (retries < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("--retries cannot be negative (", retries, ")"));
  }
  return retries;
}

absl::StatusOr<std::vector<std::string>> TestOf(const LexedInstruction& in) {
  const std::string type = absl::AsciiStrToUpper(in.arguments.words[0]);
  if (type != "CMD") {
    return absl::InvalidArgumentError(absl::StrCat(
        "Unknown type ", GoQuote(type), " in HEALTHCHECK (try CMD)"));
  }
  std::vector<std::string> test = in.arguments.words;
  if (test.size() == 1) {
    return absl::InvalidArgumentError("Missing command after HEALTHCHECK CMD");
  }
  test[0] = in.arguments.json ? "CMD" : "CMD-SHELL";
  return test;
}

}  // namespace

absl::StatusOr<InstructionBody> ParseHealthcheck(const LexedInstruction& in) {
  const std::vector<std::string>& words = in.arguments.words;
  if (words.empty()) {
    return absl::InvalidArgumentError(
        "HEALTHCHECK requires at least one argument");
  }
  if (absl::AsciiStrToUpper(words[0]) == "NONE") {
    if (words.size() > 1) {
      return absl::InvalidArgumentError("HEALTHCHECK NONE takes no arguments");
    }
    return HealthcheckInstruction{.test = {"NONE"}};
  }
  ABSL_ASSIGN_OR_RETURN(const FlagValues flags,
                        ParseFlags(in.arguments.flags, {{"interval"},
                                                        {"timeout"},
                                                        {"start-period"},
                                                        {"start-interval"},
                                                        {"retries"}}));
  HealthcheckInstruction healthcheck;
  ABSL_ASSIGN_OR_RETURN(healthcheck.test, TestOf(in));
  ABSL_ASSIGN_OR_RETURN(healthcheck.interval_ns, Interval(flags, "interval"));
  ABSL_ASSIGN_OR_RETURN(healthcheck.timeout_ns, Interval(flags, "timeout"));
  ABSL_ASSIGN_OR_RETURN(healthcheck.start_period_ns,
                        Interval(flags, "start-period"));
  ABSL_ASSIGN_OR_RETURN(healthcheck.start_interval_ns,
                        Interval(flags, "start-interval"));
  ABSL_ASSIGN_OR_RETURN(healthcheck.retries, Retries(flags));
  return healthcheck;
}

}  // namespace rules_dockerfile
