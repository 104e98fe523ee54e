#ifndef LIB_HTTP_SERVER_TESTING_H_
#define LIB_HTTP_SERVER_TESTING_H_

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "openssl/ssl.h"

namespace rules_dockerfile {

// A real HTTP server on a port of 127.0.0.1, for tests: it answers with the
// given bytes, be they HTTP or not. One request a connection.
class ScriptedServer {
 public:
  struct Request {
    std::string method;
    std::string target;                          // "/v2/?a=b"
    std::map<std::string, std::string> headers;  // by lower-case name
    std::string body;

    std::string Line() const { return method + " " + target; }
  };

  struct Answer {
    std::string bytes;     // the head, an empty line and the body
    bool endless = false;  // then "x" until the client has enough
    bool hangs = false;    // then nothing, but the connection stays
  };

  // Called for one request at a time.
  using Handler = std::function<Answer(const Request&)>;

  // With `tls` it speaks HTTPS. Without `handler` it accepts no connection: a
  // client can connect, but nobody ever reads what it sends.
  explicit ScriptedServer(Handler handler,
                          std::shared_ptr<SSL_CTX> tls = nullptr);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  // "127.0.0.1:40123".
  const std::string& host() const { return host_; }

  // All requests so far.
  std::vector<Request> requests();

  // "GET /v2/" of each.
  std::vector<std::string> Lines();

 private:
  class Connection;
  void Accept();
  void Serve(Connection& connection);

  Handler handler_;
  std::shared_ptr<SSL_CTX> tls_;
  int listener_;
  std::string host_;
  std::mutex mutex_;  // of what follows
  std::vector<Request> requests_;
  std::list<Connection> connections_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

// An answer with a Content-Length: `HttpAnswer(404, "", {"Retry-After: 1"})`.
ScriptedServer::Answer HttpAnswer(int status, const std::string& body = "",
                                  const std::vector<std::string>& headers = {});

}  // namespace rules_dockerfile

#endif  // LIB_HTTP_SERVER_TESTING_H_
