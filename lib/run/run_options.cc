#include "lib/run/run_options.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/run/run_layer.h"
#include "lib/sandbox/machine/shown_machine.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMaxMemory = int64_t{1} << 40;  // MiB

absl::Status WrongValue(absl::string_view flag, absl::string_view value,
                        absl::string_view want) {
  return absl::InvalidArgumentError(
      absl::StrCat("--", flag, "=\"", value, "\": expected ", want));
}

}  // namespace

absl::StatusOr<SandboxNetwork> ParseSandboxNetwork(absl::string_view value) {
  if (value == "none") return SandboxNetwork::kNone;
  if (value == "host") return SandboxNetwork::kHost;
  return WrongValue("network", value, "none or host");
}

absl::StatusOr<std::optional<SandboxMode>> ParseSandboxMode(
    absl::string_view value) {
  if (value == "auto") return std::nullopt;
  if (value == "real") return SandboxMode::kReal;
  if (value == "mapped") return SandboxMode::kMapped;
  if (value == "chroot") return SandboxMode::kChroot;
  if (value == "emulated") return SandboxMode::kEmulated;
  return WrongValue("mode", value, "auto, real, mapped, emulated or chroot");
}

absl::StatusOr<RunClock> ParseRunClock(absl::string_view value) {
  if (value == "auto") return RunClock::kAuto;
  if (value == "real") return RunClock::kReal;
  if (value == "fake") return RunClock::kFake;
  return WrongValue("clock", value, "auto, real or fake");
}

absl::StatusOr<int> CheckProcessors(int value) {
  if (value >= 0 && value <= kMaxShownProcessors) return value;
  return WrongValue("processors", absl::StrCat(value),
                    absl::StrCat("0 to ", kMaxShownProcessors));
}

absl::StatusOr<int64_t> CheckMemory(int64_t mebibytes) {
  if (mebibytes >= 0 && mebibytes <= kMaxMemory) return mebibytes << 20;
  return WrongValue("memory", absl::StrCat(mebibytes),
                    absl::StrCat("0 to ", kMaxMemory, " MiB"));
}

absl::StatusOr<HostAddress> ParseHostAddress(absl::string_view value) {
  const size_t equals = value.find('=');
  const absl::string_view name = value.substr(0, equals);
  if (equals == absl::string_view::npos || name.empty() ||
      name.find_first_of(" \t\r\n#") != absl::string_view::npos) {
    return absl::InvalidArgumentError(
        absl::StrCat("bad format for add-host: \"", value, "\""));
  }
  absl::string_view written = value.substr(equals + 1);
  if (absl::ConsumePrefix(&written, "[") &&
      !absl::ConsumeSuffix(&written, "]")) {
    written = "";
  }
  const std::string address(written);
  for (const int family : {AF_INET, AF_INET6}) {
    unsigned char bytes[sizeof(in6_addr)];
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(family, address.c_str(), bytes) == 1 &&
        inet_ntop(family, bytes, text, sizeof(text)) != nullptr) {
      return HostAddress{.name = std::string(name), .address = text};
    }
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "invalid IP address in add-host: \"", value.substr(equals + 1), "\""));
}

}  // namespace rules_dockerfile
