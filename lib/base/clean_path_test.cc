#include "lib/base/clean_path.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(CleanPath, IsGos) {
  for (const auto& [input, want] :
       std::vector<std::pair<std::string, std::string>>{
           {"", "."},
           {"a/./b//c/", "a/b/c"},
           {"/../a", "/a"},
           {"../a/..", ".."},
           {"/usr/share/doc/../../lib/x86_64-linux-gnu/./pkgconfig/",
            "/usr/lib/x86_64-linux-gnu/pkgconfig"},
           {"/", "/"},
           {"a/../../b", "../b"}}) {
    EXPECT_EQ(CleanPath(input), want) << input;
  }
}

}  // namespace
}  // namespace rules_dockerfile
