#include "lib/http/transfer_watch.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace rules_dockerfile {

absl::Status TransferWatch::Check(absl::Time now) const {
  if (now - start_ > limits_.total) {
    return absl::DeadlineExceededError(absl::StrCat(
        "not completed within ", absl::FormatDuration(limits_.total)));
  }
  if (!connected_) return absl::OkStatus();
  const bool waits = left_ <= 0 && !answered_;
  if (waits && now - last_ > limits_.response) {
    return absl::DeadlineExceededError(absl::StrCat(
        "no response within ", absl::FormatDuration(limits_.response)));
  }
  if (!waits && now - last_ > limits_.stall) {
    return absl::DeadlineExceededError(
        absl::StrCat("no data for ", absl::FormatDuration(limits_.stall)));
  }
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
