#ifndef LIB_REGISTRY_MEMORY_REGISTRY_TESTING_H_
#define LIB_REGISTRY_MEMORY_REGISTRY_TESTING_H_

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/http/server_testing.h"

namespace rules_dockerfile {

// A registry for tests that keeps all in memory: the parts of the
// distribution-spec that a push and a pull need. It is the handler of a
// ScriptedServer. As a real one, it takes no blob that does not have the digest
// it is sent with, and no manifest that names a blob which is not there.
class MemoryRegistry {
 public:
  // So many uploads break off in the middle; it says what has arrived of them.
  explicit MemoryRegistry(int breaks = 0) : breaks_(breaks) {}

  ScriptedServer::Answer operator()(const ScriptedServer::Request& request);

  // What it holds, by path: "/v2/a/b/manifests/v1", "/v2/a/b/blobs/sha256:…".
  const std::map<std::string, std::string>& contents() const {
    return contents_;
  }

 private:
  // Whether a blob was mounted from another repository, as the parameters of a
  // POST to `blobs` ask.
  bool Mount(const std::string& blobs, absl::string_view parameters);
  ScriptedServer::Answer Upload(const ScriptedServer::Request& request,
                                const std::string& path,
                                absl::string_view query);
  ScriptedServer::Answer PutManifest(const ScriptedServer::Request& request,
                                     const std::string& path);
  bool HasAllThatIsNamed(const std::string& repository,
                         absl::string_view manifest) const;

  std::map<std::string, std::string> contents_;
  std::map<std::string, std::string> types_;    // of manifests, by path
  std::map<std::string, std::string> uploads_;  // what has arrived, by path
  int upload_count_ = 0;
  int breaks_;
};

}  // namespace rules_dockerfile

#endif  // LIB_REGISTRY_MEMORY_REGISTRY_TESTING_H_
