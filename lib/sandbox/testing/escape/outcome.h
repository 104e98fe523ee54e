#ifndef LIB_SANDBOX_TESTING_ESCAPE_OUTCOME_H_
#define LIB_SANDBOX_TESTING_ESCAPE_OUTCOME_H_

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "lib/sandbox/testing/escape/attempt.h"

namespace rules_dockerfile {

// The outcome of an attempt that is not possible on this host or kernel.
inline constexpr char kNotHere[] = "not on this host";

// The name of the error after a system call that failed, `success` after one
// that did not.
std::string Outcome(long result, const std::string& success = "ESCAPED");

// The different outcomes of one attempt on many things, sorted; if one of them
// escaped, that one alone.
class Outcomes {
 public:
  void Add(const std::string& outcome) { outcomes_.insert(outcome); }
  // `none` if there was nothing to try.
  std::string Text(const std::string& none) const;

 private:
  std::set<std::string> outcomes_;
};

// The processes that /proc shows but this one and its parent, which is the
// probe too.
std::vector<int> OtherProcesses();
// Tries `attempt` on each of them.
std::string ForOtherProcesses(
    const std::function<std::string(const std::string& proc)>& attempt);

// "ESCAPED" with the path if the file is the marker.
std::string ReadMarker(const std::string& path);

// Whether the paths are of one file.
bool SameFile(const std::string& a, const std::string& b);

// The contents of a file; "" if it cannot be read.
std::string Contents(const std::string& path);

// The names in a directory but `.` and `..`, sorted; false if it cannot be
// read.
bool List(const std::string& path, std::vector<std::string>& names);

// Opens every regular file below `directory` for writing, without following
// links, and writes no byte to it. Names the first that takes that.
std::string OpenAllForWriting(const std::string& directory,
                              const std::set<std::string>& except = {});

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_ESCAPE_OUTCOME_H_
