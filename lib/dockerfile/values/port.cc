#include "lib/dockerfile/values/port.h"

#include <arpa/inet.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace rules_dockerfile {
namespace {

// Ports [first, last].
struct PortRange {
  int first = 0;
  int last = 0;
};

std::optional<int> ParsePort(absl::string_view text) {
  uint32_t port = 0;
  if (text.empty() || !absl::ascii_isdigit(text.front()) ||
      !absl::SimpleAtoi(text, &port) || port > 65535) {
    return std::nullopt;
  }
  return static_cast<int>(port);
}

std::optional<PortRange> ParsePortRange(absl::string_view text) {
  const size_t dash = text.find('-');
  const std::optional<int> first = ParsePort(text.substr(0, dash));
  const std::optional<int> last = dash == absl::string_view::npos
                                      ? first
                                      : ParsePort(text.substr(dash + 1));
  if (!first.has_value() || !last.has_value() || *first > *last) {
    return std::nullopt;
  }
  return PortRange{*first, *last};
}

bool IsIpAddress(absl::string_view text) {
  if (absl::ConsumePrefix(&text, "[") && !absl::ConsumeSuffix(&text, "]")) {
    return false;
  }
  unsigned char address[sizeof(in6_addr)];
  const std::string copy(text);
  return inet_pton(AF_INET, copy.c_str(), address) == 1 ||
         inet_pton(AF_INET6, copy.c_str(), address) == 1;
}

// Removes what follows the last colon, and the colon, from the end of `text`.
absl::string_view TakeLastPart(absl::string_view& text) {
  const size_t colon = text.rfind(':');
  if (colon == absl::string_view::npos) {
    const absl::string_view part = text;
    text = "";
    return part;
  }
  const absl::string_view part = text.substr(colon + 1);
  text = text.substr(0, colon);
  return part;
}

absl::Status Invalid(absl::string_view what, absl::string_view text) {
  return absl::InvalidArgumentError(absl::StrCat("invalid ", what, ": ", text));
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ParsePorts(absl::string_view word) {
  const size_t slash = word.find('/');
  absl::string_view rest = word.substr(0, slash);
  if (rest.empty() || rest.back() == ':') {
    return Invalid("port", absl::StrCat("\"", word, "\": no port specified"));
  }
  const std::string protocol =
      slash == absl::string_view::npos || slash + 1 == word.size()
          ? "tcp"
          : absl::AsciiStrToLower(word.substr(slash + 1));
  if (protocol != "tcp" && protocol != "udp" && protocol != "sctp") {
    return Invalid("port", absl::StrCat("\"", word, "\": invalid proto: ",
                                        word.substr(slash + 1)));
  }
  const absl::string_view container = TakeLastPart(rest);
  const absl::string_view host = TakeLastPart(rest);
  if (!rest.empty() && !IsIpAddress(rest)) return Invalid("IP address", rest);
  const std::optional<PortRange> ports = ParsePortRange(container);
  if (!ports.has_value()) return Invalid("containerPort", container);
  if (!host.empty()) {
    const std::optional<PortRange> host_ports = ParsePortRange(host);
    if (!host_ports.has_value()) return Invalid("hostPort", host);
    if (ports->first != ports->last &&
        ports->last - ports->first != host_ports->last - host_ports->first) {
      return Invalid("ranges specified for container and host Ports",
                     absl::StrCat(container, " and ", host));
    }
  }
  std::vector<std::string> expanded;
  for (int port = ports->first; port <= ports->last; ++port) {
    expanded.push_back(absl::StrCat(port, "/", protocol));
  }
  return expanded;
}

}  // namespace rules_dockerfile
