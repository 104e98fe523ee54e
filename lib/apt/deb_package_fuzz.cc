#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "lib/apt/deb_package.h"
#include "lib/apt/package_testing.h"
#include "lib/apt/package_tree.h"
#include "lib/base/byte_sink.h"
#include "lib/layer/file_tree.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {
namespace {

// Any bytes are refused or extracted; what was extracted is a tree whose data
// can be read.
void ExtractsAnyBytes(absl::string_view deb) {
  absl::StatusOr<DebPackage> package = ReadDebPackage(deb);
  if (!package.ok()) return;
  PackageTree tree(/*mtime=*/0);
  if (!tree.AddPackage(*std::move(package)).ok()) return;
  if (!tree.Finish().ok()) return;
  for (const auto& [path, node] : tree.files().nodes()) {
    const size_t slash = path.rfind('/');
    const FileNode* parent = tree.files().Find(
        slash == std::string::npos ? "" : path.substr(0, slash));
    ABSL_CHECK(parent != nullptr) << path;
    ABSL_CHECK(parent->type == LayerEntryType::kDirectory) << path;
    if (node.type != LayerEntryType::kFile) continue;
    StringSink sink;
    ABSL_CHECK_OK(tree.ReadData(node, &sink));
    ABSL_CHECK_EQ(static_cast<int64_t>(sink.contents().size()), node.size)
        << path;
  }
}

// A member from a line: a type (d, f, s, h), a path, and a target or data.
TestMember MemberFrom(absl::string_view line) {
  std::vector<std::string> words = absl::StrSplit(line, ' ');
  words.resize(3);
  if (words[0] == "d") return TestDirectory(words[1]);
  if (words[0] == "s") return TestSymlink(words[1], words[2]);
  if (words[0] == "h") return TestHardLink(words[1], words[2]);
  return TestFile(words[1], words[2]);
}

// A package from text, whose checksums are right: parts, between lines "--":
// the files "control", "conffiles" and "triggers", and the members of the data.
std::string PackageFrom(absl::string_view text) {
  std::vector<std::string> parts = absl::StrSplit(text, "\n--\n");
  parts.resize(4);
  std::vector<TestMember> data;
  for (const absl::string_view line : absl::StrSplit(parts[3], '\n')) {
    TestMember member = MemberFrom(line);
    const bool is_writable =
        !member.entry.path.empty() && !absl::StrContains(line, '\0');
    if (is_writable) data.push_back(std::move(member));
  }
  return TestDeb(
      parts[0],
      {TestFile("./conffiles", parts[1]), TestFile("./triggers", parts[2])},
      data);
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace rules_dockerfile;  // NOLINT(build/namespaces)
  const absl::string_view input(reinterpret_cast<const char*>(data), size);
  ExtractsAnyBytes(input);
  ExtractsAnyBytes(PackageFrom(input));
  return 0;
}
