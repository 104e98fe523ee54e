#ifndef LIB_RUN_NETWORK_PROXY_H_
#define LIB_RUN_NETWORK_PROXY_H_

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/network/proxy_server.h"
#include "lib/process/unique_fd.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {

// Answers the requests of a RUN, in a separate process.
struct ProxyService {
  ProxyHandler answer;
  // Called after the last answer; its result is Finish()'s.
  std::function<absl::StatusOr<std::string>()> finish;
};

// The proxy that is the only network of a RUN:
// docs/design/0002_locked_network.md.
//
//   ABSL_ASSIGN_OR_RETURN(NetworkProxy proxy, NetworkProxy::Start(service));
//   proxy.AddTo(spec);
//   … RunInSandbox(spec) …
//   ABSL_RETURN_IF_ERROR(proxy.Finish());
class NetworkProxy {
 public:
  // Starts the process. Must not be called while other threads run.
  static absl::StatusOr<NetworkProxy> Start(const ProxyService& service);

  NetworkProxy(NetworkProxy&& other) noexcept;
  NetworkProxy& operator=(NetworkProxy&&) = delete;
  ~NetworkProxy();

  // Makes the proxy the network of the sandbox: its socket, the variables that
  // programs find it by, and the certificate that they are to trust, which is
  // not part of the layer.
  void AddTo(SandboxSpec& spec) const;

  // Ends the process, and says how its service did: a note for the user, "" if
  // none, or the error that invalidates the layer.
  absl::StatusOr<std::string> Finish();

 private:
  NetworkProxy(UniqueFd socket, UniqueFd report, pid_t pid,
               std::string certificate);

  UniqueFd socket_;  // the sandbox' end
  UniqueFd report_;  // what went wrong; nothing if nothing did
  pid_t pid_;
  std::string certificate_;
};

// The variables that programs find a proxy and its authority by.
std::vector<std::string> ProxyEnvironment();

}  // namespace rules_dockerfile

#endif  // LIB_RUN_NETWORK_PROXY_H_
