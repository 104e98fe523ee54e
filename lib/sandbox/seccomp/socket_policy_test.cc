#include "lib/sandbox/seccomp/socket_policy.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>
#include <ostream>
#include <vector>

#include "gtest/gtest.h"
#include "lib/sandbox/seccomp/seccomp_interpreter.h"
#include "lib/sandbox/seccomp/seccomp_program.h"

namespace rules_dockerfile {
namespace {

constexpr int kNumber = 41;

struct SocketCase {
  const char* name;
  int family;
  int type;
  int protocol;
  int error;
};

void PrintTo(const SocketCase& test, std::ostream* out) { *out << test.name; }

class SocketPolicyTest : public testing::TestWithParam<SocketCase> {};

TEST_P(SocketPolicyTest, Decides) {
  const SocketCase& test = GetParam();
  EXPECT_EQ(CheckSocket(test.family, test.type, test.protocol), test.error);
}

INSTANTIATE_TEST_SUITE_P(
    Sockets, SocketPolicyTest,
    testing::ValuesIn(std::vector<SocketCase>{
        {"Unix", AF_UNIX, SOCK_STREAM, 0, 0},
        {"UnixCloseOnExec", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, 0},
        {"Tcp", AF_INET, SOCK_STREAM | SOCK_NONBLOCK, IPPROTO_TCP, 0},
        {"Tcp6", AF_INET6, SOCK_STREAM, 0, 0},
        {"RawPing", AF_INET, SOCK_RAW, IPPROTO_ICMP, 0},
        {"Ping", AF_INET, SOCK_DGRAM, IPPROTO_ICMP, 0},
        {"Routes", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE, 0},
        {"Audit", AF_NETLINK, SOCK_RAW, NETLINK_AUDIT, EPROTONOSUPPORT},
        {"Uevents", AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT,
         EPROTONOSUPPORT},
        {"SocketsOfTheHost", AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG,
         EPROTONOSUPPORT},
        {"GenericNetlink", AF_NETLINK, SOCK_RAW, NETLINK_GENERIC,
         EPROTONOSUPPORT},
        {"Unspecified", AF_UNSPEC, SOCK_STREAM, 0, EAFNOSUPPORT},
        {"Hypervisor", AF_VSOCK, SOCK_STREAM, 0, EAFNOSUPPORT},
        {"Packets", AF_PACKET, SOCK_RAW, 0, EAFNOSUPPORT},
        {"PacketsAsBefore", AF_INET, SOCK_PACKET, 0, EAFNOSUPPORT},
        {"PacketsAsBeforeWithFlags", AF_INET, SOCK_PACKET | SOCK_CLOEXEC, 3,
         EAFNOSUPPORT},
        {"ExpressDataPath", AF_XDP, SOCK_RAW, 0, EAFNOSUPPORT},
        {"Crypto", AF_ALG, SOCK_SEQPACKET, 0, EAFNOSUPPORT},
        {"Bluetooth", AF_BLUETOOTH, SOCK_RAW, 0, EAFNOSUPPORT},
        {"Tipc", AF_TIPC, SOCK_RDM, 0, EAFNOSUPPORT},
        {"NoFamily", -1, SOCK_STREAM, 0, EAFNOSUPPORT},
    }),
    [](const auto& info) { return info.param.name; });

TEST(SocketRules, SayWhatCheckSocketSays) {
  const std::vector<sock_filter> program = CompileSeccompProgram(
      std::vector<SeccompTable>{{.architecture = AUDIT_ARCH_X86_64,
                                 .rules = SocketRules(kNumber),
                                 .allowed = {},
                                 .newest = kNumber}});
  const int flags[] = {0, SOCK_CLOEXEC, SOCK_NONBLOCK};
  for (int family = -1; family < 64; ++family) {
    for (int type = 0; type < 12; ++type) {
      for (const int flag : flags) {
        for (int protocol = 0; protocol < 32; ++protocol) {
          seccomp_data data = {};
          data.nr = kNumber;
          data.arch = AUDIT_ARCH_X86_64;
          // The kernel takes ints: high bits count for nothing.
          data.args[0] = uint64_t{1} << 32 | static_cast<uint32_t>(family);
          data.args[1] = uint64_t{1} << 32 | static_cast<uint32_t>(type | flag);
          data.args[2] = uint64_t{1} << 32 | static_cast<uint32_t>(protocol);
          const int error = CheckSocket(family, type | flag, protocol);
          ASSERT_EQ(InterpretSeccompProgram(program, data),
                    error == 0 ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | error)
              << family << " " << type << " " << protocol;
        }
      }
    }
  }
}

}  // namespace
}  // namespace rules_dockerfile
