#include "lib/worker/work_request.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
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
  bool null() override { return AtValue("null", Unwanted()); }
  bool boolean(bool value) override {
    if (!IsMember("cancel")) return AtValue("a boolean", Unwanted());
    request_.cancel = value;
    return true;
  }
  bool number_integer(int64_t value) override {
    if (!IsId()) return AtValue("a number", Unwanted());
    if (value < std::numeric_limits<int32_t>::min()) return Fail(kHugeId);
    request_.id = static_cast<int32_t>(value);
    return true;
  }
  bool number_unsigned(uint64_t value) override {
    if (!IsId()) return AtValue("a number", Unwanted());
    if (value > std::numeric_limits<int32_t>::max()) return Fail(kHugeId);
    request_.id = static_cast<int32_t>(value);
    return true;
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
    return AtValue("a string", Unwanted());
  }
  bool binary(Json::binary_t&) override { return Fail("binary value"); }
  bool start_object(size_t) override {
    if (!AtValue("an object", depth_ == 0 || Unwanted())) return false;
    ++depth_;
    return true;
  }
  bool start_array(size_t) override {
    const bool wanted = IsMember("arguments");
    if (!AtValue("an array", wanted || (depth_ > 0 && Unwanted()))) {
      return false;
    }
    in_arguments_ = in_arguments_ || wanted;
    ++depth_;
    return true;
  }
  bool end_object() override {
    --depth_;
    return true;
  }
  bool end_array() override {
    if (--depth_ == 1) in_arguments_ = false;
    return true;
  }
  bool key(std::string& name) override {
    if (depth_ == 1) member_ = std::move(name);
    return true;
  }
  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
    const absl::string_view what = error.what();
    return Fail(what.substr(std::min(what.find("parse error "), what.size())));
  }

  WorkRequest& request() { return request_; }
  const std::string& error() const { return error_; }

 private:
  bool IsMember(absl::string_view name) const {
    return depth_ == 1 && member_ == name;
  }
  bool IsId() const { return IsMember("requestId") || IsMember("request_id"); }

  // Whether a value of any type may be here, as no one looks at it.
  bool Unwanted() const {
    if (depth_ == 0 || in_arguments_) return false;
    return depth_ > 1 ||
           (!IsId() && member_ != "arguments" && member_ != "cancel" &&
            member_ != "sandboxDir" && member_ != "sandbox_dir");
  }

  bool AtValue(absl::string_view type, bool may_be) {
    if (may_be) return true;
    if (depth_ == 0)
      return Fail(absl::StrCat("expected an object, got ", type));
    return Fail(absl::StrCat("field \"", member_, "\": unexpected ", type));
  }

  bool Fail(absl::string_view reason) {
    error_ = reason;
    return false;
  }

  WorkRequest request_;
  std::string error_;
  std::string member_;  // of the request, the one that is being read
  int depth_ = 0;       // of open objects and arrays
  bool in_arguments_ = false;
};

}  // namespace

absl::StatusOr<WorkRequest> ParseWorkRequest(absl::string_view line) {
  RequestReader reader;
  if (!Json::sax_parse(line.begin(), line.end(), &reader)) {
    return absl::InvalidArgumentError(
        absl::StrCat("malformed work request: ", reader.error()));
  }
  return std::move(reader.request());
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
