#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/explain/build_history.h"
#include "lib/explain/execution_log.h"
#include "lib/explain/explain_build.h"
#include "lib/explain/image_steps.h"

namespace rules_dockerfile {
namespace {

// An image whose steps are the actions of a log.
ImageSteps StepsOf(const ExecutionLog& log) {
  ImageSteps image = {.image = "//:image"};
  for (const LoggedSpawn& spawn : log.spawns) {
    ImageStep step = {.dockerfile = "Dockerfile", .stage = "0", .text = "RUN"};
    for (const auto& [path, digest] : spawn.outputs) {
      step.outputs.push_back(path);
    }
    image.steps.push_back(step);
  }
  return image;
}

// Any bytes are a log whose build can be explained, or an error.
void ExplainsAnyLog(absl::string_view file) {
  const absl::StatusOr<ExecutionLog> log = ReadExecutionLog(file, "D");
  if (!log.ok()) return;
  const ImageRecord after = RecordBuild({}, StepsOf(*log), *log, "");
  ABSL_CHECK(!ExplainBuild({}, after, *log).empty());
  ABSL_CHECK(!ExplainBuild(after, after, *log).empty());
}

// Any text is a history, which is the same when it is written and read again,
// or an error.
void ParsesAnyHistory(absl::string_view text) {
  const absl::StatusOr<BuildHistory> history = ParseBuildHistory(text);
  if (!history.ok()) return;
  const std::string written = BuildHistoryToText(*history);
  const absl::StatusOr<BuildHistory> again = ParseBuildHistory(written);
  ABSL_CHECK_OK(again) << written;
  ABSL_CHECK(*again == *history) << written;
  ABSL_CHECK(!ExplainBuild(history->before, history->after, {}).empty());
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(google-build-using-namespace)
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  ExplainsAnyLog(text);
  // The entries of a compact log.
  StringSink compact;
  ABSL_CHECK_OK(Compress(text, {.codec = Codec::kZstd, .level = 1}, &compact));
  ExplainsAnyLog(compact.contents());
  ParsesAnyHistory(text);
  return 0;
}
