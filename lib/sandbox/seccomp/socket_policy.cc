#include "lib/sandbox/seccomp/socket_policy.h"

#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <vector>

#include "lib/sandbox/seccomp/seccomp_program.h"

namespace rules_dockerfile {
namespace {

using Kind = ArgumentTest::Kind;

constexpr int kFamilies[] = {AF_UNIX, AF_INET, AF_INET6};
constexpr int kNetlinkProtocols[] = {NETLINK_ROUTE};
// SOCK_TYPE_MASK of linux/net.h: the rest are flags.
constexpr uint32_t kTypeMask = 0xf;

template <size_t N>
bool IsIn(const int (&list)[N], int value) {
  return std::find(std::begin(list), std::end(list), value) != std::end(list);
}

// The kernel takes AF_INET of SOCK_PACKET for AF_PACKET: net/socket.c,
// __sock_create().
bool IsOldPacketSocket(int family, int type) {
  return family == AF_INET &&
         (static_cast<uint32_t>(type) & kTypeMask) == SOCK_PACKET;
}

}  // namespace

int CheckSocket(int family, int type, int protocol) {
  if (family == AF_NETLINK) {
    return IsIn(kNetlinkProtocols, protocol) ? 0 : EPROTONOSUPPORT;
  }
  if (IsOldPacketSocket(family, type)) return EAFNOSUPPORT;
  return IsIn(kFamilies, family) ? 0 : EAFNOSUPPORT;
}

std::vector<SeccompRule> SocketRules(int number) {
  const uint32_t no_family = SECCOMP_RET_ERRNO | EAFNOSUPPORT;
  std::vector<SeccompRule> rules = {
      {number,
       no_family,
       {{0, Kind::kEqual, AF_INET},
        {1, Kind::kEqual, SOCK_PACKET, kTypeMask}}}};
  for (const int family : kFamilies) {
    rules.push_back({number,
                     SECCOMP_RET_ALLOW,
                     {{0, Kind::kEqual, static_cast<uint32_t>(family)}}});
  }
  for (const int protocol : kNetlinkProtocols) {
    rules.push_back({number,
                     SECCOMP_RET_ALLOW,
                     {{0, Kind::kEqual, AF_NETLINK},
                      {2, Kind::kEqual, static_cast<uint32_t>(protocol)}}});
  }
  rules.push_back({number,
                   SECCOMP_RET_ERRNO | EPROTONOSUPPORT,
                   {{0, Kind::kEqual, AF_NETLINK}}});
  rules.push_back({number, no_family});
  return rules;
}

}  // namespace rules_dockerfile
