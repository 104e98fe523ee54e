#include "lib/sandbox/testing/commands.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

namespace rules_dockerfile {

void Check(const std::string& what, int result) {
  if (result >= 0) return;
  std::cout << what << ": " << strerrorname_np(errno) << "\n";
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace rules_dockerfile
