#ifndef LIB_NETWORK_RECORDER_H_
#define LIB_NETWORK_RECORDER_H_

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lib/network/http_message.h"
#include "lib/network/mirrors.h"
#include "lib/network/network_lock.h"

namespace rules_dockerfile {

// Asks the real server. Redirects are answers like others.
using ProxyFetcher =
    std::function<absl::StatusOr<ProxyResponse>(const ProxyRequest& request)>;

// Answers requests from the real servers and remembers the answers, so that
// Replay returns the same ones: the first answer to a request is given again
// whenever it is repeated. Thread-safe if the fetcher is.
class Recorder {
 public:
  // An answer that no download can bring goes into the lock itself, up to here.
  static constexpr size_t kMaxInlineBody = 1 << 20;

  Recorder(Mirrors mirrors, ProxyFetcher fetch)
      : mirrors_(std::move(mirrors)), fetch_(std::move(fetch)) {}

  // What the client gets, now and when it is replayed. If the server cannot be
  // asked, a 502 that is not remembered.
  ProxyResponse Answer(const ProxyRequest& request);

  // All requests so far, sorted. FailedPrecondition if one of them cannot be
  // locked: credentials in its URL, too long an answer to a POST.
  absl::StatusOr<std::vector<LockedRequest>> Requests() const;

 private:
  struct Recorded {
    LockedRequest locked;
    ProxyResponse response;
  };

  const Mirrors mirrors_;
  const ProxyFetcher fetch_;
  mutable absl::Mutex mutex_;
  std::map<std::tuple<std::string, std::string, std::string>, Recorded>
      recorded_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::string> problems_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_RECORDER_H_
