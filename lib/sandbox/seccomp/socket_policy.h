#ifndef LIB_SANDBOX_SECCOMP_SOCKET_POLICY_H_
#define LIB_SANDBOX_SECCOMP_SOCKET_POLICY_H_

#include <vector>

#include "lib/sandbox/seccomp/seccomp_program.h"

namespace rules_dockerfile {

// The sockets of a RUN, as a list of what is allowed: AF_UNIX, AF_INET,
// AF_INET6, and AF_NETLINK of NETLINK_ROUTE. These belong to a network
// namespace, or to the files of the rootfs. All else reaches the host (AF_VSOCK
// its hypervisor; NETLINK_AUDIT, NETLINK_KOBJECT_UEVENT, AF_ALG its kernel) or
// is of no use in a build (AF_PACKET, AF_XDP, AF_BLUETOOTH, …). The errors are
// those of a kernel without them, EAFNOSUPPORT and EPROTONOSUPPORT, and not
// EPERM: useradd and PAM continue without the audit system on this error, and
// give up on EPERM.

// 0, or the errno with which socket(2) and socketpair(2) fail. `type` may have
// the flags of socket(2).
int CheckSocket(int family, int type, int protocol);

// The same as rules for the system call `number`, whose arguments are these
// three. They decide all calls of that number.
std::vector<SeccompRule> SocketRules(int number);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SECCOMP_SOCKET_POLICY_H_
