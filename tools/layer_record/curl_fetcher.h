#ifndef TOOLS_LAYER_RECORD_CURL_FETCHER_H_
#define TOOLS_LAYER_RECORD_CURL_FETCHER_H_

#include "absl/status/statusor.h"
#include "lib/network/http_message.h"

namespace rules_dockerfile {

// Asks the real server. Thread-safe.
absl::StatusOr<ProxyResponse> FetchWithCurl(const ProxyRequest& request);

}  // namespace rules_dockerfile

#endif  // TOOLS_LAYER_RECORD_CURL_FETCHER_H_
