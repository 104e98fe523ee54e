#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/apt/ar.h"
#include "lib/apt/package_testing.h"

// Any bytes are an archive whose members lie inside it, or an error; an archive
// of the same members reads the same.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view archive(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<std::vector<ArMember>> members = ReadArArchive(archive);
  if (!members.ok()) return 0;
  std::vector<std::pair<std::string, std::string>> contents;
  for (const ArMember& member : *members) {
    ABSL_CHECK(member.data.data() >= archive.data() &&
               member.data.data() + member.data.size() <=
                   archive.data() + archive.size());
    // GNU's slash keeps blanks and slashes before it.
    const bool has_room = member.name.size() < 16;
    contents.emplace_back(member.name + (has_room ? "/" : ""), member.data);
  }
  const std::string written = TestAr(contents);
  const absl::StatusOr<std::vector<ArMember>> again = ReadArArchive(written);
  ABSL_CHECK_OK(again);
  ABSL_CHECK(*again == *members);
  return 0;
}
