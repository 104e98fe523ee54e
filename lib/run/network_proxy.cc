#include "lib/run/network_proxy.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "lib/network/certificate_authority.h"
#include "lib/process/child_process.h"
#include "lib/process/fd_passing.h"

namespace rules_dockerfile {
namespace {

constexpr char kCertificatePath[] = "/dev/.network/ca.pem";

// Exit codes of the process, which say what its text is.
constexpr int kNote = 0;
constexpr int kError = 3;

absl::StatusOr<std::string> Serve(const ProxyService& service,
                                  const CertificateAuthority& authority,
                                  int socket) {
  const UniqueFd listener = ReceiveFd(socket);
  // Without one, the sandbox was not made: its error is the one to report.
  if (!listener.ok()) return "";
  ABSL_RETURN_IF_ERROR(
      ServeProxy(listener.get(), socket, authority, service.answer));
  // The maker asks for the end. One that is killed only closes its end: what
  // was seen then is a part, and no result.
  char asked = 0;
  if (read(socket, &asked, 1) != 1) {
    return absl::CancelledError("the process of the sandbox is gone");
  }
  return service.finish();
}

[[noreturn]] void Report(const absl::StatusOr<std::string>& result, int fd) {
  const std::string text(result.ok() ? *result : result.status().message());
  const auto written = write(fd, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) _exit(1);
  _exit(result.ok() ? kNote : kError);
}

}  // namespace

NetworkProxy::NetworkProxy(UniqueFd socket, UniqueFd report, pid_t pid,
                           std::string certificate)
    : socket_(std::move(socket)),
      report_(std::move(report)),
      pid_(pid),
      certificate_(std::move(certificate)) {}

NetworkProxy::NetworkProxy(NetworkProxy&& other) noexcept
    : socket_(std::move(other.socket_)),
      report_(std::move(other.report_)),
      pid_(std::exchange(other.pid_, -1)),
      certificate_(std::move(other.certificate_)) {}

NetworkProxy::~NetworkProxy() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  WaitForChild(pid_);
}

absl::StatusOr<NetworkProxy> NetworkProxy::Start(const ProxyService& service) {
  ABSL_ASSIGN_OR_RETURN(const CertificateAuthority authority,
                        CertificateAuthority::Create());
  ABSL_ASSIGN_OR_RETURN(SocketPair socket, MakeSocketPair());
  ABSL_ASSIGN_OR_RETURN(Pipe report, MakePipe());
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, "cannot fork");
  if (pid == 0) {
    DieWithParent(parent);
    socket.here.Close();
    report.read.Close();
    Report(Serve(service, authority, socket.there.get()), report.write.get());
  }
  return NetworkProxy(std::move(socket.here), std::move(report.read), pid,
                      authority.CertificatePem());
}

void NetworkProxy::AddTo(SandboxSpec& spec) const {
  spec.view.network = SandboxNetwork::kNone;
  spec.view.proxy_socket = socket_.get();
  for (std::string& variable : ProxyEnvironment()) {
    spec.command.env.push_back(std::move(variable));
  }
  spec.view.mounts.push_back(FileMount{
      .target = kCertificatePath, .contents = certificate_, .mode = 0444});
}

absl::StatusOr<std::string> NetworkProxy::Finish() {
  // It may have died, as its report then says.
  send(socket_.get(), "f", 1, MSG_NOSIGNAL);
  socket_.Close();
  std::string text = ReadAll(report_.get());
  const int status = WaitForChild(std::exchange(pid_, -1));
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNote) return text;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kError) {
    return absl::FailedPreconditionError(text);
  }
  return absl::InternalError("the network proxy died");
}

std::vector<std::string> ProxyEnvironment() {
  std::vector<std::string> environment;
  const std::string proxy =
      absl::StrCat("http://127.0.0.1:", kSandboxProxyPort);
  for (const char* name : {"http_proxy", "https_proxy", "all_proxy",
                           "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"}) {
    environment.push_back(absl::StrCat(name, "=", proxy));
  }
  for (const char* name : {"no_proxy", "NO_PROXY"}) {
    environment.push_back(absl::StrCat(name, "=localhost,127.0.0.1,::1"));
  }
  for (const char* name :
       {"AWS_CA_BUNDLE", "CARGO_HTTP_CAINFO", "CURL_CA_BUNDLE",
        "GIT_SSL_CAINFO", "NODE_EXTRA_CA_CERTS", "NPM_CONFIG_CAFILE",
        "PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"}) {
    environment.push_back(absl::StrCat(name, "=", kCertificatePath));
  }
  return environment;
}

}  // namespace rules_dockerfile
