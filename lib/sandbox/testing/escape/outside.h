#ifndef LIB_SANDBOX_TESTING_ESCAPE_OUTSIDE_H_
#define LIB_SANDBOX_TESTING_ESCAPE_OUTSIDE_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// What an escape probe reaches for, made for real outside of its sandbox: a
// marker file and one in /dev/shm, a process, listening sockets, shared memory,
// a message queue. They stay open across fork(2) and execve(2), as what a
// careless caller leaves open: with them the directory "/". All goes with the
// object.
class Outside {
 public:
  Outside();
  Outside(const Outside&) = delete;
  ~Outside();

  // The arguments of the probe: see Target.
  std::vector<std::string> Arguments() const;

  const std::string& marker() const { return marker_; }

  // What was reached or changed since, one per line; "" if nothing.
  std::string Touched() const;

 private:
  void MakeMarkers();
  void StartProcess();
  void Listen();
  void MakeIpc();

  std::string marker_, shm_marker_, socket_path_, abstract_name_, queue_;
  std::string machine_;  // settings of the host
  struct stat marker_info_ = {};
  struct stat program_info_ = {};
  pid_t pid_ = -1;
  int priority_ = 0;
  int port_ = 0;
  int shm_key_ = 0;
  int shm_id_ = -1;
  UniqueFd top_, socket_, abstract_, tcp_;
};

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_ESCAPE_OUTSIDE_H_
