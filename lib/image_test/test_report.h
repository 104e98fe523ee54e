#ifndef LIB_IMAGE_TEST_TEST_REPORT_H_
#define LIB_IMAGE_TEST_TEST_REPORT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/image_test/text_check.h"

namespace rules_dockerfile {

// What came of one test.
struct TestResult {
  std::string where;  // "app/tests.yaml:7"
  std::string name;   // `command "prints its version"`
  Problems problems;  // none: it passed
  absl::Duration duration;
};

// A line for each test, PASS or FAIL, its problems below it, and their sum.
std::string ResultsText(const std::vector<TestResult>& results);

// JUnit's XML, as Bazel reads it from $XML_OUTPUT_FILE.
std::string ResultsXml(const std::vector<TestResult>& results);

bool AllPassed(const std::vector<TestResult>& results);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_TEST_REPORT_H_
