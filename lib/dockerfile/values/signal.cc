#include "lib/dockerfile/values/signal.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

// signal(7), without the real-time signals.
constexpr absl::string_view kNames[] = {
    "ABRT", "ALRM",   "BUS",  "CHLD",   "CLD",   "CONT", "FPE",  "HUP",  "ILL",
    "INT",  "IO",     "IOT",  "KILL",   "PIPE",  "POLL", "PROF", "PWR",  "QUIT",
    "SEGV", "STKFLT", "STOP", "SYS",    "TERM",  "TRAP", "TSTP", "TTIN", "TTOU",
    "URG",  "USR1",   "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ"};

// "RTMIN", "RTMIN+1" to "+15", "RTMAX", "RTMAX-1" to "-14".
bool IsRealTime(absl::string_view name) {
  int most = 15;
  char sign = '+';
  if (absl::ConsumePrefix(&name, "RTMAX")) {
    most = 14;
    sign = '-';
  } else if (!absl::ConsumePrefix(&name, "RTMIN")) {
    return false;
  }
  if (name.empty()) return true;
  int offset = 0;
  return name.size() > 1 && name[0] == sign && name[1] != '0' &&
         absl::ascii_isdigit(name[1]) &&
         absl::SimpleAtoi(name.substr(1), &offset) && offset <= most;
}

bool IsSignal(absl::string_view signal) {
  int32_t number = 0;
  if (absl::SimpleAtoi(signal, &number)) return number > 0;
  const std::string upper = absl::AsciiStrToUpper(signal);
  const absl::string_view name = absl::StripPrefix(upper, "SIG");
  return IsRealTime(name) || std::find(std::begin(kNames), std::end(kNames),
                                       name) != std::end(kNames);
}

}  // namespace

absl::Status ValidateSignal(absl::string_view signal) {
  if (IsSignal(signal)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("invalid signal: ", signal));
}

}  // namespace rules_dockerfile
