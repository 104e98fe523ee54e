#ifndef LIB_EXPLORE_REPORT_PAGE_H_
#define LIB_EXPLORE_REPORT_PAGE_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_report.h"
#include "lib/json/json_fwd.h"

namespace rules_dockerfile {

// The report as the JSON that the page reads (lib/explore/page/model.js). All
// text of the image has passed PrintableText(), so that it is UTF-8 and neither
// a name nor a label can change the direction of what stands beside it.
Json ReportJson(const ImageReport& report,
                const std::optional<ImageDifference>& difference);

// JSON as the content of a <script>: `<`, `>` and `&` are written as escapes of
// JSON, so that no text of it can end the element or begin another.
std::string ScriptSafeJson(const Json& json);

// The parts of the page, which are in the binary.
struct PageParts {
  absl::string_view html, css, script;
};
PageParts EmbeddedPage();

// One HTML document with everything in it. Its Content-Security-Policy allows
// this script and this style sheet, by their digests, and no connection.
std::string ReportPage(const ImageReport& report,
                       const std::optional<ImageDifference>& difference,
                       const PageParts& parts);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_REPORT_PAGE_H_
