// What the host's processes share by name.

#include <fcntl.h>
#include <mqueue.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include <string>

#include "lib/sandbox/testing/escape/attempt.h"
#include "lib/sandbox/testing/escape/outcome.h"

namespace rules_dockerfile {
namespace {

std::string SharedMemory(const Target& target) {
  return Outcome(shmget(target.shm_key, 0, 0));
}

std::string SharedMemoryById(const Target& target) {
  const void* at = shmat(target.shm_id, nullptr, SHM_RDONLY);
  return Outcome(at == reinterpret_cast<void*>(-1) ? -1 : 0);
}

std::string SharedMemoryList(const Target&) {
  shm_info info;
  const int last = shmctl(0, SHM_INFO, reinterpret_cast<shmid_ds*>(&info));
  if (last < 0) return Outcome(-1);
  return info.used_ids == 0 ? "none" : "ESCAPED";
}

std::string MessageQueue(const Target& target) {
  return Outcome(mq_open(target.queue.c_str(), O_RDONLY));
}

}  // namespace

const Attempts& IpcAttempts() {
  static const Attempts attempts = {
      {"shmget", SharedMemory},
      {"shmat", SharedMemoryById},
      {"shm_list", SharedMemoryList},
      {"mq_open", MessageQueue},
  };
  return attempts;
}

}  // namespace rules_dockerfile
