#pragma once

#include <memory>
#include <string>
#include <vector>

struct sqlite3;

// Notes in a file of SQLite.
class Store {
 public:
  explicit Store(const std::string& path);
  void Add(const std::string& text);
  std::vector<std::string> List() const;

 private:
  std::shared_ptr<sqlite3> db_;
};
