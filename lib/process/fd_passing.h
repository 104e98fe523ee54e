#ifndef LIB_PROCESS_FD_PASSING_H_
#define LIB_PROCESS_FD_PASSING_H_

#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Sends a copy of `fd` over a Unix socket; false if the other end is gone.
bool SendFd(int socket, int fd);

// Receives one; none if the other end was closed without sending.
UniqueFd ReceiveFd(int socket);

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_FD_PASSING_H_
