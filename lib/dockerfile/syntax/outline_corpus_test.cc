// The Starlark outline of each Dockerfile in the tree, and of many mutated
// ones, equals the parser's.

#include <cstddef>
#include <cstdlib>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/outline.h"

namespace rules_dockerfile {
namespace {

// An entry of the corpus (rules/tests/outline_corpus.bzl).
struct Outlined {
  absl::string_view name;
  absl::string_view text;
  absl::string_view outline;
};

// Removes and returns the first entry of the corpus.
Outlined TakeEntry(absl::string_view& corpus) {
  const absl::string_view head = corpus.substr(0, corpus.find('\n'));
  corpus.remove_prefix(head.size() + 1);
  const std::vector<absl::string_view> parts =
      absl::StrSplit(head, absl::MaxSplits(' ', 2));
  size_t text_size = 0;
  size_t outline_size = 0;
  EXPECT_TRUE(absl::SimpleAtoi(parts[0], &text_size)) << head;
  EXPECT_TRUE(absl::SimpleAtoi(parts[1], &outline_size)) << head;
  const Outlined entry = {.name = parts[2],
                          .text = corpus.substr(0, text_size),
                          .outline = corpus.substr(text_size, outline_size)};
  corpus.remove_prefix(text_size + outline_size);
  return entry;
}

TEST(Outline, IsTheParsersForEveryDockerfile) {
  const absl::StatusOr<std::string> contents = ReadFile(std::getenv("CORPUS"));
  ASSERT_TRUE(contents.ok()) << contents.status();
  absl::string_view corpus = *contents;
  int compared = 0;
  while (!corpus.empty()) {
    const Outlined entry = TakeEntry(corpus);
    const auto parsed = ParseDockerfile(entry.text);
    // A Dockerfile that the parser refuses has no outline of its parser.
    const auto* dockerfile = std::get_if<Dockerfile>(&parsed);
    if (dockerfile == nullptr) continue;
    ++compared;
    const absl::Status same = CheckOutline(*dockerfile, entry.outline);
    EXPECT_TRUE(same.ok()) << entry.name << ": \""
                           << absl::CHexEscape(entry.text) << "\"\n"
                           << same.message();
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace rules_dockerfile
