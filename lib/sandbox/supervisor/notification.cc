#include "lib/sandbox/supervisor/notification.h"

#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstdint>

namespace rules_dockerfile {

namespace {

int Add(int listener_fd, uint64_t notification_id, int fd, bool close_on_exec,
        uint32_t flags) {
  seccomp_notif_addfd request = {};
  request.id = notification_id;
  request.flags = flags;
  request.srcfd = static_cast<uint32_t>(fd);
  request.newfd_flags = close_on_exec ? O_CLOEXEC : 0;
  return ioctl(listener_fd, SECCOMP_IOCTL_NOTIF_ADDFD, &request);
}

}  // namespace

int AddDescriptor(int listener_fd, uint64_t notification_id, int fd,
                  bool close_on_exec) {
  return Add(listener_fd, notification_id, fd, close_on_exec, 0);
}

Answer SendDescriptor(int listener_fd, uint64_t notification_id, int fd,
                      bool close_on_exec) {
  if (Add(listener_fd, notification_id, fd, close_on_exec,
          SECCOMP_ADDFD_FLAG_SEND) < 0) {
    return Answer::Error(errno);
  }
  return Answer::Sent();
}

}  // namespace rules_dockerfile
