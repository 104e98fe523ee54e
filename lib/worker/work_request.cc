#include "lib/worker/work_request.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/json/json.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

constexpr absl::string_view kHugeId =
    "field \"requestId\": it has more than 32 bits";

// Keeps what a worker wants of a request and builds nothing of the rest: a COPY
// of 100 000 files has as many inputs.
class RequestReader : public nlohmann::json_sax<Json> {
 public:
  explicit RequestReader(InputDigests digests) : digests_(digests) {}

  bool null() override { return AtValue("null", Unwanted()); }
  bool boolean(bool value) override {
    if (!IsMember("cancel")) return AtValue("a boolean", Unwanted());
    request_.cancel = value;
    return true;
  }
  bool number_integer(int64_t value) override {
    if (!IsId()) return AtValue("a number", Unwanted());
    if (value < std::numeric_limits<int32_t>::min()) return Note(kHugeId);
    return SetId(static_cast<int32_t>(value));
  }
  bool number_unsigned(uint64_t value) override {
    if (!IsId()) return AtValue("a number", Unwanted());
    if (value > std::numeric_limits<int32_t>::max()) return Note(kHugeId);
    return SetId(static_cast<int32_t>(value));
  }
  bool number_float(double, const std::string&) override {
    return AtValue("a number", Unwanted());
  }
  bool string(std::string& value) override {
    if (depth_ == 2 && in_arguments_) {
      request_.arguments.push_back(std::move(value));
      return true;
    }
    if (IsMember("sandboxDir") || IsMember("sandbox_dir")) {
      request_.sandbox_dir = std::move(value);
      return true;
    }
    if (IsInInput() && input_member_ == "path") path_ = value;
    if (IsInInput() && input_member_ == "digest") digest_ = value;
    return AtValue("a string", Unwanted());
  }
  bool binary(Json::binary_t&) override { return Note("binary value"); }
  bool start_object(size_t) override {
    AtValue("an object", depth_ == 0 || Unwanted());
    ++depth_;
    return true;
  }
  bool start_array(size_t) override {
    const bool wanted = IsMember("arguments");
    AtValue("an array", wanted || (depth_ > 0 && Unwanted()));
    in_arguments_ = in_arguments_ || wanted;
    ++depth_;
    return true;
  }
  bool end_object() override {
    if (IsInInput()) KeepInput();
    --depth_;
    return true;
  }
  bool end_array() override {
    if (--depth_ == 1) in_arguments_ = false;
    return true;
  }
  bool key(std::string& name) override {
    if (IsInInput()) input_member_ = name;
    if (depth_ == 1) member_ = std::move(name);
    return true;
  }
  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
    const absl::string_view what = error.what();
    Note(what.substr(std::min(what.find("parse error "), what.size())));
    return false;
  }

  WorkRequest& request() { return request_; }
  std::optional<int32_t> id() const {
    return has_id_ ? std::optional<int32_t>(request_.id) : std::nullopt;
  }
  const std::string& error() const { return error_; }  // the first; "" is none

 private:
  bool IsMember(absl::string_view name) const {
    return depth_ == 1 && member_ == name;
  }
  bool IsId() const { return IsMember("requestId") || IsMember("request_id"); }

  // Whether it is in one of the inputs, whose digests are to be kept.
  bool IsInInput() const {
    return digests_ == InputDigests::kKeep && depth_ == 3 &&
           member_ == "inputs";
  }

  // At the end of an input.
  void KeepInput() {
    if (!path_.empty() && !digest_.empty()) {
      request_.digests.insert_or_assign(std::move(path_), std::move(digest_));
    }
    path_.clear();
    digest_.clear();
  }

  // Whether a value of any type may be here, as no one looks at it.
  bool Unwanted() const {
    if (depth_ == 0 || in_arguments_) return false;
    return depth_ > 1 ||
           (!IsId() && member_ != "arguments" && member_ != "cancel" &&
            member_ != "sandboxDir" && member_ != "sandbox_dir");
  }

  bool SetId(int32_t id) {
    request_.id = id;
    has_id_ = true;
    return true;
  }

  bool AtValue(absl::string_view type, bool may_be) {
    if (may_be) return true;
    if (depth_ == 0)
      return Note(absl::StrCat("expected an object, got ", type));
    return Note(absl::StrCat("field \"", member_, "\": unexpected ", type));
  }

  // Goes on reading: the id may come later.
  bool Note(absl::string_view error) {
    if (error_.empty()) error_ = error;
    return true;
  }

  WorkRequest request_;
  bool has_id_ = false;
  std::string error_;
  std::string member_;  // of the request, the one that is being read
  int depth_ = 0;       // of open objects and arrays
  bool in_arguments_ = false;
  const InputDigests digests_;
  std::string input_member_;  // of the input that is being read
  std::string path_;
  std::string digest_;
};

// The id in a line in which a string before it is not UTF-8.
std::optional<int32_t> IdOfAscii(absl::string_view line) {
  std::string ascii(line);
  std::ranges::replace_if(
      ascii, [](char c) { return !absl::ascii_isascii(c); }, '?');
  RequestReader reader(InputDigests::kIgnore);
  Json::sax_parse(ascii.begin(), ascii.end(), &reader);
  return reader.id();
}

}  // namespace

absl::StatusOr<WorkRequest> ParseWorkRequest(absl::string_view line,
                                             InputDigests digests) {
  RequestReader reader(digests);
  Json::sax_parse(line.begin(), line.end(), &reader);
  if (reader.error().empty()) return std::move(reader.request());
  absl::Status status = absl::InvalidArgumentError(
      absl::StrCat("malformed work request: ", reader.error()));
  const std::optional<int32_t> id =
      reader.id().has_value() ? reader.id() : IdOfAscii(line);
  if (!id.has_value()) return status;
  return WorkRequest{.id = *id, .status = std::move(status)};
}

std::string WorkResponseText(const WorkResponse& response) {
  Json json = {{"exitCode", response.exit_code}, {"output", response.output}};
  if (response.id != 0) json["requestId"] = response.id;
  if (response.was_cancelled) json["wasCancelled"] = true;
  return absl::StrCat(
      json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace),
      "\n");
}

}  // namespace rules_dockerfile
