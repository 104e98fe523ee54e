#include "store.h"

#include <sqlite3.h>

#include <stdexcept>

namespace {

void Check(int code, sqlite3* db) {
  if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db));
}

}  // namespace

Store::Store(const std::string& path) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open(path.c_str(), &db);
  db_.reset(db, sqlite3_close);
  Check(code, db);
  Check(sqlite3_exec(db, "CREATE TABLE IF NOT EXISTS notes (text TEXT)",
                     nullptr, nullptr, nullptr),
        db);
}

void Store::Add(const std::string& text) {
  sqlite3_stmt* insert = nullptr;
  Check(sqlite3_prepare_v2(db_.get(), "INSERT INTO notes VALUES (?)", -1,
                           &insert, nullptr),
        db_.get());
  sqlite3_bind_text(insert, 1, text.c_str(), -1, SQLITE_TRANSIENT);
  sqlite3_step(insert);
  Check(sqlite3_finalize(insert), db_.get());
}

std::vector<std::string> Store::List() const {
  std::vector<std::string> notes;
  const auto add = [](void* to, int, char** values, char**) {
    static_cast<std::vector<std::string>*>(to)->emplace_back(values[0]);
    return 0;
  };
  Check(sqlite3_exec(db_.get(), "SELECT text FROM notes ORDER BY rowid", add,
                     &notes, nullptr),
        db_.get());
  return notes;
}
