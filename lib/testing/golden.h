#ifndef LIB_TESTING_GOLDEN_H_
#define LIB_TESTING_GOLDEN_H_

#include <string>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {

// Whether the file `path` (from the top of the repository, and in the test's
// `data`) holds exactly `text`. If not, the message shows the first line that
// differs and how to accept the new text:
//
//   EXPECT_TRUE(MatchesGolden("testdata/tar/gnu.golden", Dump(tar)));
//
// With UPDATE_GOLDENS set to the top of a work tree, the file is written there
// instead: tools/dev/update_goldens.sh TARGET…
testing::AssertionResult MatchesGolden(const std::string& path,
                                       absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_TESTING_GOLDEN_H_
