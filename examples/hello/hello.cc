// Prints a file, or with --to writes "Hello, <file>!" to another one.

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

int main(int argc, char** argv) {
  std::string from, to;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg.substr(0, 7) == "--from=") from = arg.substr(7);
    if (arg.substr(0, 5) == "--to=") to = arg.substr(5);
  }
  std::ifstream input(from);
  std::string text;
  if (!std::getline(input, text)) {
    std::cerr << "hello: cannot read \"" << from << "\"\n";
    return 1;
  }
  if (to.empty()) {
    std::cout << text << "\n";
    return 0;
  }
  std::filesystem::create_directories(std::filesystem::path(to).parent_path());
  std::ofstream(to) << "Hello, " << text << "!\n";
  return 0;
}
