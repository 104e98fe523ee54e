#ifndef LIB_REGISTRY_RETRY_H_
#define LIB_REGISTRY_RETRY_H_

#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

// How often a request is tried.
inline constexpr int kMaxAttempts = 4;
// The longest pause that a registry can ask for.
inline constexpr absl::Duration kMaxRetryAfter = absl::Minutes(2);

// Whether another attempt may succeed: after a connection that breaks, or a
// status of 429 or 5xx. A timeout would happen again.
bool IsTransient(const absl::StatusOr<HttpResponse>& response);

// The pause that the Retry-After of a 429 or 503 asks for.
std::optional<absl::Duration> WantedPause(const HttpResponse& response,
                                          absl::Time now);

// The pause after the failure of attempt number `attempt`, from 1: what the
// registry asks for, else 1, 2 and 4 seconds. nullopt if no attempt is to
// follow: there were enough, or the registry asks for more than
// kMaxRetryAfter.
std::optional<absl::Duration> PauseAfter(
    int attempt, const absl::StatusOr<HttpResponse>& response, absl::Time now);

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_RETRY_H_
