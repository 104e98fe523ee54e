#include "lib/worker/work_request.h"

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/proto_reader.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

using Field = ProtoReader::Field;

// Message WorkRequest.
constexpr uint64_t kArgument = 1;
constexpr uint64_t kInput = 2;
constexpr uint64_t kRequestId = 3;
constexpr uint64_t kCancel = 4;
constexpr uint64_t kSandboxDir = 6;
// Message Input.
constexpr uint64_t kPath = 1;
constexpr uint64_t kDigest = 2;

absl::Status CheckType(const Field& field) {
  const bool is_number = field.bytes.data() == nullptr;
  const bool wants_number =
      field.number == kRequestId || field.number == kCancel;
  const bool wants_text = field.number == kArgument || field.number == kInput ||
                          field.number == kSandboxDir;
  if (is_number ? !wants_text : !wants_number) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("field ", field.number, ": expected ",
                   is_number ? "text, got a number" : "a number, got text"));
}

// An input without a digest is a directory, or was not digested.
absl::Status KeepInput(absl::string_view input,
                       std::map<std::string, std::string>& digests) {
  std::string path;
  std::string digest;
  ABSL_RETURN_IF_ERROR(
      ReadStrings(input, {{kPath, &path}, {kDigest, &digest}}));
  if (!path.empty() && !digest.empty()) {
    digests.insert_or_assign(std::move(path), std::move(digest));
  }
  return absl::OkStatus();
}

absl::Status ReadField(const Field& field, InputDigests digests,
                       WorkRequest& request) {
  ABSL_RETURN_IF_ERROR(CheckType(field));
  switch (field.number) {
    case kArgument:
      request.arguments.emplace_back(field.bytes);
      break;
    case kInput:
      if (digests == InputDigests::kIgnore) break;
      return KeepInput(field.bytes, request.digests);
    case kRequestId:
      request.id = static_cast<int32_t>(field.value);
      break;
    case kCancel:
      request.cancel = field.value != 0;
      break;
    case kSandboxDir:
      request.sandbox_dir = std::string(field.bytes);
      break;
    default:
      break;
  }
  return absl::OkStatus();
}

void AppendVarint(uint64_t value, std::string& message) {
  for (; value >= 0x80; value >>= 7) {
    message.push_back(static_cast<char>(value | 0x80));
  }
  message.push_back(static_cast<char>(value));
}

void AppendNumber(uint64_t field, int64_t value, std::string& message) {
  if (value == 0) return;
  AppendVarint(field << 3, message);
  AppendVarint(static_cast<uint64_t>(value), message);
}

// Bazel refuses a message with text that is not UTF-8.
std::string Utf8(const std::string& text) {
  return Json::parse(Json(text).dump(-1, ' ', false,
                                     nlohmann::json::error_handler_t::replace))
      .get<std::string>();
}

void AppendText(uint64_t field, const std::string& text, std::string& message) {
  if (text.empty()) return;
  AppendVarint(field << 3 | 2, message);
  AppendVarint(text.size(), message);
  message.append(text);
}

}  // namespace

absl::StatusOr<WorkRequest> ParseWorkRequest(absl::string_view message,
                                             InputDigests digests) {
  WorkRequest request;
  bool has_id = false;
  absl::Status status = ForEachField(message, [&](const Field& field) {
    absl::Status read = ReadField(field, digests, request);
    has_id = has_id || (field.number == kRequestId && read.ok());
    return read;
  });
  if (status.ok()) return request;
  status = absl::InvalidArgumentError(
      absl::StrCat("work request: ", status.message()));
  if (!has_id) return status;
  return WorkRequest{.id = request.id, .status = std::move(status)};
}

std::string WorkResponseMessage(const WorkResponse& response) {
  std::string message;
  AppendNumber(1, response.exit_code, message);
  AppendText(2, Utf8(response.output), message);
  AppendNumber(3, response.id, message);
  AppendNumber(4, response.was_cancelled ? 1 : 0, message);
  std::string length;
  AppendVarint(message.size(), length);
  return absl::StrCat(length, message);
}

}  // namespace rules_dockerfile
