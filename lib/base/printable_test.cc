#include "lib/base/printable.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(PrintableText, KeepsText) {
  const absl::string_view text = "a\tb\\n \"c\"\nz\xc3\xbb\xc3\xb3\xc5\x82w";
  EXPECT_EQ(PrintableText(text), text);
}

TEST(PrintableText, EscapesWhatATerminalObeys) {
  EXPECT_EQ(PrintableText(absl::string_view("\x1b[31m\0\x7f\r\a", 9)),
            "\\x1b[31m\\x00\\x7f\\x0d\\x07");
  EXPECT_EQ(PrintableText("\xc2\x9b"
                          "31m"),
            "\\u009b31m");
  // 8-bit controls of a terminal that is not set to UTF-8.
  EXPECT_EQ(PrintableText("\x9b"
                          "31m\xc2"),
            "\\x9b31m\\xc2");
}

TEST(PrintableText, EscapesWhatTurnsTheDirection) {
  EXPECT_EQ(PrintableText("a\xe2\x80\xae"
                          "b\xe2\x81\xa6"),
            "a\\u202eb\\u2066");
}

TEST(SizeText, HasThreeDigits) {
  for (const auto& [bytes, text] :
       std::vector<std::pair<int64_t, std::string>>{{0, "0 B"},
                                                    {999, "999 B"},
                                                    {1000, "1.00 kB"},
                                                    {9994, "9.99 kB"},
                                                    {9996, "10.0 kB"},
                                                    {99949, "99.9 kB"},
                                                    {99951, "100 kB"},
                                                    {999499, "999 kB"},
                                                    {999500, "1.00 MB"},
                                                    {1234567890, "1.23 GB"}}) {
    EXPECT_EQ(SizeText(bytes), text) << bytes;
  }
}

}  // namespace
}  // namespace rules_dockerfile
