#include <fmt/core.h>

#include <cstdlib>
#include <string>

#include "store.h"

int main(int argc, char** argv) {
  Store store(std::getenv("NOTES_DB"));
  if (argc > 2 && std::string(argv[1]) == "add") store.Add(argv[2]);
  int line = 0;
  for (const std::string& note : store.List())
    fmt::print("{}: {}\n", ++line, note);
}
