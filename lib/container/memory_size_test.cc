#include "lib/container/memory_size.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using absl_testing::IsOkAndHolds;
using absl_testing::StatusIs;

TEST(ParseMemorySize, ReadsWhatDockerReads) {
  const std::pair<const char*, int64_t> rows[] = {
      {"1048576", 1048576},     {"32b", 32},
      {"32k", 32 << 10},        {"32KB", 32 << 10},
      {"512m", 512 << 20},      {"512 MiB", 512 << 20},
      {"1.5g", 1536LL << 20},   {"1.5GiB", 1536LL << 20},
      {"2t", int64_t{2} << 40}, {"1P", int64_t{1} << 50}};
  for (const auto& [text, bytes] : rows) {
    EXPECT_THAT(ParseMemorySize(text), IsOkAndHolds(bytes)) << text;
  }
}

TEST(ParseMemorySize, RefusesOthers) {
  for (const char* text : {"", "m", "-1", "1x", "1.2.3", "1mm", "1mib2", "1bib",
                           "1e3", "0", "99999p", "1  m", "."}) {
    EXPECT_THAT(
        ParseMemorySize(text),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 absl::StrCat("expected a size such as \"512m\", got \"", text,
                              "\"")))
        << text;
  }
}

}  // namespace
}  // namespace rules_dockerfile
