// What listens outside, and sockets that no network namespace holds.

#include <linux/netlink.h>
#include <linux/vm_sockets.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <map>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

std::string Connect(int family, const void* address, socklen_t size) {
  const int fd = socket(family, SOCK_STREAM, 0);
  if (fd < 0) return "socket " + Outcome(-1);
  return Outcome(connect(fd, static_cast<const sockaddr*>(address), size),
                 "ESCAPED: connected");
}

std::string AbstractSocket(const Target& target) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  target.abstract_name.copy(address.sun_path + 1, sizeof address.sun_path - 1);
  return Connect(AF_UNIX, &address,
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 +
                                        target.abstract_name.size()));
}

std::string FileSocket(const Target& target) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  target.socket.copy(address.sun_path, sizeof address.sun_path - 1);
  return Connect(AF_UNIX, &address, sizeof address);
}

std::string TcpLoopback(const Target& target) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(target.port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Connect(AF_INET, &address, sizeof address);
}

// To the hypervisor, and to other virtual machines on it.
std::string Vsock(const Target&) {
  Outcomes outcomes;
  for (const unsigned cid :
       {VMADDR_CID_HYPERVISOR, VMADDR_CID_LOCAL, VMADDR_CID_HOST}) {
    sockaddr_vm address = {};
    address.svm_family = AF_VSOCK;
    address.svm_port = 1;
    address.svm_cid = cid;
    const int fd = socket(AF_VSOCK, SOCK_STREAM, 0);
    if (fd < 0) {
      outcomes.Add(Outcome(-1));
      continue;
    }
    outcomes.Add("ESCAPED: asked, " +
                 Outcome(connect(fd, reinterpret_cast<sockaddr*>(&address),
                                 sizeof address),
                         "connected"));
  }
  return outcomes.Text("none");
}

// The families of which a socket can be made; others than those of Docker's
// users have much of the kernel behind them, or no namespace.
std::string Families(const Target&) {
  static const std::map<int, std::string> harmless = {{AF_UNIX, "unix"},
                                                      {AF_INET, "inet"},
                                                      {AF_INET6, "inet6"},
                                                      {AF_NETLINK, "netlink"}};
  Outcomes outcomes;
  for (int family = 0; family < 64; ++family) {
    for (const int type :
         {SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_RDM}) {
      const int fd = socket(family, type, 0);
      if (fd < 0) continue;
      close(fd);
      const auto known = harmless.find(family);
      outcomes.Add(known != harmless.end()
                       ? known->second
                       : "ESCAPED: family " + std::to_string(family));
    }
  }
  return outcomes.Text("none");
}

std::string OfFamily(int family, int type, int protocol) {
  return Outcome(socket(family, type, protocol));
}

std::string Packet(const Target&) {
  Outcomes outcomes;
  for (const int type : {SOCK_RAW, SOCK_DGRAM, SOCK_PACKET}) {
    outcomes.Add(OfFamily(AF_PACKET, type, 0));
  }
  // The kernel takes this for AF_PACKET.
  outcomes.Add(OfFamily(AF_INET, SOCK_PACKET, 0));
  return outcomes.Text("none");
}

std::string Xdp(const Target&) { return OfFamily(AF_XDP, SOCK_RAW, 0); }
std::string Alg(const Target&) { return OfFamily(AF_ALG, SOCK_SEQPACKET, 0); }

std::string Pairs(const Target&) {
  Outcomes outcomes;
  int ends[2];
  for (const int family : {AF_VSOCK, AF_TIPC, AF_PACKET}) {
    outcomes.Add(Outcome(socketpair(family, SOCK_STREAM, 0, ends)));
  }
  return outcomes.Text("none");
}

std::string Audit(const Target&) {
  Outcomes outcomes;
  for (const int type : {SOCK_RAW, SOCK_DGRAM}) {
    outcomes.Add(OfFamily(AF_NETLINK, type, NETLINK_AUDIT));
  }
  return outcomes.Text("none");
}

std::string Netlink(const Target&) {
  Outcomes outcomes;
  for (const int protocol :
       {NETLINK_SELINUX, NETLINK_ISCSI, NETLINK_SCSITRANSPORT, NETLINK_RDMA,
        NETLINK_CRYPTO, NETLINK_ECRYPTFS, NETLINK_CONNECTOR}) {
    const int fd = socket(AF_NETLINK, SOCK_RAW, protocol);
    outcomes.Add(
        fd < 0 && errno == EPROTONOSUPPORT
            ? "EPERM"  // a kernel has not all
            : Outcome(fd, "ESCAPED: protocol " + std::to_string(protocol)));
  }
  return outcomes.Text("none");
}

// Events of devices, which expose the host and can be forged.
std::string Uevents(const Target&) {
  const int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT);
  if (fd < 0) return Outcome(-1);
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_groups = 1;
  return Outcome(
      bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address),
      "of its own network");
}

}  // namespace

const Attempts& SocketAttempts() {
  static const Attempts attempts = {
      {"socket_families", Families}, {"socket_abstract", AbstractSocket},
      {"socket_file", FileSocket},   {"socket_tcp_loopback", TcpLoopback},
      {"socket_vsock", Vsock},       {"socket_packet", Packet},
      {"socket_xdp", Xdp},           {"socket_alg", Alg},
      {"socket_pairs", Pairs},       {"netlink_audit", Audit},
      {"netlink_machine", Netlink},  {"netlink_uevents", Uevents},
  };
  return attempts;
}

}  // namespace rules_dockerfile
