// Runs a program under a fault, and writes a file that says how it ended:
//
//   fault --fault=call:17 --result_out=R -- layer_index --layer=L --index_out=I
//   exit=1 signal=0 orphans=0 calls=212 rss=6200 time=4000
//   openat: Too many open files
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "tools/dev/faults/fault.h"

ABSL_FLAG(std::string, fault, "none",
          "none, kill:MICROSECONDS, ask:MICROSECONDS, call:NUMBER, "
          "call-alone:NUMBER, ask-call:NUMBER, ask-call-alone:NUMBER, "
          "size:BYTES or memory:BYTES");

ABSL_FLAG(std::string, result_out, "", "file to write");

namespace rules_dockerfile {
namespace {

absl::Status Run(const std::vector<std::string>& argv) {
  if (argv.empty()) return absl::InvalidArgumentError("expected a program");
  ABSL_ASSIGN_OR_RETURN(const Fault fault,
                        ParseFault(absl::GetFlag(FLAGS_fault)));
  ABSL_ASSIGN_OR_RETURN(const std::string result_out,
                        RequiredFlag(FLAGS_result_out));
  ABSL_ASSIGN_OR_RETURN(const FaultResult result, RunUnderFault(argv, fault));
  return WriteFile(
      result_out,
      absl::StrCat("exit=", result.exit_code, " signal=", result.signal,
                   " orphans=", result.orphans, " calls=", result.calls,
                   " rss=", result.max_rss, " time=", result.duration, "\n",
                   result.failed, "\n"));
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunToolWithArguments(
      "fault", "Runs a program under a fault.", argc, argv,
      rules_dockerfile::Run);
}
