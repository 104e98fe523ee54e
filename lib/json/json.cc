#include "lib/json/json.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

// Builds a value from the parser's events, and stops at the first event that
// hostile documents use: a duplicate key, or too deep a nesting.
class JsonBuilder : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return Put(nullptr); }
  bool boolean(bool value) override { return Put(value); }
  bool number_integer(int64_t value) override { return Put(value); }
  bool number_unsigned(uint64_t value) override { return Put(value); }
  bool number_float(double value, const std::string&) override {
    return Put(value);
  }
  bool string(std::string& value) override { return Put(std::move(value)); }
  bool binary(Json::binary_t&) override { return Fail("binary value"); }
  bool start_object(size_t) override { return Enter(Json::object()); }
  bool start_array(size_t) override { return Enter(Json::array()); }
  bool end_object() override { return Leave(); }
  bool end_array() override { return Leave(); }

  bool key(std::string& name) override {
    if (!open_.back().keys.insert(name).second) {
      return Fail(absl::StrCat("duplicate key \"", name, "\""));
    }
    open_.back().key = std::move(name);
    return true;
  }

  bool parse_error(size_t, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: …"
    absl::string_view what = error.what();
    const size_t at = what.find(" at ");
    error_ = at == what.npos ? std::string(what)
                             : absl::StrCat("malformed JSON", what.substr(at));
    return false;
  }

  Json& result() { return result_; }
  const std::string& error() const { return error_; }

 private:
  // An object or array whose end has not been seen.
  struct Container {
    Json value;
    std::set<std::string> keys;
    std::string key;  // of the next member, in an object
  };

  bool Fail(absl::string_view reason) {
    error_ = absl::StrCat("malformed JSON: ", reason);
    return false;
  }

  bool Enter(Json value) {
    if (open_.size() >= kMaxJsonDepth) {
      return Fail(absl::StrCat("nested deeper than ", kMaxJsonDepth));
    }
    open_.emplace_back().value = std::move(value);
    return true;
  }

  bool Leave() {
    Json value = std::move(open_.back().value);
    open_.pop_back();
    return Put(std::move(value));
  }

  bool Put(Json value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (open_.back().value.is_array()) {
      open_.back().value.push_back(std::move(value));
    } else {
      // The key is new; operator[] would look for it from the first one.
      open_.back().value.get_ref<Json::object_t&>().emplace_back(
          std::move(open_.back().key), std::move(value));
    }
    return true;
  }

  std::vector<Container> open_;
  Json result_;
  std::string error_;
};

}  // namespace

absl::StatusOr<Json> ParseJson(absl::string_view text) {
  // The parser would skip it; Go's does not (RFC 8259, section 8.1).
  if (absl::StartsWith(text, "\xef\xbb\xbf")) {
    return absl::InvalidArgumentError(
        "malformed JSON: it begins with a byte order mark");
  }
  JsonBuilder builder;
  if (!Json::sax_parse(text.begin(), text.end(), &builder)) {
    return absl::InvalidArgumentError(builder.error());
  }
  return std::move(builder.result());
}

std::string JsonText(const Json& json) {
  return json.dump(2, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace) +
         "\n";
}

Json SortedJson(const Json& json) {
  if (json.is_array()) {
    Json sorted = Json::array();
    for (const Json& element : json) sorted.push_back(SortedJson(element));
    return sorted;
  }
  if (!json.is_object()) return json;
  std::vector<const Json::object_t::value_type*> members;
  for (const auto& member : json.get_ref<const Json::object_t&>()) {
    members.push_back(&member);
  }
  std::sort(members.begin(), members.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  Json sorted = Json::object();
  // operator[] would look for each from the first one.
  auto& object = sorted.get_ref<Json::object_t&>();
  for (const auto* member : members) {
    object.emplace_back(member->first, SortedJson(member->second));
  }
  return sorted;
}

}  // namespace rules_dockerfile
