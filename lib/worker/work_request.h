#ifndef LIB_WORKER_WORK_REQUEST_H_
#define LIB_WORKER_WORK_REQUEST_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Messages between Bazel and a persistent worker: Bazel's worker_protocol.proto
// in the wire format of Protocol Buffers, each after its length
// (https://bazel.build/remote/creating). Bazel needs several times as long to
// write the same in JSON, and a COPY of 100 000 files has as many inputs.

struct WorkRequest {
  int32_t id = 0;
  bool cancel = false;                 // the request `id`; the rest is empty
  std::string sandbox_dir;             // where to run; "" is here
  std::vector<std::string> arguments;  // param files expanded, not unescaped
  // The digests of inputs by path, as Bazel writes them: the same text means
  // the same bytes.
  std::map<std::string, std::string> digests;
  absl::Status status;  // not ok: malformed, except for `id`
};

enum class InputDigests { kIgnore, kKeep };

// Parses a message without its length. kIgnore skips the digests of inputs,
// which may be many. InvalidArgument `work request: malformed message`, `work
// request: field 1: expected text, got a number`: WorkRequest::status if the id
// was before that, so that this request alone fails, else the returned status.
absl::StatusOr<WorkRequest> ParseWorkRequest(
    absl::string_view message, InputDigests digests = InputDigests::kIgnore);

struct WorkResponse {
  int32_t id = 0;
  int exit_code = 0;
  bool was_cancelled = false;
  std::string output;  // what is not UTF-8 becomes U+FFFD
};

// The response after its length.
std::string WorkResponseMessage(const WorkResponse& response);

}  // namespace rules_dockerfile

#endif  // LIB_WORKER_WORK_REQUEST_H_
