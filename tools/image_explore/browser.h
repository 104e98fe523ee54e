#ifndef TOOLS_IMAGE_EXPLORE_BROWSER_H_
#define TOOLS_IMAGE_EXPLORE_BROWSER_H_

#include "absl/status/status.h"
#include "lib/explore/image_report.h"

namespace rules_dockerfile {

// Shows the report in the terminal that is standard input and output, until the
// user ends it. FailedPrecondition `terminal "x" is unknown` with a hint if
// terminfo of the host does not have $TERM.
absl::Status BrowseReport(const ImageReport& report);

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_EXPLORE_BROWSER_H_
