#include "lib/registry/retry.h"

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/http/retry_after.h"
#include "lib/http/transport.h"

namespace rules_dockerfile {

bool IsTransient(const absl::StatusOr<HttpResponse>& response) {
  if (!response.ok()) return absl::IsUnavailable(response.status());
  return response->status == 429 || response->status >= 500;
}

std::optional<absl::Duration> WantedPause(const HttpResponse& response,
                                          absl::Time now) {
  if (response.status != 429 && response.status != 503) return std::nullopt;
  return ParseRetryAfter(response.Header("retry-after"), now);
}

std::optional<absl::Duration> PauseAfter(
    int attempt, const absl::StatusOr<HttpResponse>& response, absl::Time now) {
  if (attempt >= kMaxAttempts) return std::nullopt;
  const std::optional<absl::Duration> wanted =
      response.ok() ? WantedPause(*response, now) : std::nullopt;
  if (!wanted.has_value()) return absl::Seconds(1 << (attempt - 1));
  if (*wanted > kMaxRetryAfter) return std::nullopt;
  return wanted;
}

}  // namespace rules_dockerfile
