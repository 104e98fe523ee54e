#include "lib/sandbox/supervisor/socket_calls.h"

#include <linux/net.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdint>

#include "lib/process/unique_fd.h"
#include "lib/sandbox/seccomp/socket_policy.h"
#include "lib/sandbox/supervisor/notification.h"

namespace rules_dockerfile {
namespace {

// The arguments of socket(2) and the first ones of socketpair(2), as 32-bit
// programs lay them down.
struct SocketArguments {
  int32_t family;
  int32_t type;
  int32_t protocol;
};
static_assert(sizeof(SocketArguments) == 12);

bool IsRaw(int type) { return (type & 0xf) == SOCK_RAW; }

Answer MakeOne(int listener_fd, const Notification& call,
               const SocketArguments& arguments) {
  const UniqueFd made(socket(arguments.family, arguments.type | SOCK_CLOEXEC,
                             arguments.protocol));
  if (!made.ok()) return Answer::Error(errno);
  return SendDescriptor(listener_fd, call.id, made.get(),
                        (arguments.type & SOCK_CLOEXEC) != 0);
}

Answer MakePair(int listener_fd, const Notification& call,
                const SocketArguments& arguments) {
  uint32_t place = 0;
  if (!call.target.Read(call.arguments[1] + sizeof arguments, &place,
                        sizeof place)) {
    return Answer::Error(EFAULT);
  }
  int made[2];
  if (socketpair(arguments.family, arguments.type | SOCK_CLOEXEC,
                 arguments.protocol, made) < 0) {
    return Answer::Error(errno);
  }
  const UniqueFd ends[2] = {UniqueFd(made[0]), UniqueFd(made[1])};
  int32_t numbers[2];
  for (int i = 0; i < 2; ++i) {
    numbers[i] = AddDescriptor(listener_fd, call.id, ends[i].get(),
                               (arguments.type & SOCK_CLOEXEC) != 0);
    if (numbers[i] < 0) return Answer::Error(errno);
  }
  return Answer::Error(
      call.target.Write(place, numbers, sizeof numbers) ? 0 : EFAULT);
}

}  // namespace

Answer MakeSocket(int listener_fd, const Notification& call) {
  SocketArguments arguments;
  if (!call.target.Read(call.arguments[1], &arguments, sizeof arguments)) {
    return Answer::Error(EFAULT);
  }
  if (const int error =
          CheckSocket(arguments.family, arguments.type, arguments.protocol);
      error != 0) {
    return Answer::Error(error);
  }
  if (IsRaw(arguments.type) && arguments.family != AF_UNIX &&
      arguments.family != AF_NETLINK &&
      !call.target.Credentials().makes_raw_sockets) {
    return Answer::Error(EPERM);
  }
  return call.Word(0) == SYS_SOCKETPAIR ? MakePair(listener_fd, call, arguments)
                                        : MakeOne(listener_fd, call, arguments);
}

}  // namespace rules_dockerfile
