#ifndef LIB_WORKER_TEST_WORKER_H_
#define LIB_WORKER_TEST_WORKER_H_

#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/json/json.h"
#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// A tool as Bazel runs it: a process of `--persistent_worker`.
class TestWorker {
 public:
  // `arguments` come before that. Standard error goes to the file `errors`.
  TestWorker(const std::string& tool, const std::string& errors,
             const std::vector<std::string>& arguments = {});
  TestWorker(const TestWorker&) = delete;
  TestWorker& operator=(const TestWorker&) = delete;
  ~TestWorker();  // kills it

  pid_t pid() const { return pid_; }

  // Sends bytes as they are; false if nobody reads them.
  bool Write(const std::string& bytes);

  // Sends a request with these members, named as in Bazel's JSON.
  bool Send(const Json& request);

  // The next response, as JSON; null if none comes within a minute.
  Json Receive();

  void CloseInput() { input_.Close(); }

  // Waits for its end; its status as of waitpid(2).
  int Wait();

 private:
  pid_t pid_ = 0;
  UniqueFd input_;
  UniqueFd output_;
  std::string received_;
};

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_TEST_WORKER_H_
