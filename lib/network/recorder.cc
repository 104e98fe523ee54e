#include "lib/network/recorder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/digest/digest.h"
#include "lib/network/replay.h"
#include "lib/network/url_credentials.h"

namespace rules_dockerfile {
namespace {

// Headers that make an answer depend on what the client has already, or that
// are the connection's own.
bool IsPassedOn(absl::string_view name) {
  for (const absl::string_view dropped :
       {"Accept-Encoding", "Connection", "Content-Length", "Expect", "Host",
        "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
        "If-Unmodified-Since", "Keep-Alive", "Proxy-Authorization",
        "Proxy-Connection", "Range", "TE", "Transfer-Encoding", "Upgrade"}) {
    if (absl::EqualsIgnoreCase(name, dropped)) return false;
  }
  return true;
}

ProxyRequest WithoutState(ProxyRequest request) {
  std::erase_if(request.headers,
                [](const auto& header) { return !IsPassedOn(header.first); });
  return request;
}

// The answer as a replay returns it: with the headers that a lock keeps, and
// the body only if it is one.
ProxyResponse AsReplayed(const ProxyResponse& response) {
  ProxyResponse replayed = {.status = response.status};
  for (const auto& [name, value] : response.headers) {
    if (absl::StrContains(value, '\n')) continue;
    const absl::string_view kept = LockedHeaderName(name);
    if (!kept.empty()) replayed.headers.emplace_back(kept, value);
  }
  if (response.status < 300) replayed.body = response.body;
  return replayed;
}

LockedRequest ToLocked(const ProxyRequest& request, const std::string& url,
                       const ProxyResponse& response) {
  LockedRequest locked = {
      .method = request.method,
      .url = url,
      .body_sha256 = BodyKey(request.body),
      .status = response.status,
      .sha256 = std::string(DigestHex(DigestOf(response.body))),
      .size = static_cast<int64_t>(response.body.size())};
  if (request.method != "GET" || response.status != 200) {
    locked.body = response.body;
  }
  for (const auto& [name, value] : response.headers) {
    locked.headers[name] = value;
  }
  return locked;
}

}  // namespace

ProxyResponse Recorder::Answer(const ProxyRequest& request) {
  const std::string url = mirrors_.ToLocked(request.url);
  const std::tuple key(url, request.method, BodyKey(request.body));
  {
    const absl::MutexLock lock(mutex_);
    const auto found = recorded_.find(key);
    if (found != recorded_.end()) return found->second.response;
  }
  const absl::StatusOr<ProxyResponse> fetched = fetch_(WithoutState(request));
  if (!fetched.ok()) {
    return {
        .status = 502,
        .headers = {{"Content-Type", "text/plain"}},
        .body = absl::StrCat("recording: ", fetched.status().message(), "\n")};
  }
  Recorded recorded = {.response = AsReplayed(*fetched)};
  recorded.locked = ToLocked(request, url, recorded.response);
  const absl::MutexLock lock(mutex_);
  if (HasCredentials(request.url)) {
    problems_.push_back(
        absl::StrCat(request.method, " ", WithoutCredentials(request.url),
                     ": refusing to record a URL with embedded credentials"));
  } else if (recorded.locked.body.size() > kMaxInlineBody) {
    problems_.push_back(absl::StrCat(request.method, " ", request.url,
                                     ": a response of ", recorded.locked.size,
                                     " bytes to a ", request.method,
                                     " cannot be locked: only the response to "
                                     "a GET can be downloaded again"));
  }
  return recorded_.try_emplace(key, std::move(recorded)).first->second.response;
}

absl::StatusOr<std::vector<LockedRequest>> Recorder::Requests() const {
  const absl::MutexLock lock(mutex_);
  if (!problems_.empty()) {
    return absl::FailedPreconditionError(absl::StrJoin(problems_, "\n"));
  }
  std::vector<LockedRequest> requests;
  for (const auto& [key, recorded] : recorded_) {
    requests.push_back(recorded.locked);
  }
  return requests;
}

}  // namespace rules_dockerfile
