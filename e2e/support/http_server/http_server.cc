// The server of the network tests. `http_server DIRECTORY PORT_FILE` serves the
// files of a directory on a port of 127.0.0.1, writes the port to a file, and
// prints the path of each request.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace {

std::string ReadHead(int fd) {
  std::string head;
  char byte = 0;
  while (!head.ends_with("\r\n\r\n") && read(fd, &byte, 1) == 1) head += byte;
  return head;
}

// Returns the Content-Type header of a manifest, from its media type, so that
// the files can be those of a registry; "" for other files.
std::string ContentType(const std::string& path, const std::string& body) {
  constexpr char kField[] = "\"mediaType\":\"";
  std::string json;
  for (const char c : body) {
    if (c != ' ' && c != '\n') json += c;
  }
  const size_t field = json.find(kField);
  if (path.find("/manifests/") == path.npos || field == json.npos) return "";
  const size_t begin = field + sizeof(kField) - 1;
  return "Content-Type: " + json.substr(begin, json.find('"', begin) - begin) +
         "\r\n";
}

// The answer to "GET /path HTTP/1.1 …".
std::string Answer(const std::string& directory, const std::string& head) {
  std::istringstream words(head);
  std::string method, path;
  words >> method >> path;
  std::cout << path << std::endl;
  std::ifstream file(directory + path);
  std::ostringstream content;
  content << file.rdbuf();
  const std::string body = content.str();
  return std::string(file ? "HTTP/1.1 200 OK\r\n" : "HTTP/1.1 404 Not\r\n") +
         "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n" +
         ContentType(path, body) +
         "Connection: close\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + (method == "HEAD" ? "" : body);
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
  if (bind(listener, generic, size) != 0 || listen(listener, 16) != 0 ||
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
    const std::string answer = Answer(argv[1], ReadHead(fd));
    for (size_t at = 0; at < answer.size();) {
      const ssize_t sent =
          send(fd, answer.data() + at, answer.size() - at, MSG_NOSIGNAL);
      if (sent <= 0) break;
      at += sent;
    }
    close(fd);
  }
}
