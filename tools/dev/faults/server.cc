// What the tools speak to in fault runs: a registry, a Docker daemon and a
// server with one file, in one process, until it is killed:
//
//   server --address_out=A --key_out=K    A: 127.0.0.1:40123
//   GET /forget                all that was sent
//   GET /state                 a line for each thing it has, with its SHA-256
//   GET /sign/REPOSITORY@DIGEST           what a signer answers, by the key K
#include <unistd.h>

#include <map>
#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/file.h"
#include "lib/base/tool.h"
#include "lib/digest/digest.h"
#include "lib/http/server_testing.h"
#include "lib/json/json.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/signature/signature_testing.h"
#include "lib/signature/simple_signing.h"

ABSL_FLAG(std::string, address_out, "", "file to write with HOST:PORT");
ABSL_FLAG(std::string, key_out, "", "file to write with the public key");

namespace rules_dockerfile {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

constexpr size_t kFileSize = 300000;

// Docker's Engine API, as far as image_load needs it.
class Daemon {
 public:
  Answer operator()(const Request& request) {
    if (request.target == "/_ping") return HttpAnswer(200, "OK");
    if (absl::StartsWith(request.target, "/images/load")) {
      images_["archive"] = request.body;
      return HttpAnswer(200, R"({"stream":"Loaded image: a:b\n"})");
    }
    images_[request.target] = "";
    return HttpAnswer(201);
  }

  const std::map<std::string, std::string>& images() const { return images_; }

 private:
  std::map<std::string, std::string> images_;
};

// Signs an image, always with the same bytes.
std::string SignerAnswer(absl::string_view image, const TestKey& key) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(image, absl::MaxSplits('@', 1));
  const std::string payload =
      SigningPayloadText({.reference = parts.first, .digest = parts.second});
  return Json({{"version", 1},
               {"payload", absl::Base64Escape(payload)},
               {"signature", absl::Base64Escape(key.Sign(payload, ""))}})
      .dump();
}

class Servers {
 public:
  explicit Servers(TestKey key) : key_(std::move(key)) {}

  Answer operator()(const Request& request) {
    const std::string& target = request.target;
    if (target == "/forget") {
      *this = Servers(key_);
      return HttpAnswer(200);
    }
    if (absl::string_view image = target;
        absl::ConsumePrefix(&image, "/sign/")) {
      return HttpAnswer(200, SignerAnswer(image, key_));
    }
    if (target == "/state") {
      return HttpAnswer(200, absl::StrCat(Lines(registry_.contents()),
                                          Lines(daemon_.images())));
    }
    if (target == "/file") return HttpAnswer(200, std::string(kFileSize, 'f'));
    return absl::StartsWith(target, "/v2/") ? registry_(request)
                                            : daemon_(request);
  }

 private:
  static std::string Lines(const std::map<std::string, std::string>& things) {
    std::string lines;
    for (const auto& [name, bytes] : things) {
      absl::StrAppend(&lines, name, " ", DigestOf(bytes), "\n");
    }
    return lines;
  }

  TestKey key_;
  MemoryRegistry registry_;
  Daemon daemon_;
};

absl::Status Run() {
  ABSL_ASSIGN_OR_RETURN(const std::string address_out,
                        RequiredFlag(FLAGS_address_out));
  ABSL_ASSIGN_OR_RETURN(const std::string key_out, RequiredFlag(FLAGS_key_out));
  const TestKey key("ED25519");
  ABSL_RETURN_IF_ERROR(WriteFile(key_out, key.PublicPem()));
  const ScriptedServer server{Servers(key)};
  ABSL_RETURN_IF_ERROR(WriteFile(address_out, server.host()));
  while (true) pause();
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  return rules_dockerfile::RunTool("server",
                                   "Serves what fault runs speak to, and tells "
                                   "what it was sent.",
                                   argc, argv, rules_dockerfile::Run);
}
