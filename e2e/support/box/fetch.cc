#include "e2e/support/box/fetch.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>

namespace {

// A connection to http_proxy; -1 if there is none.
int ConnectToProxy() {
  const char* const variable = std::getenv("http_proxy");
  const std::string proxy = variable != nullptr ? variable : "";
  const std::string scheme = "http://";
  const size_t colon = proxy.rfind(':');
  if (!proxy.starts_with(scheme) || colon <= scheme.size()) return -1;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(std::stoi(proxy.substr(colon + 1)));
  const std::string host = proxy.substr(scheme.size(), colon - scheme.size());
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return -1;
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) !=
      0) {
    return -1;
  }
  return fd;
}

}  // namespace

int Fetch(const std::string& url, std::ostream& out) {
  const int fd = ConnectToProxy();
  if (fd < 0) {
    std::cerr << "fetch: cannot connect\n";
    return 7;
  }
  const std::string request = "GET " + url + " HTTP/1.1\r\nHost: x\r\n\r\n";
  if (write(fd, request.data(), request.size()) !=
      static_cast<ssize_t>(request.size())) {
    return 55;
  }
  std::string answer;
  char buffer[4096];
  ssize_t size = 0;
  while ((size = read(fd, buffer, sizeof(buffer))) > 0) {
    answer.append(buffer, size);
  }
  close(fd);
  const std::string body = answer.substr(answer.find("\r\n\r\n") + 4);
  if (!answer.starts_with("HTTP/1.1 200")) {
    std::cerr << body;
    return 22;
  }
  out << body;
  return 0;
}
