#include "lib/base/go_quote.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(GoQuote, EscapesAsStrconvDoes) {
  for (const auto& [input, want] :
       std::vector<std::pair<std::string, std::string>>{
           {"a \"b\" \\", R"("a \"b\" \\")"},
           {"\n\t\x01\x7f", R"("\n\t\x01\x7f")"},
           {"\xc3\xa4\xc2\xa0\xff", "\"\xc3\xa4\\u00a0\\xff\""},
           {"\xe2\x80\x8b\xf3\xb0\x80\x80", R"("\u200b\U000f0000")"}}) {
    EXPECT_EQ(GoQuote(input), want) << input;
  }
}

}  // namespace
}  // namespace rules_dockerfile
