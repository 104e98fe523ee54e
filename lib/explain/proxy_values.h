#ifndef LIB_EXPLAIN_PROXY_VALUES_H_
#define LIB_EXPLAIN_PROXY_VALUES_H_

#include <string>

#include "absl/strings/string_view.h"
#include "lib/explain/build_history.h"

namespace rules_dockerfile {

// The value of a proxy may have a password: it is neither kept nor shown. What
// has one ends in "_proxy", in any case: "HTTP_PROXY", "--build_arg=no_proxy".
bool IsProxy(absl::string_view key);

// `record` with a digest instead of each value of a proxy, in its flags and its
// environment. A digest stays.
StepRecord WithoutProxyValues(StepRecord record);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLAIN_PROXY_VALUES_H_
