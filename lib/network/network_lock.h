#ifndef LIB_NETWORK_NETWORK_LOCK_H_
#define LIB_NETWORK_NETWORK_LOCK_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/network/locked_evidence.h"
#include "lib/network/locked_image.h"

namespace rules_dockerfile {

// A request and the answer that it got: docs/design/0002_locked_network.md.
struct LockedRequest {
  std::string method;       // "GET"
  std::string url;          // absolute, or "mirror:NAME/path"
  std::string body_sha256;  // lower-case hex of the request's body; "" for none
  int status = 0;
  std::string sha256;  // lower-case hex of the answer's body
  int64_t size = 0;    // bytes of it
  // The body itself where no download can bring it: what answers a POST.
  std::string body;
  std::map<std::string, std::string> headers;  // of the answer, by usual name

  friend bool operator==(const LockedRequest&, const LockedRequest&) = default;
};

// What one RUN fetched.
struct LockedRun {
  std::string stage;        // name, or number of one without
  std::string platform;     // of the image, "linux/amd64"
  std::string instruction;  // its text
  int64_t recorded = 0;     // seconds since the Unix epoch; its clock's start
  std::vector<LockedRequest> requests;  // sorted by url, method, body

  friend bool operator==(const LockedRun&, const LockedRun&) = default;
};

// A file that an ADD fetched.
struct LockedFile {
  std::string stage;     // as LockedRun::stage
  std::string platform;  // as LockedRun::platform
  std::string url;       // variables expanded
  std::string sha256;    // lower-case hex of its bytes
  int64_t size = 0;      // bytes
  // When the server says it was modified, seconds since the Unix epoch; 0 if
  // it does not say.
  int64_t modified = 0;

  friend bool operator==(const LockedFile&, const LockedFile&) = default;
};

// What a Dockerfile needs from the network: the images of its FROMs, the
// registries that these come from and what shows that they are signed, sorted
// by name and platform, and what its instructions fetch, each kind in file
// order.
struct NetworkLock {
  std::vector<LockedRegistry> registries;
  std::vector<LockedImage> images;
  std::vector<LockedEvidence> signatures;
  std::vector<LockedFile> files;
  std::vector<LockedRun> runs;

  friend bool operator==(const NetworkLock&, const NetworkLock&) = default;
};

// The file: JSON with an image or a request a line. Parse(ToText(x)) == x.
// Errors name the field: `field "runs[0].requests[2].size": expected an
// integer, got a string`.
std::string NetworkLockToText(const NetworkLock& lock);
absl::StatusOr<NetworkLock> ParseNetworkLock(absl::string_view text);

// The usual spelling of a header that a lock keeps: `ETag` for `etag`; "" for
// all others, which are left out.
absl::string_view LockedHeaderName(absl::string_view name);

}  // namespace rules_dockerfile

#endif  // LIB_NETWORK_NETWORK_LOCK_H_
