#include "lib/dockerfile/values/port.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

struct PortCase {
  const char* name;
  const char* word;
  std::vector<std::string> ports;
};

class PortTest : public testing::TestWithParam<PortCase> {};

TEST_P(PortTest, IsParsed) {
  EXPECT_THAT(ParsePorts(GetParam().word), IsOkAndHolds(GetParam().ports));
}

INSTANTIATE_TEST_SUITE_P(
    Ports, PortTest,
    testing::ValuesIn<PortCase>({
        {"Plain", "80", {"80/tcp"}},
        {"Udp", "53/UDP", {"53/udp"}},
        {"Sctp", "9/sctp", {"9/sctp"}},
        {"EmptyProtocol", "80/", {"80/tcp"}},
        {"Zero", "0", {"0/tcp"}},
        {"LeadingZero", "0080", {"80/tcp"}},
        {"Range", "80-82/udp", {"80/udp", "81/udp", "82/udp"}},
        {"HostPort", "8080:80", {"80/tcp"}},
        {"HostRange", "8080-8090:80", {"80/tcp"}},
        {"Address", "127.0.0.1:8080:80", {"80/tcp"}},
        {"AddressOnly", "127.0.0.1::80", {"80/tcp"}},
        {"Ipv6", "[::1]:8080:80/tcp", {"80/tcp"}},
    }),
    [](const auto& info) { return info.param.name; });

struct ErrorCase {
  const char* name;
  const char* word;
  const char* message;
};

class PortErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(PortErrorTest, HasTheFrontendsMessage) {
  EXPECT_THAT(ParsePorts(GetParam().word),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Errors, PortErrorTest,
    testing::ValuesIn<ErrorCase>({
        {"Protocol", "80/foo", "invalid port: \"80/foo\": invalid proto: foo"},
        {"TooLarge", "70000", "invalid containerPort: 70000"},
        {"Word", "http", "invalid containerPort: http"},
        {"Negative", "-1", "invalid containerPort: -1"},
        {"Backwards", "82-80", "invalid containerPort: 82-80"},
        {"HostPort", "x:80", "invalid hostPort: x"},
        {"Address", "localhost:1:80", "invalid IP address: localhost"},
        {"NoPort", "80:", "invalid port: \"80:\": no port specified"},
        {"NoPortOfARange",
         "1234-1235:", "invalid port: \"1234-1235:\": no port specified"},
        {"NoPortButAProtocol", "/tcp",
         "invalid port: \"/tcp\": no port specified"},
        {"Ranges", "1-3:80-81",
         "invalid ranges specified for container and host Ports: 80-81 and "
         "1-3"},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
