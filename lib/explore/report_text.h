#ifndef LIB_EXPLORE_REPORT_TEXT_H_
#define LIB_EXPLORE_REPORT_TEXT_H_

#include <cstddef>
#include <string>

#include "lib/explore/image_difference.h"
#include "lib/explore/image_report.h"

namespace rules_dockerfile {

// The report for people, in plain text: totals, instructions with their layers,
// what is hidden, duplicates, what dive counts, the largest files, packages and
// the config. `limit` is the most lines of each list. No character of an image
// can act on a terminal.
std::string ReportText(const ImageReport& report, size_t limit);

// The same of what differs: "A", "C" or "R", sizes, path.
std::string DifferenceText(const ImageReport& report,
                           const ImageDifference& difference, size_t limit);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_REPORT_TEXT_H_
