// Gives Bazel's downloader the tokens of registries: docs/registries.md,
// "Credentials". The argument is "get", a request on standard input is JSON,
// and so is the answer on standard output.
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "lib/base/tool.h"
#include "lib/http/transport.h"
#include "lib/registry/credentials.h"
#include "tools/flags/registry_flags.h"
#include "tools/registry_credential_helper/answer.h"

namespace rules_dockerfile {
namespace {

absl::Status Help(const std::vector<std::string>& arguments) {
  if (arguments != std::vector<std::string>{"get"}) {
    return absl::InvalidArgumentError("expected the argument \"get\"");
  }
  const std::string request(std::istreambuf_iterator<char>(std::cin), {});
  const std::unique_ptr<HttpTransport> transport = TransportFromFlags();
  ABSL_ASSIGN_OR_RETURN(
      const std::string answer,
      AnswerHelperRequest(request,
                          {.options = SessionOptionsFromFlags,
                           .credentials = SystemCredentials()},
                          *transport));
  std::printf("%s\n", answer.c_str());
  return absl::OkStatus();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunToolWithArguments(
      "registry_credential_helper",
      "Usage: registry_credential_helper [FLAG]… get < REQUEST\n\n"
      "Answers Bazel's --credential_helper for registries, with the "
      "credentials of\n`docker login`.\n",
      argc, argv, rules_dockerfile::Help);
}
