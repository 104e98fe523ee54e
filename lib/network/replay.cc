#include "lib/network/replay.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/digest/digest.h"
#include "lib/network/url_credentials.h"

namespace rules_dockerfile {
namespace {

std::string Hex(absl::string_view bytes) {
  return std::string(DigestHex(DigestOf(bytes)));
}

}  // namespace

std::string BodyKey(absl::string_view body) {
  return body.empty() ? "" : Hex(body);
}

Replay::Replay(const LockedRun& run, Mirrors mirrors, BlobReader read_blob,
               std::string lock_command)
    : mirrors_(std::move(mirrors)),
      read_blob_(std::move(read_blob)),
      lock_command_(std::move(lock_command)) {
  for (const LockedRequest& request : run.requests) {
    requests_[{request.url, request.method, request.body_sha256}] = request;
  }
}

const LockedRequest* Replay::Find(const ProxyRequest& request) const {
  const std::string url = mirrors_.ToLocked(request.url);
  const std::string body = BodyKey(request.body);
  auto found = requests_.find({url, request.method, body});
  if (found == requests_.end() && request.method == "HEAD") {
    found = requests_.find({url, "GET", body});
  }
  return found == requests_.end() ? nullptr : &found->second;
}

ProxyResponse Replay::Refuse(int status, const std::string& text) {
  const absl::MutexLock lock(mutex_);
  refusals_.push_back(absl::StrCat("locked network: ", text));
  return {.status = status,
          .headers = {{"Content-Type", "text/plain"}},
          .body = absl::StrCat(refusals_.back(), "\n")};
}

std::string Replay::Refusals() const {
  const absl::MutexLock lock(mutex_);
  return absl::StrJoin(refusals_, "\n");
}

ProxyResponse Replay::Answer(const ProxyRequest& request) {
  const LockedRequest* const locked = Find(request);
  if (locked == nullptr) {
    return Refuse(
        403, absl::StrCat(
                 request.method, " ", WithoutCredentials(request.url),
                 " is not in the lock file; to record it: ", lock_command_));
  }
  ProxyResponse response = {.status = locked->status, .body = locked->body};
  for (const auto& header : locked->headers) {
    response.headers.push_back(header);
  }
  if (response.body.empty() && locked->size > 0) {
    absl::StatusOr<std::string> blob = read_blob_(locked->sha256);
    if (!blob.ok()) {
      return Refuse(502,
                    absl::StrCat(locked->url, ": ", blob.status().message()));
    }
    response.body = *std::move(blob);
  }
  if (Hex(response.body) != locked->sha256) {
    return Refuse(502,
                  absl::StrCat(locked->url, ": expected bytes with SHA-256 ",
                               locked->sha256, ", got ", Hex(response.body)));
  }
  return response;
}

}  // namespace rules_dockerfile
