#include "tools/dev/docs/markdown_text.h"

#include <string>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(FillMarkdown, FillsParagraphsUpToAHundredColumns) {
  const std::string word(24, 'x');
  EXPECT_EQ(FillMarkdown(word + "\n" + word + " " + word + "\n" + word +
                             " y\n" + "\nz  z\n\n",
                         ""),
            word + " " + word + " " + word + " " + word + "\ny\n\nz z\n");
}

TEST(FillMarkdown, CountsTheIndentAndColumnsNotBytes) {
  const std::string word(48, 'x');
  EXPECT_EQ(FillMarkdown(word + " " + word + " …", "  "),
            "  " + word + " " + word + "\n  …\n");
  EXPECT_EQ(FillMarkdown(word + " " + word + " …", ""),
            word + " " + word + " …\n");
}

TEST(FillMarkdown, FillsListItemsBelowTheirMarkers) {
  const std::string word(48, 'x');
  EXPECT_EQ(
      FillMarkdown("List:\n- " + word + "\n  " + word + "\n  - y\n    z " +
                       word + " " + word + "\n12. a\nb",
                   ""),
      "List:\n- " + word + " " + word + "\n  - y z " + word + "\n    " + word +
          "\n12. a b\n");
}

TEST(FillMarkdown, KeepsCodeTablesAndHeadings) {
  const std::string text =
      "Text:\n"
      "\n"
      "```starlark\n"
      "rule(\n"
      "\n"
      "    name = \"x\",\n"
      ")\n"
      "```\n"
      "\n"
      "| a | b |\n"
      "| - | - |\n"
      "\n"
      "## Title\n"
      "> quoted\n"
      "- one\n"
      "- two\n";
  EXPECT_EQ(FillMarkdown(text, ""), text);
  EXPECT_EQ(FillMarkdown("```\na\n\nb\n```", "  "),
            "  ```\n  a\n\n  b\n  ```\n");
}

TEST(FillMarkdown, TextAfterCodeIsFilledAgain) {
  EXPECT_EQ(FillMarkdown("```\na\n```\nb\nc", ""), "```\na\n```\nb c\n");
}

TEST(FillMarkdown, BeginsNoLineWithAMarker) {
  const std::string word(99, 'x');
  for (const std::string marker : {"-", "*", "+", "#", ">", "12.", "3)"}) {
    EXPECT_EQ(FillMarkdown("a " + word + " " + marker + " b", ""),
              "a\n" + word + " " + marker + "\nb\n");
  }
}

}  // namespace
}  // namespace rules_dockerfile
