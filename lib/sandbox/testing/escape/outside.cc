#include "lib/sandbox/testing/escape/outside.h"

#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/testing/escape/attempt.h"

namespace rules_dockerfile {
namespace {

// Listens without FD_CLOEXEC, and accepts without waiting.
UniqueFd ListenAt(int family, const void* address, socklen_t size) {
  UniqueFd fd(socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0));
  EXPECT_EQ(bind(fd.get(), static_cast<const sockaddr*>(address), size), 0);
  EXPECT_EQ(listen(fd.get(), 5), 0);
  return fd;
}

UniqueFd ListenUnix(const std::string& name, bool abstract) {
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  const size_t start = abstract ? 1 : 0;
  name.copy(address.sun_path + start, sizeof address.sun_path - 1 - start);
  return ListenAt(AF_UNIX, &address,
                  static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) +
                                         start + name.size()));
}

// What a command could change on the host.
std::string MachineSettings() {
  std::string text;
  for (const char* path :
       {"/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
        "/proc/sys/kernel/domainname", "/proc/sys/kernel/modprobe"}) {
    absl::StrAppend(&text, path, " ", ReadFile(path).value_or("none"), "\n");
  }
  return text;
}

// Major and minor number of the first block device; those of sda without one.
std::pair<int, int> FirstDisk() {
  std::istringstream partitions(ReadFile("/proc/partitions").value_or(""));
  std::string line;
  int major = 8, minor = 0;
  while (std::getline(partitions, line)) {
    if (sscanf(line.c_str(), "%d %d", &major, &minor) == 2) break;
  }
  return {major, minor};
}

bool SameInfo(const struct stat& a, const struct stat& b) {
  return a.st_mode == b.st_mode && a.st_uid == b.st_uid &&
         a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

}  // namespace

Outside::Outside() {
  MakeMarkers();
  StartProcess();
  priority_ = getpriority(PRIO_PROCESS, static_cast<id_t>(pid_));
  Listen();
  MakeIpc();
  machine_ = MachineSettings();
  stat(marker_.c_str(), &marker_info_);
  stat("/proc/self/exe", &program_info_);
}

Outside::~Outside() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  shmctl(shm_id_, IPC_RMID, nullptr);
  mq_unlink(queue_.c_str());
  unlink(shm_marker_.c_str());
  unlink(socket_path_.c_str());
}

void Outside::MakeMarkers() {
  std::string directory = absl::StrCat(testing::TempDir(), "/outsideXXXXXX");
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  marker_ = absl::StrCat(directory, "/marker");
  shm_marker_ = absl::StrCat("/dev/shm/escape_marker_", getpid());
  EXPECT_THAT(WriteFile(marker_, kOutsideSecret), absl_testing::IsOk());
  EXPECT_THAT(WriteFile(shm_marker_, kOutsideSecret), absl_testing::IsOk());
  top_ = UniqueFd(open("/", O_RDONLY | O_DIRECTORY));
}

void Outside::StartProcess() {
  pid_ = fork();
  if (pid_ != 0) return;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  prctl(PR_SET_NAME, kOutsideProcess);
  while (true) pause();
}

void Outside::Listen() {
  // A path that is short enough for a socket's.
  socket_path_ = absl::StrCat("/tmp/escape_socket_", getpid());
  unlink(socket_path_.c_str());
  socket_ = ListenUnix(socket_path_, /*abstract=*/false);
  abstract_name_ = absl::StrCat("escape_", getpid());
  abstract_ = ListenUnix(abstract_name_, /*abstract=*/true);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  tcp_ = ListenAt(AF_INET, &address, sizeof address);
  socklen_t size = sizeof address;
  getsockname(tcp_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
}

void Outside::MakeIpc() {
  shm_key_ = 0x65730000 | (getpid() & 0xffff);
  shm_id_ = shmget(shm_key_, 4096, IPC_CREAT | 0666);
  EXPECT_GE(shm_id_, 0);
  queue_ = absl::StrCat("/escape_", getpid());
  // A kernel may have been built without.
  const mqd_t queue = mq_open(queue_.c_str(), O_CREAT | O_RDWR, 0666, nullptr);
  if (queue >= 0) mq_close(queue);
}

std::vector<std::string> Outside::Arguments() const {
  const auto [major, minor] = FirstDisk();
  return {absl::StrCat("marker=", marker_),
          absl::StrCat("shm_marker=", shm_marker_),
          absl::StrCat("pid=", pid_),
          absl::StrCat("socket=", socket_path_),
          absl::StrCat("abstract=", abstract_name_),
          absl::StrCat("port=", port_),
          absl::StrCat("shm_key=", shm_key_),
          absl::StrCat("shm_id=", shm_id_),
          absl::StrCat("queue=", queue_),
          absl::StrCat("disk_major=", major),
          absl::StrCat("disk_minor=", minor)};
}

std::string Outside::Touched() const {
  std::string touched;
  const auto report = [&](bool is, const char* what) {
    if (is) absl::StrAppend(&touched, what, "\n");
  };
  struct stat info = {};
  stat(marker_.c_str(), &info);
  report(!SameInfo(info, marker_info_) ||
             ReadFile(marker_).value_or("") != kOutsideSecret,
         "the marker was changed");
  stat("/proc/self/exe", &info);
  report(!SameInfo(info, program_info_), "the program itself was changed");
  int status = 0;
  report(waitpid(pid_, &status, WNOHANG | WUNTRACED) != 0,
         "the process was stopped or ended");
  report(getpriority(PRIO_PROCESS, static_cast<id_t>(pid_)) != priority_,
         "the process has another priority");
  for (const UniqueFd* fd : {&socket_, &abstract_, &tcp_}) {
    const UniqueFd accepted(accept(fd->get(), nullptr, nullptr));
    report(accepted.ok(), "a listener got a connection");
  }
  report(MachineSettings() != machine_, "the machine was changed");
  return touched;
}

}  // namespace rules_dockerfile
