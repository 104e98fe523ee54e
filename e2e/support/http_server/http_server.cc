// The server of the network tests. `http_server DIRECTORY PORT_FILE` serves the
// files of a directory on a port of 127.0.0.1, writes the port to a file, and
// prints the path of each request, with a note if the request has an
// Authorization.
//
// A file `PATH.METHOD` is the whole answer to requests of that method, be it
// HTTP or not: head, empty line and body. `PATH.METHOD.anonymous` comes before
// it if the request has no Authorization. After `PATH.METHOD.endless` come more
// bytes until the client has enough.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>

namespace {

struct HttpAnswer {
  std::string bytes;
  bool endless = false;
};

std::string ReadHead(int fd) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && read(fd, &byte, 1) == 1) head += byte;
  return head;
}

// Reads the body: a client that still sends it may miss the answer.
void SkipBody(int fd, const std::string& head) {
  constexpr char kField[] = "\r\nContent-Length: ";
  const size_t field = head.find(kField);
  if (field == head.npos) return;
  size_t left = std::stoul(head.substr(field + sizeof(kField) - 1));
  char buffer[1 << 16];
  while (left > 0) {
    const ssize_t n = read(fd, buffer, std::min(left, sizeof(buffer)));
    if (n <= 0) return;
    left -= n;
  }
}

std::optional<std::string> ReadFile(const std::string& path) {
  if (!std::filesystem::is_regular_file(path)) return std::nullopt;
  std::ostringstream content;
  content << std::ifstream(path).rdbuf();
  return content.str();
}

// Returns the Content-Type header of a manifest, from its media type, so that
// the files can be those of a registry; "" for other files.
std::string ContentType(const std::string& path, const std::string& body) {
  if (path.find("/manifests/") == path.npos) return "";
  constexpr char kField[] = "\"mediaType\":\"";
  std::string json;
  for (const char c : body) {
    if (c != ' ' && c != '\n') json += c;
  }
  const size_t field = json.find(kField);
  if (field == json.npos) return "";
  const size_t begin = field + sizeof(kField) - 1;
  return "Content-Type: " + json.substr(begin, json.find('"', begin) - begin) +
         "\r\n";
}

// The answer to "GET /path?query HTTP/1.1 …".
HttpAnswer Answer(const std::string& directory, const std::string& head) {
  std::istringstream words(head);
  std::string method, path;
  words >> method >> path;
  const bool is_authorized = head.find("\r\nAuthorization: ") != head.npos;
  std::cout << path << (is_authorized ? " with credentials" : "") << std::endl;
  const std::string file = directory + path.substr(0, path.find('?'));
  std::optional<std::string> whole;
  if (!is_authorized) whole = ReadFile(file + "." + method + ".anonymous");
  if (!whole) whole = ReadFile(file + "." + method);
  if (whole) return {.bytes = *whole};
  whole = ReadFile(file + "." + method + ".endless");
  if (whole) return {.bytes = *whole, .endless = true};
  const auto content = ReadFile(file);
  const std::string body = content.value_or("");
  return {.bytes = std::string(content ? "HTTP/1.1 200 OK\r\n"
                                       : "HTTP/1.1 404 Not\r\n") +
                   "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n" +
                   ContentType(path, body) + "Connection: close\r\n" +
                   "Content-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + (method == "HEAD" ? "" : body)};
}

bool Send(int fd, const std::string& bytes) {
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t sent =
        send(fd, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    at += sent;
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: http_server DIRECTORY PORT_FILE\n";
    return 2;
  }
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener, generic, size) != 0 || listen(listener, SOMAXCONN) != 0 ||
      getsockname(listener, generic, &size) != 0) {
    std::perror("http_server");
    return 1;
  }
  const std::string unfinished = std::string(argv[2]) + ".new";
  std::ofstream(unfinished) << ntohs(address.sin_port) << "\n";
  std::filesystem::rename(unfinished, argv[2]);
  while (true) {
    const int fd = accept(listener, nullptr, nullptr);
    if (fd < 0) continue;
    const std::string head = ReadHead(fd);
    SkipBody(fd, head);
    const HttpAnswer answer = Answer(argv[1], head);
    bool is_open = Send(fd, answer.bytes);
    while (is_open && answer.endless) {
      is_open = Send(fd, std::string(1 << 16, 'x'));
    }
    close(fd);
  }
}
