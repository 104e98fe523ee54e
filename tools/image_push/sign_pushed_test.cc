#include "tools/image_push/sign_pushed.h"

#include <sys/stat.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/http/transport_testing.h"
#include "lib/oci/media_type.h"
#include "lib/registry/client.h"
#include "lib/registry/clients.h"
#include "lib/registry/credentials.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/session.h"
#include "lib/signature/signature_store.h"

namespace rules_dockerfile {
namespace {

using Strings = std::vector<std::string>;

// Signs with the name of the repository, and counts its runs.
constexpr char kSigner[] =
    "#!/bin/sh\n"
    "echo run >>\"$RUNS\"\n"
    "[ -z \"$FAILS\" ] || exit 5\n"
    "reference=$(sed 's/.*\"reference\":\"\\([^\"]*\\)\".*/\\1/')\n"
    "printf '{\"version\":1,\"signature\":\"%s\"}' \\\n"
    "  \"$(printf %s \"$reference\" | base64 -w0)\"\n";

class SignPushedTest : public testing::Test {
 protected:
  SignPushedTest()
      : server_([this](const ScriptedServer::Request& request) {
          return registry_(request);
        }),
        transport_(MakeCurlTransport()),
        clients_(
            [](const std::string& registry) {
              return SessionOptions{.registry = registry, .sleep = NoPause};
            },
            *transport_,
            [](const std::string&)
                -> absl::StatusOr<std::optional<Credentials>> {
              return std::nullopt;
            }),
        program_(absl::StrCat(testing::TempDir(), "/signer")),
        runs_(absl::StrCat(testing::TempDir(), "/runs")) {
    EXPECT_EQ(WriteFile(program_, kSigner), absl::OkStatus());
    chmod(program_.c_str(), 0755);
    EXPECT_EQ(WriteFile(runs_, ""), absl::OkStatus());
  }

  PushedImage Image(const std::string& repository, const std::string& text,
                    const Strings& environment = {}) {
    PushedImage image = {
        .root = {.media_type = std::string(kOciManifestMediaType),
                 .digest = DigestOf(text),
                 .size = static_cast<int64_t>(text.size())},
        .repository = {.registry = server_.host(), .repository = repository},
        .signer = {.program = program_,
                   .environment = {absl::StrCat("RUNS=", runs_)}}};
    for (const std::string& variable : environment) {
      image.signer.environment.push_back(variable);
    }
    return image;
  }
  // The names, or the error.
  Strings Sign(const std::vector<PushedImage>& images, bool dry_run = false) {
    const absl::StatusOr<Strings> names = SignPushed(images, dry_run, clients_);
    Strings told =
        names.ok() ? *names : Strings{std::string(names.status().message())};
    for (std::string& line : told) {
      line = absl::StrReplaceAll(line, {{server_.host(), "HOST"}});
    }
    return told;
  }
  // The signature in the repository; "" if there is none.
  std::string SignatureOf(const PushedImage& image) {
    RegistryClient* const client = clients_.Get(image.repository).value();
    const auto signatures = PullSignatures(image.root.digest, *client);
    return signatures.ok() ? absl::StrReplaceAll(signatures->at(0).signature,
                                                 {{server_.host(), "HOST"}})
                           : "";
  }

  MemoryRegistry registry_;
  ScriptedServer server_;
  std::unique_ptr<HttpTransport> transport_;
  RegistryClients clients_;
  std::string program_;
  std::string runs_;
};

TEST_F(SignPushedTest, SignsOnceInEachRepository) {
  const PushedImage one = Image("a/one", "image");
  const PushedImage two = Image("a/two", "image");
  EXPECT_EQ(Sign({one, two, one}),
            (Strings{absl::StrCat("HOST/a/one@", DigestOf("image")),
                     absl::StrCat("HOST/a/two@", DigestOf("image"))}));
  EXPECT_EQ(ReadFile(runs_).value_or(""), "run\nrun\n");
  EXPECT_EQ(SignatureOf(one), "HOST/a/one");
  EXPECT_EQ(SignatureOf(two), "HOST/a/two");
}

TEST_F(SignPushedTest, RunsNothingInADryRun) {
  const PushedImage image = Image("a/one", "image");
  EXPECT_EQ(Sign({image}, /*dry_run=*/true),
            Strings{absl::StrCat("HOST/a/one@", DigestOf("image"))});
  EXPECT_EQ(ReadFile(runs_).value_or(""), "");
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(SignPushedTest, SaysThatTheImageIsNotSigned) {
  EXPECT_EQ(Sign({Image("a/one", "image", {"FAILS=yes"})}),
            Strings{absl::StrCat(
                "HOST/a/one@", DigestOf("image"),
                ": signer \"signer\": exit code 5\nhint: the image is pushed, "
                "but not signed: push again")});
}

}  // namespace
}  // namespace rules_dockerfile
