#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/listed_files.h"
#include "lib/sbom/numbers.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/rpm_header.h"

namespace rules_dockerfile {
namespace {

// rpm limits a header to this (header.c, "headerDataMax").
constexpr size_t kMaxHeader = size_t{256} << 20;

// SQLite's own steps for a row are a handful, and 100 000 packages are many. A
// damaged tree of pages could lead to one page without end.
constexpr int kMaxSteps = 50'000'000;

// The packages of headers, one after the other, of a database of `size` bytes.
class RpmPackages {
 public:
  explicit RpmPackages(size_t size) : left_(size) {}

  absl::Status Add(absl::string_view header) {
    if (header.size() > kMaxHeader) {
      return absl::InvalidArgumentError(
          absl::StrCat("rpm database: expected a header of at most ",
                       kMaxHeader, " bytes, got ", header.size()));
    }
    if (header.size() > left_) {
      return absl::InvalidArgumentError("rpm database: packages overlap");
    }
    left_ -= header.size();
    ABSL_ASSIGN_OR_RETURN(Package package, ReadRpmHeader(header, files_));
    // A signer's key, not software.
    if (package.name.empty() || package.name == "gpg-pubkey") {
      return absl::OkStatus();
    }
    packages_.push_back(std::move(package));
    return absl::OkStatus();
  }
  std::vector<Package> Take() { return std::move(packages_); }

 private:
  size_t left_;
  ListedFiles files_;
  std::vector<Package> packages_;
};

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

absl::Status SqliteError(sqlite3* database) {
  return absl::InvalidArgumentError(
      absl::StrCat("rpm database: ", sqlite3_errmsg(database)));
}

// SQLite, "Defense Against The Dark Arts": no triggers and functions of the
// schema, no row larger than a header. Columns and indexes of rpm's schema are
// no expressions, which would be worked out for each row.
void Restrict(sqlite3* database) {
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, static_cast<int>(kMaxHeader));
  sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 1);
  sqlite3_limit(database, SQLITE_LIMIT_FUNCTION_ARG, 0);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_progress_handler(
      database, kMaxSteps, [](void*) { return 1; }, nullptr);
}

// A database in memory with a copy of `data`.
absl::StatusOr<Database> OpenCopy(absl::string_view data) {
  // SQLite, "Database File Format", bytes 18 and 19: rpm writes its database
  // with a write-ahead log (2), which a database in memory cannot have. Without
  // the log the file alone is as good as one with a journal (1).
  constexpr size_t kVersions = 18;
  if (data.size() < 100 || !absl::StartsWith(data, "SQLite format 3")) {
    return absl::InvalidArgumentError("rpm database: expected SQLite format 3");
  }
  sqlite3* raw = nullptr;
  const int opened =
      sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return SqliteError(raw);
  auto* copy = static_cast<unsigned char*>(sqlite3_malloc64(data.size()));
  if (copy == nullptr) return absl::ResourceExhaustedError("out of memory");
  std::memcpy(copy, data.data(), data.size());
  if (copy[kVersions] == 2) copy[kVersions] = 1;
  if (copy[kVersions + 1] == 2) copy[kVersions + 1] = 1;
  const auto size = static_cast<sqlite3_int64>(data.size());
  if (sqlite3_deserialize(raw, "main", copy, size, size,
                          SQLITE_DESERIALIZE_FREEONCLOSE |
                              SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    return SqliteError(raw);
  }
  Restrict(raw);
  return database;
}

// rpm's lib/backend/ndb/rpmpkg.c. Numbers are little-endian.
constexpr size_t kNdbPage = 4096;
constexpr size_t kNdbSlot = 16;
constexpr size_t kNdbBlock = 16;
constexpr size_t kNdbHeader = 32;  // two slots

// The blob of the slot at `at`; nullopt if the slot is free.
absl::StatusOr<std::optional<absl::string_view>> NdbBlob(absl::string_view data,
                                                         size_t at) {
  if (data.substr(at, 4) != "Slot") {
    return absl::InvalidArgumentError("rpm database: expected a slot");
  }
  const uint64_t package = *LittleEndian(data, at + 4, 4);
  if (package == 0) return std::nullopt;
  const uint64_t begin = *LittleEndian(data, at + 8, 4) * kNdbBlock;
  const auto owner = LittleEndian(data, begin + 4, 4);
  const auto size = LittleEndian(data, begin + 12, 4);
  if (!size.has_value() || data.substr(begin, 4) != "BlbS" ||
      owner != package) {
    return absl::InvalidArgumentError("rpm database: expected a blob");
  }
  if (data.size() - begin - 16 < *size) {
    return absl::InvalidArgumentError("rpm database: it is truncated");
  }
  return data.substr(begin + 16, *size);
}

}  // namespace

absl::StatusOr<std::vector<Package>> ReadRpmSqlite(absl::string_view data,
                                                   absl::string_view) {
  ABSL_ASSIGN_OR_RETURN(const Database database, OpenCopy(data));
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(database.get(), "SELECT blob FROM Packages", -1, &raw,
                         nullptr) != SQLITE_OK) {
    return SqliteError(database.get());
  }
  const Statement statement(raw);
  RpmPackages packages(data.size());
  while (true) {
    const int step = sqlite3_step(raw);
    if (step == SQLITE_DONE) return packages.Take();
    if (step != SQLITE_ROW) return SqliteError(database.get());
    const void* const blob = sqlite3_column_blob(raw, 0);
    if (blob == nullptr) continue;
    ABSL_RETURN_IF_ERROR(packages.Add(absl::string_view(
        static_cast<const char*>(blob), sqlite3_column_bytes(raw, 0))));
  }
}

absl::StatusOr<std::vector<Package>> ReadRpmNdb(absl::string_view data,
                                                absl::string_view) {
  const auto pages = LittleEndian(data, 12, 4);
  if (!absl::StartsWith(data, "RpmP") || !pages.has_value()) {
    return absl::InvalidArgumentError("rpm database: expected format ndb");
  }
  if (*pages > data.size() / kNdbPage) {
    return absl::InvalidArgumentError("rpm database: it is truncated");
  }
  RpmPackages packages(data.size());
  for (size_t at = kNdbHeader; at < *pages * kNdbPage; at += kNdbSlot) {
    ABSL_ASSIGN_OR_RETURN(const auto blob, NdbBlob(data, at));
    if (!blob.has_value()) continue;
    ABSL_RETURN_IF_ERROR(packages.Add(*blob));
  }
  return packages.Take();
}

}  // namespace rules_dockerfile
