#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/network/http_message.h"

namespace rules_dockerfile {
namespace {

std::string HeadText(const RequestHead& head) {
  std::string text = absl::StrCat(head.method, " ", head.target, " HTTP/1.1");
  for (const auto& [name, value] : head.headers) {
    absl::StrAppend(&text, "\r\n", name, ": ", value);
  }
  return absl::StrCat(text, "\r\n\r\n");
}

}  // namespace
}  // namespace rules_dockerfile

// Any bytes are the head of a request, which is the same when it is written and
// read again, or an error; no part of a head contains a line break, so that
// none becomes two.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::StatusOr<RequestHead> head = ParseRequestHead(
      absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!head.ok()) return 0;
  const absl::StatusOr<RequestHead> again = ParseRequestHead(HeadText(*head));
  ABSL_CHECK_OK(again);
  ABSL_CHECK(*again == *head);
  ABSL_CHECK_EQ(head->target.find_first_of("\r\n "), std::string::npos);
  for (const auto& [name, value] : head->headers) {
    ABSL_CHECK_EQ(name.find_first_of("\r\n: "), std::string::npos);
    ABSL_CHECK_EQ(value.find_first_of("\r\n"), std::string::npos);
  }
  return 0;
}
