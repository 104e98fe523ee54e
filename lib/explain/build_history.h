#ifndef LIB_EXPLAIN_BUILD_HISTORY_H_
#define LIB_EXPLAIN_BUILD_HISTORY_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/image_steps.h"

namespace rules_dockerfile {

// What an action had when it ran, or when a cache had its result.
struct StepRecord {
  LoggedFiles inputs;
  LoggedFiles tools;
  LoggedFiles outputs;
  // The lines of its param file; empty if they are not known. A proxy has a
  // digest as its value, here and in the environment.
  std::vector<std::string> flags;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::string> platform;
  bool failed = false;

  friend bool operator==(const StepRecord&, const StepRecord&) = default;
};

// What is known of the builds of an image up to one of them.
struct ImageRecord {
  ImageSteps image;                           // as of that build
  std::map<std::string, StepRecord> records;  // by the first output of the step

  friend bool operator==(const ImageRecord&, const ImageRecord&) = default;
};

// What is kept from one explanation to the next: the digest of the log that was
// explained last, and what was known before and after that build. So the same
// log can be explained again.
struct BuildHistory {
  std::string log;
  ImageRecord before;
  ImageRecord after;

  friend bool operator==(const BuildHistory&, const BuildHistory&) = default;
};

// The text of a history, and back; Parse(ToText(x)) == x.
std::string BuildHistoryToText(const BuildHistory& history);
absl::StatusOr<BuildHistory> ParseBuildHistory(absl::string_view text);

// The spawn of each step of `image` in a log, by the first output of the step;
// the last one if there are several.
std::map<std::string, const LoggedSpawn*> SpawnsOfSteps(
    const ImageSteps& image, const ExecutionLog& log);

// Returns what is known after a build. A file `*.params` among the inputs is
// read below `execution_root` ("" for none) if it still has the logged digest.
ImageRecord RecordBuild(const ImageRecord& before, const ImageSteps& image,
                        const ExecutionLog& log,
                        const std::string& execution_root);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_BUILD_HISTORY_H_
