#include "lib/plan/go_format.h"

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "lib/base/go_quote.h"

namespace rules_dockerfile {
namespace {

struct QuoteCase {
  const char* name;
  std::string text;
  const char* quoted;
};

class GoQuoteTest : public testing::TestWithParam<QuoteCase> {};

TEST_P(GoQuoteTest, IsWhatStrconvQuoteReturns) {
  EXPECT_EQ(GoQuote(GetParam().text), GetParam().quoted);
}

INSTANTIATE_TEST_SUITE_P(
    GoQuote, GoQuoteTest,
    testing::ValuesIn<QuoteCase>({
        {"Empty", "", R"("")"},
        {"Plain", "a b", R"("a b")"},
        {"QuoteAndBackslash", R"(a"\b)", R"("a\"\\b")"},
        {"Escapes", "\a\b\f\n\r\t\v", R"("\a\b\f\n\r\t\v")"},
        {"Control", std::string("\0\x01\x7f", 3), R"("\x00\x01\x7f")"},
        {"Unicode", "é世🙂", R"("é世🙂")"},
        {"NoBreakSpace", "\u00a0", R"("\u00a0")"},
        {"ByteOrderMark", "\ufeff", R"("\ufeff")"},
        {"PrivateUse", "\U000f0000", R"("\U000f0000")"},
        {"NotUtf8", "a\xff\xc3", R"("a\xff\xc3")"},
        {"Overlong", "\xc0\x80", R"("\xc0\x80")"},
        {"Surrogate", "\xed\xa0\x80", R"("\xed\xa0\x80")"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(GoFormat, ListsAreSeparatedByBlanks) {
  EXPECT_EQ(GoList({}), "[]");
  EXPECT_EQ(GoList({"a b", "c"}), "[a b c]");
  EXPECT_EQ(GoQuotedList({}), "[]");
  EXPECT_EQ(GoQuotedList({"a b", "c"}), R"(["a b" "c"])");
}

struct DurationCase {
  const char* name;
  int64_t nanoseconds;
  const char* text;
};

class GoDurationTest : public testing::TestWithParam<DurationCase> {};

TEST_P(GoDurationTest, IsWhatDurationStringReturns) {
  EXPECT_EQ(GoDuration(GetParam().nanoseconds), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(GoDuration, GoDurationTest,
                         testing::ValuesIn<DurationCase>({
                             {"Zero", 0, "0s"},
                             {"Nanoseconds", 7, "7ns"},
                             {"Microseconds", 1'050, "1.05µs"},
                             {"Milliseconds", 10'000'000, "10ms"},
                             {"Fraction", 1'500'000'000, "1.5s"},
                             {"LongFraction", 1'000'000'001, "1.000000001s"},
                             {"Seconds", 5'000'000'000, "5s"},
                             {"Minutes", 90'000'000'000, "1m30s"},
                             {"Hours", 5'400'000'000'000, "1h30m0s"},
                             {"WholeHour", 3'600'000'000'000, "1h0m0s"},
                             {"Negative", -1'500'000'000, "-1.5s"},
                         }),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
