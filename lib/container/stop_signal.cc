#include "lib/container/stop_signal.h"

#include <signal.h>
#include <string.h>

#include <string>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/dockerfile/values/signal.h"

namespace rules_dockerfile {
namespace {

// Names that the C library knows by another one.
constexpr std::pair<absl::string_view, int> kAliases[] = {
    {"CLD", SIGCHLD}, {"IOT", SIGABRT}, {"IO", SIGIO}, {"POLL", SIGIO}};

int RealTime(absl::string_view name) {
  int offset = 0;
  const bool from_max = absl::ConsumePrefix(&name, "RTMAX");
  if (!from_max) absl::ConsumePrefix(&name, "RTMIN");
  // Its sign included; "" leaves 0.
  if (!absl::SimpleAtoi(name, &offset)) offset = 0;
  return (from_max ? SIGRTMAX : SIGRTMIN) + offset;
}

}  // namespace

absl::StatusOr<int> StopSignalNumber(absl::string_view signal) {
  if (signal.empty()) return SIGTERM;
  ABSL_RETURN_IF_ERROR(ValidateSignal(signal));
  int number = 0;
  if (absl::SimpleAtoi(signal, &number)) return number;
  const std::string upper = absl::AsciiStrToUpper(signal);
  const absl::string_view name = absl::StripPrefix(upper, "SIG");
  for (const auto& [alias, of] : kAliases) {
    if (name == alias) return of;
  }
  for (number = 1; number < SIGSYS + 1; ++number) {
    const char* known = sigabbrev_np(number);
    if (known != nullptr && name == known) return number;
  }
  return RealTime(name);
}

}  // namespace rules_dockerfile
