#include "lib/explain/proxy_values.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/digest/digest.h"
#include "lib/explain/build_history.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

std::string Hidden(const std::string& value) {
  return ParseDigest(value).ok() ? value : DigestOf(value);
}

// The value begins behind the first name that is a proxy's: it may have a "=".
std::string HiddenInFlag(const std::string& flag) {
  static const LazyRE2 kProxy = {R"((?is)((?:[^=]*=)?[^=]*_proxy=)(.*))"};
  std::string key;
  std::string value;
  if (!RE2::FullMatch(flag, *kProxy, &key, &value)) return flag;
  return absl::StrCat(key, Hidden(value));
}

}  // namespace

bool IsProxy(absl::string_view key) {
  return absl::EndsWithIgnoreCase(key, "_proxy");
}

StepRecord WithoutProxyValues(StepRecord record) {
  for (std::string& flag : record.flags) flag = HiddenInFlag(flag);
  for (auto& [name, value] : record.environment) {
    if (IsProxy(name)) value = Hidden(value);
  }
  return record;
}

}  // namespace rules_dockerfile
