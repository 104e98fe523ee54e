#include "lib/sandbox/supervisor/notification.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>

namespace rules_dockerfile {

Answer SendDescriptor(int listener_fd, uint64_t notification_id, int fd,
                      bool close_on_exec) {
  seccomp_notif_addfd request = {};
  request.id = notification_id;
  request.flags = SECCOMP_ADDFD_FLAG_SEND;
  request.srcfd = static_cast<uint32_t>(fd);
  request.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  if (ioctl(listener_fd, SECCOMP_IOCTL_NOTIF_ADDFD, &request) < 0) {
    return Answer::Error(errno);
  }
  return Answer::Sent();
}

}  // namespace rules_dockerfile
