#ifndef LIB_NETWORK_REPLAY_H_
#define LIB_NETWORK_REPLAY_H_

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "lib/network/http_message.h"
#include "lib/network/mirrors.h"
#include "lib/network/network_lock.h"

namespace rules_dockerfile {

// Gives the bytes of the blob with this SHA-256 (hex).
using BlobReader =
    std::function<absl::StatusOr<std::string>(const std::string& sha256)>;

// Answers requests from what one RUN was locked to. Thread-safe if the
// reader is.
class Replay {
 public:
  // `lock_command` is the command that writes the lock again, for messages.
  Replay(const LockedRun& run, Mirrors mirrors, BlobReader read_blob,
         std::string lock_command);

  // The locked answer. 403 for a request that was not recorded, with a text
  // that says which it was and what to do; HEAD is answered from a GET as
  // well. 502 if the blob's bytes are not those of its SHA-256.
  ProxyResponse Answer(const ProxyRequest& request);

  // The texts of all refusals (403 and 502) so far, one per line; "" for none.
  std::string Refusals() const;

 private:
  ProxyResponse Refuse(int status, const std::string& text);
  const LockedRequest* Find(const ProxyRequest& request) const;

  Mirrors mirrors_;
  BlobReader read_blob_;
  std::string lock_command_;
  // By URL, method and SHA-256 of the body.
  std::map<std::tuple<std::string, std::string, std::string>, LockedRequest>
      requests_;
  mutable absl::Mutex mutex_;
  std::vector<std::string> refusals_ ABSL_GUARDED_BY(mutex_);
};

// The key of a request's body in a lock: "" if it has none.
std::string BodyKey(absl::string_view body);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_REPLAY_H_
