#include "lib/image_test/test_report.h"

#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

const std::vector<TestResult>& Results() {
  static const auto& results = *new std::vector<TestResult>{
      {.where = "a.yaml:1", .name = "good", .duration = absl::Seconds(1)},
      {.where = "a.yaml:2",
       .name = "<bad>",
       .problems = {"one \"x\" & \x1b\ntwo", "three"},
       .duration = absl::Milliseconds(500)}};
  return results;
}

TEST(TestReport, HasALineForEachTest) {
  EXPECT_EQ(ResultsText(Results()),
            "PASS a.yaml:1: good\nFAIL a.yaml:2: <bad>\n"
            "  one \"x\" & \x1b\n  two\n  three\n1 passed, 1 failed\n");
  EXPECT_FALSE(AllPassed(Results()));
  EXPECT_TRUE(AllPassed({Results()[0]}));
}

TEST(TestReport, IsJUnitsXml) {
  EXPECT_EQ(
      ResultsXml(Results()),
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites tests=\"2\" failures=\"1\" time=\"1.500\">\n"
      "  <testsuite name=\"image_test\" tests=\"2\" failures=\"1\" "
      "time=\"1.500\">\n"
      "    <testcase name=\"good\" classname=\"a.yaml:1\" time=\"1.000\"/>\n"
      "    <testcase name=\"&lt;bad&gt;\" classname=\"a.yaml:2\" "
      "time=\"0.500\">\n"
      "      <failure message=\"one &quot;x&quot; &amp; "
      "?&#10;two&#10;three\"/>\n"
      "    </testcase>\n  </testsuite>\n</testsuites>\n");
}

}  // namespace
}  // namespace rules_dockerfile
