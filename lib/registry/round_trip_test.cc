// Pull, and push with TLS, over real connections.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/http/curl_transport.h"
#include "lib/http/server_testing.h"
#include "lib/http/transport.h"
#include "lib/network/certificate_authority.h"
#include "lib/platform/platform.h"
#include "lib/registry/client.h"
#include "lib/registry/memory_registry_testing.h"
#include "lib/registry/pull.h"
#include "lib/registry/registry_testing.h"
#include "lib/registry/session.h"
#include "lib/registry/tls.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"

namespace rules_dockerfile {
namespace {

using Outcomes = std::vector<BlobOutcome>;

TEST(Pull, ReplacesADamagedBlob) {
  ScriptedServer server{MemoryRegistry()};
  Repository repository({.registry = server.host()}, "a");
  const std::string layout = MakeLayout("layout");
  ASSERT_TRUE(repository.Push(layout, {"v1"}).ok());
  const std::string blob =
      absl::StrCat(layout, "/blobs/sha256/", DigestHex(DigestOf(kLayer)));
  const std::string request =
      absl::StrCat("GET /v2/a/blobs/", DigestOf(kLayer));
  size_t fetched = 0;
  for (const std::string& damaged : {std::string(), std::string("short"),
                                     std::string(sizeof(kLayer) - 1, 'x')}) {
    ASSERT_EQ(WriteFile(blob, damaged), absl::OkStatus());
    EXPECT_EQ(repository.Pull({.reference = "v1", .layout = layout}).status(),
              absl::OkStatus());
    EXPECT_EQ(ReadFile(blob).value(), kLayer);
    EXPECT_EQ(std::ranges::count(server.Lines(), request), ++fetched);
  }
  // A complete one is left alone.
  EXPECT_TRUE(repository.Pull({.reference = "v1", .layout = layout}).ok());
  EXPECT_EQ(std::ranges::count(server.Lines(), request), fetched);
}

TEST(Pull, FailsIfAnImageIsForAnotherPlatform) {
  ScriptedServer server{MemoryRegistry()};
  Repository repository({.registry = server.host()}, "a");
  ASSERT_TRUE(repository.Push(MakeLayout("layout"), {"v1"}).ok());
  const std::string pulled = TempDirectory("pulled");
  EXPECT_EQ(repository
                .Pull({.reference = "v1",
                       .platform = ParsePlatform("linux/arm64").value(),
                       .layout = pulled})
                .status(),
            absl::NotFoundError("no image for platform \"linux/arm64\": the "
                                "registry has \"linux/amd64\""));
  EXPECT_FALSE(std::filesystem::exists(pulled + "/index.json"));
  EXPECT_EQ(repository
                .Pull({.reference = "v1",
                       .platform = ParsePlatform("linux/amd64").value(),
                       .layout = pulled})
                .status(),
            absl::OkStatus());
}

// A certs.d directory for the server with the CA's certificate.
std::string CertsDirectory(const CertificateAuthority& ca,
                           const std::string& host) {
  const std::string directory = TempDirectory("certs.d");
  std::filesystem::create_directories(directory + "/" + host);
  EXPECT_EQ(WriteFile(directory + "/" + host + "/ca.crt", ca.CertificatePem()),
            absl::OkStatus());
  return directory;
}

TEST(Tls, PushesAndPullsWithAPrivateCa) {
  const CertificateAuthority ca = CertificateAuthority::Create().value();
  ScriptedServer server{MemoryRegistry(),
                        ca.ServerContext("127.0.0.1").value()};
  SessionOptions options = {.registry = server.host()};
  options.tls = FindRegistryTls(server.host(),
                                {"/nowhere", CertsDirectory(ca, server.host())})
                    .value();
  Repository repository(options, "a");
  ASSERT_TRUE(repository.Push(MakeLayout("layout"), {"v1"}).ok());
  EXPECT_EQ(repository.outcomes(), (Outcomes(2, BlobOutcome::kSent)));
  const std::string pulled = TempDirectory("pulled");
  EXPECT_EQ(repository.Pull({.reference = "v1", .layout = pulled}).status(),
            absl::OkStatus());
}

TEST(Tls, TakesTheCaOfTheEnvironment) {
  const CertificateAuthority ca = CertificateAuthority::Create().value();
  ScriptedServer server{MemoryRegistry(),
                        ca.ServerContext("127.0.0.1").value()};
  const std::string file = TempDirectory("env") + "/ca.pem";
  ASSERT_EQ(WriteFile(file, ca.CertificatePem()), absl::OkStatus());
  const std::string url =
      absl::StrCat("https://", server.host(), "/v2/a/blobs/x");
  EXPECT_EQ(MakeCurlTransport()->Send({.url = url}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  setenv("SSL_CERT_FILE", file.c_str(), 1);
  EXPECT_EQ(MakeCurlTransport()->Send({.url = url})->status, 404);
  unsetenv("SSL_CERT_FILE");
  EXPECT_EQ(MakeCurlTransport()
                ->Send({.url = url, .tls = {.extra_cas = {file}}})
                ->status,
            404);
  EXPECT_EQ(
      MakeCurlTransport()->Send({.url = url, .tls = {.ca = file}})->status,
      404);
  EXPECT_EQ(MakeCurlTransport()
                ->Send({.url = url, .tls = {.extra_cas = {"/no/ca.pem"}}})
                .status(),
            absl::FailedPreconditionError(
                "cannot open \"/no/ca.pem\": No such file or directory"));
}

TEST(Tls, RefusesACertificateOfAnUnknownCa) {
  const CertificateAuthority ca = CertificateAuthority::Create().value();
  const CertificateAuthority other = CertificateAuthority::Create().value();
  ScriptedServer server{MemoryRegistry(),
                        ca.ServerContext("127.0.0.1").value()};
  SessionOptions options = {.registry = server.host()};
  options.tls =
      FindRegistryTls(server.host(), {CertsDirectory(other, server.host())})
          .value();
  Repository repository(options, "a");
  const absl::Status status =
      repository.Pull({.reference = "v1", .layout = TempDirectory("pulled")})
          .status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  // OpenSSL's words differ between its versions.
  EXPECT_THAT(std::string(status.message()),
              testing::AllOf(
                  testing::StartsWith(absl::StrCat("registry \"", server.host(),
                                                   "\": SSL certificate")),
                  testing::EndsWith("\nhint: --ca_file or a certs.d directory "
                                    "names the CA of a private registry")));
  EXPECT_EQ(server.Lines(), std::vector<std::string>{});
}

TEST(Tls, ShowsTheClientCertificateOfTheDirectory) {
  const CertificateAuthority ca = CertificateAuthority::Create().value();
  const std::shared_ptr<SSL_CTX> context =
      ca.ServerContext("127.0.0.1").value();
  SSL_CTX_set_verify(context.get(),
                     SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                     [](int, X509_STORE_CTX*) { return 1; });
  ScriptedServer server{MemoryRegistry(), context};
  const std::string directory = CertsDirectory(ca, server.host());
  const auto pull = [&] {
    SessionOptions options = {.registry = server.host()};
    options.tls = FindRegistryTls(server.host(), {directory}).value();
    return Repository(options, "a")
        .Pull({.reference = "v1", .layout = TempDirectory("pulled")})
        .status();
  };
  EXPECT_FALSE(absl::IsNotFound(pull())) << "without a certificate";
  const std::shared_ptr<SSL_CTX> client = ca.ServerContext("client").value();
  const std::string stem = absl::StrCat(directory, "/", server.host(), "/me");
  std::FILE* file = std::fopen((stem + ".cert").c_str(), "w");
  PEM_write_X509(file, SSL_CTX_get0_certificate(client.get()));
  std::fclose(file);
  file = std::fopen((stem + ".key").c_str(), "w");
  PEM_write_PrivateKey(file, SSL_CTX_get0_privatekey(client.get()), nullptr,
                       nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  EXPECT_EQ(pull(), absl::NotFoundError(
                        absl::StrCat("registry \"", server.host(),
                                     "\" returned 404: no reason given")));
}

}  // namespace
}  // namespace rules_dockerfile
