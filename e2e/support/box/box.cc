// The shell of the test images: a static program with the commands that the
// tests' RUN instructions use. `box -c "echo a > /b && rm /c"`.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "e2e/support/box/fetch.h"

namespace {

// Runs one simple command; returns its exit code.
int RunCommand(std::vector<std::string> words, std::ostream& standard_out) {
  const std::string name = words[0];
  words.erase(words.begin());
  if (name == "true") return 0;
  if (name == "false") return 1;
  if (name == "exit") std::exit(std::stoi(words.at(0)));
  if (name == "echo") {
    for (size_t i = 0; i < words.size(); ++i) {
      standard_out << (i > 0 ? " " : "") << words[i];
    }
    standard_out << "\n";
    return 0;
  }
  if (name == "fetch") return Fetch(words.at(0), standard_out);
  for (const std::string& path : words) {
    if (name == "cat") {
      std::ifstream file(path);
      if (!file) {
        std::cerr << "cat: " << path << ": no such file\n";
        return 1;
      }
      if (file.peek() != EOF) standard_out << file.rdbuf();
    } else if (name == "rm") {
      std::filesystem::remove_all(path);
    } else if (name == "mkdir") {
      std::filesystem::create_directories(path);
    } else {
      std::cerr << name << ": not found\n";
      return 127;
    }
  }
  return 0;
}

// Runs one command with its `> file` or `>> file`.
int RunLine(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  std::string word, redirect;
  bool append = false;
  while (stream >> word) {
    if (word == ">" || word == ">>") {
      append = word == ">>";
      stream >> redirect;
    } else {
      words.push_back(word);
    }
  }
  if (words.empty()) return 0;
  if (redirect.empty()) return RunCommand(words, std::cout);
  std::ofstream file(redirect, append ? std::ios::app : std::ios::trunc);
  if (!file) {
    std::cerr << redirect << ": cannot be written\n";
    return 1;
  }
  return RunCommand(words, file);
}

}  // namespace

int main(int argc, char** argv) {
  // In an emulator's place it gets the program's path and its argv[0] first.
  if (argc > 4 && std::string(argv[3]) == "-c") {
    argc -= 2;
    argv += 2;
  }
  if (argc < 3 || std::string(argv[1]) != "-c") {
    std::cerr << "usage: box -c SCRIPT\n";
    return 2;
  }
  // "&&" and line ends separate commands; the first failure ends the script.
  std::string script = argv[2];
  for (size_t at; (at = script.find("&&")) != std::string::npos;) {
    script.replace(at, 2, "\n");
  }
  std::istringstream lines(script);
  std::string line;
  while (std::getline(lines, line)) {
    if (const int code = RunLine(line); code != 0) return code;
  }
  return 0;
}
