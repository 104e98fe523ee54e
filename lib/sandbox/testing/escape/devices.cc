// Devices of the host.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <set>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

// Whether the open file is not a device, whatever a supervisor says.
bool IsFile(int fd) { return lseek(fd, 0, SEEK_DATA) < 0 && errno == ENXIO; }

// With emulated ids a node is a file without contents; on some file systems
// none can be created.
std::string OpenNode(const std::string& path, mode_t type, dev_t device) {
  unlink(path.c_str());
  if (mknod(path.c_str(), type | 0666, device) < 0) {
    return "no device";
  }
  const int fd = open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  char byte;
  std::string outcome = "no device";
  if (fd >= 0 && (read(fd, &byte, 1) != 0 || !IsFile(fd))) {
    outcome = "ESCAPED: " + path;
  } else if (fd < 0 && errno != EACCES) {
    // The device itself was asked.
    outcome = "ESCAPED: " + path + " gives " + Outcome(-1);
  }
  close(fd);
  unlink(path.c_str());
  return outcome;
}

// On each file system that can be written.
std::string OpenDevice(mode_t type, int major, int minor) {
  Outcomes outcomes;
  for (const char* directory : {"", "/dev", "/dev/shm", "/data"}) {
    outcomes.Add(OpenNode(std::string(directory) + "/escape_node", type,
                          makedev(major, minor)));
  }
  return outcomes.Text("none");
}

std::string Disk(const Target& target) {
  return OpenDevice(S_IFBLK, target.disk_major, target.disk_minor);
}
std::string Memory(const Target&) { return OpenDevice(S_IFCHR, 1, 1); }
std::string Ports(const Target&) { return OpenDevice(S_IFCHR, 1, 4); }
std::string Kmsg(const Target&) { return OpenDevice(S_IFCHR, 1, 11); }
std::string Fuse(const Target&) { return OpenDevice(S_IFCHR, 10, 229); }
std::string Loop(const Target&) { return OpenDevice(S_IFCHR, 10, 237); }
std::string Tun(const Target&) { return OpenDevice(S_IFCHR, 10, 200); }
std::string Kvm(const Target&) { return OpenDevice(S_IFCHR, 10, 232); }
std::string Console(const Target&) { return OpenDevice(S_IFCHR, 5, 1); }

// The nodes below `directory`, except for links.
void FindNodes(const std::string& directory, std::set<std::string>& found) {
  std::vector<std::string> names;
  List(directory, names);
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    struct stat info;
    if (lstat(path.c_str(), &info) < 0) continue;
    if (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)) found.insert(path);
    if (S_ISDIR(info.st_mode)) FindNodes(path, found);
  }
}

std::string NodesOfDev(const Target&) {
  std::set<std::string> found;
  FindNodes("/dev", found);
  for (const char* known :
       {"/dev/full", "/dev/null", "/dev/random", "/dev/tty", "/dev/urandom",
        "/dev/zero", "/dev/pts/ptmx", "/dev/pts/0"}) {
    found.erase(known);
  }
  return found.empty() ? "those of a container" : "ESCAPED: " + *found.begin();
}

#if defined(__x86_64__)
std::string Ioperm(const Target&) {
  return Outcome(syscall(SYS_ioperm, 0x80, 1, 1));
}
std::string Iopl(const Target&) { return Outcome(syscall(SYS_iopl, 3)); }
#else
std::string Ioperm(const Target&) { return kNotHere; }
std::string Iopl(const Target&) { return kNotHere; }
#endif

}  // namespace

const Attempts& DeviceAttempts() {
  static const Attempts attempts = {
      {"device_nodes", NodesOfDev},
      {"device_disk", Disk},
      {"device_mem", Memory},
      {"device_port", Ports},
      {"device_kmsg", Kmsg},
      {"device_fuse", Fuse},
      {"device_loop_control", Loop},
      {"device_tun", Tun},
      {"device_kvm", Kvm},
      {"device_console", Console},
      {"ioperm", Ioperm},
      {"iopl", Iopl},
  };
  return attempts;
}

}  // namespace rules_dockerfile
