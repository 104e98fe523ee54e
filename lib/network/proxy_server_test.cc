#include "lib/network/proxy_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "openssl/bio.h"
#include "openssl/pem.h"
#include "openssl/ssl.h"
#include "openssl/x509.h"

namespace rules_dockerfile {
namespace {

// A proxy on a free port of the loopback device whose answers contain the
// request.
class ProxyServer : public testing::Test {
 protected:
  ProxyServer() : authority_(*CertificateAuthority::Create()) {
    listen_fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address_);
    EXPECT_EQ(bind(listen_fd_, reinterpret_cast<sockaddr*>(&address_), size),
              0);
    EXPECT_EQ(listen(listen_fd_, 16), 0);
    getsockname(listen_fd_, reinterpret_cast<sockaddr*>(&address_), &size);
    EXPECT_EQ(pipe(control_), 0);
    thread_ = std::thread([this] {
      EXPECT_TRUE(ServeProxy(listen_fd_, control_[0], authority_,
                             [](const ProxyRequest& request) {
                               return ProxyResponse{
                                   .status = 200,
                                   .headers = {},
                                   .body = request.method + " " + request.url +
                                           " <" + request.body + ">"};
                             })
                      .ok());
    });
  }
  ~ProxyServer() override {
    close(control_[1]);
    thread_.join();
    close(listen_fd_);
  }

  int Connect() {
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(
        connect(fd, reinterpret_cast<sockaddr*>(&address_), sizeof(address_)),
        0);
    return fd;
  }
  static std::string ReadAll(int fd) {
    std::string text;
    char bytes[4096];
    ssize_t count;
    while ((count = read(fd, bytes, sizeof(bytes))) > 0) {
      text.append(bytes, count);
    }
    return text;
  }
  std::string Ask(const std::string& request) {
    const int fd = Connect();
    EXPECT_EQ(write(fd, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    shutdown(fd, SHUT_WR);
    const std::string answer = ReadAll(fd);
    close(fd);
    return answer;
  }

  CertificateAuthority authority_;
  int listen_fd_ = -1;
  sockaddr_in address_ = {};
  int control_[2] = {-1, -1};
  std::thread thread_;
};

std::string Answer(int status, const std::string& body,
                   const std::string& headers = "") {
  return "HTTP/1.1 " + std::to_string(status) + " -\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) +
         "\r\nConnection: close\r\n\r\n" + body;
}

TEST_F(ProxyServer, HandsRequestsOver) {
  EXPECT_EQ(Ask("GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n"),
            Answer(200, "GET http://h/p <>"));
}

TEST_F(ProxyServer, ReadsBodiesByLengthAndInChunks) {
  EXPECT_EQ(Ask("POST http://h/p HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"),
            Answer(200, "POST http://h/p <abc>"));
  EXPECT_EQ(Ask("POST http://h/p HTTP/1.1\r\nTransfer-Encoding: "
                "chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nT: t\r\n\r\n"),
            Answer(200, "POST http://h/p <abc>"));
}

TEST_F(ProxyServer, RefusesWhatIsMalformed) {
  const std::string text = "Content-Type: text/plain\r\n";
  EXPECT_EQ(Ask("GET /p HTTP/1.1\r\n\r\n"),
            Answer(400, "locked network: \"/p\": this is a proxy\n", text));
  EXPECT_EQ(
      Ask("what\r\n\r\n"),
      Answer(400, "locked network: malformed request line \"what\"\n", text));
  EXPECT_EQ(Ask("POST http://h/p HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc"),
            Answer(400, "locked network: the request is truncated\n", text));
  EXPECT_EQ(
      Ask("POST http://h/p HTTP/1.1\r\nContent-Length: 999999999999\r\n\r\n"),
      Answer(400, "locked network: the body of the request is too long\n",
             text));
  EXPECT_EQ(
      Ask("CONNECT h HTTP/1.1\r\n\r\n"),
      Answer(400, "locked network: CONNECT \"h\": expected host:port\n", text));
}

// What a client that trusts the authority gets through a tunnel.
std::string AskOverTls(int fd, const std::string& pem, const std::string& host,
                       const std::string& request) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
      SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> memory(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  X509* certificate =
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr);
  X509_STORE_add_cert(SSL_CTX_get_cert_store(context.get()), certificate);
  X509_free(certificate);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const std::unique_ptr<SSL, decltype(&SSL_free)> ssl(SSL_new(context.get()),
                                                      SSL_free);
  SSL_set1_host(ssl.get(), host.c_str());
  SSL_set_fd(ssl.get(), fd);
  if (SSL_connect(ssl.get()) != 1) return "handshake failed";
  SSL_write(ssl.get(), request.data(), static_cast<int>(request.size()));
  std::string text;
  char bytes[4096];
  int count;
  while ((count = SSL_read(ssl.get(), bytes, sizeof(bytes))) > 0) {
    text.append(bytes, count);
  }
  return text;
}

TEST_F(ProxyServer, IsTheTlsServerOfATunnel) {
  for (const auto& [target, host, url] :
       {std::tuple<std::string, std::string, std::string>{
            "example.com:443", "example.com", "https://example.com/p"},
        {"example.com:8443", "example.com", "https://example.com:8443/p"}}) {
    const int fd = Connect();
    const std::string connect_request =
        "CONNECT " + target + " HTTP/1.1\r\n\r\n";
    ASSERT_GT(write(fd, connect_request.data(), connect_request.size()), 0);
    const std::string established = "HTTP/1.1 200 -\r\n\r\n";
    std::string got(established.size(), ' ');
    ASSERT_EQ(recv(fd, got.data(), got.size(), MSG_WAITALL),
              static_cast<ssize_t>(got.size()));
    EXPECT_EQ(got, established);
    EXPECT_EQ(AskOverTls(fd, authority_.CertificatePem(), host,
                         "GET /p HTTP/1.1\r\n\r\n"),
              Answer(200, "GET " + url + " <>"));
    close(fd);
  }
}

}  // namespace
}  // namespace rules_dockerfile
