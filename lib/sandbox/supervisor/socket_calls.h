#ifndef LIB_SANDBOX_SUPERVISOR_SOCKET_CALLS_H_
#define LIB_SANDBOX_SUPERVISOR_SOCKET_CALLS_H_

#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {

// Makes the sockets of 32-bit programs, which call socketcall(2): the C library
// of i386 Debian has no other way. What socket_policy.h allows is read from
// memory that the caller could change meanwhile, so the supervisor, which is in
// the same network namespace, creates the socket itself and hands it over. So
// SO_PEERCRED of such a socketpair names the supervisor.
Answer MakeSocket(int listener_fd, const Notification& call);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_SUPERVISOR_SOCKET_CALLS_H_
