#include "lib/explore/report_page.h"

#include <optional>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_words.h"
#include "lib/json/json.h"

namespace rules_dockerfile {
namespace {

// The source expression of CSP level 3 for an inline element.
std::string HashSource(absl::string_view content) {
  std::string hash;
  ABSL_CHECK(absl::HexStringToBytes(DigestHex(DigestOf(content)), &hash));
  return absl::StrCat("'sha256-", absl::Base64Escape(hash), "'");
}

std::string HtmlText(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}});
}

}  // namespace

std::string ScriptSafeJson(const Json& json) {
  // Outside of strings JSON has none of these characters.
  return absl::StrReplaceAll(
      json.dump(-1, ' ', false, Json::error_handler_t::replace),
      {{"<", "\\u003c"},
       {">", "\\u003e"},
       {"&", "\\u0026"},
       {"\u2028", "\\u2028"},
       {"\u2029", "\\u2029"}});
}

std::string ReportPage(const ImageReport& report,
                       const std::optional<ImageDifference>& difference,
                       const PageParts& parts) {
  const std::string policy =
      absl::StrCat("default-src 'none'; script-src ", HashSource(parts.script),
                   "; style-src ", HashSource(parts.css),
                   "; base-uri 'none'; form-action 'none'");
  return absl::StrReplaceAll(
      parts.html,
      {{"{{policy}}", policy},
       {"{{title}}", HtmlText(PrintableLine(report.name))},
       {"{{style}}", parts.css},
       {"{{script}}", parts.script},
       {"{{report}}", ScriptSafeJson(ReportJson(report, difference))}});
}

}  // namespace rules_dockerfile
