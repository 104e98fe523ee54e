#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ostream>
#include <string>

#include "absl/log/absl_check.h"
#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/sbom/inventory.h"
#include "lib/sbom/package_readers.h"
#include "lib/sbom/sbom_testing.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::StatusIs;

// The bytes of a database that SQLite makes with `sql`.
std::string SqliteDatabase(const char* sql) {
  sqlite3* database = nullptr;
  ABSL_CHECK_EQ(sqlite3_open(":memory:", &database), SQLITE_OK);
  ABSL_CHECK_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr),
                SQLITE_OK);
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(database, "main", &size, 0);
  std::string data(reinterpret_cast<const char*>(bytes), size);
  sqlite3_free(bytes);
  sqlite3_close(database);
  return data;
}

// What comes before a blob of `size` bytes in a database of the format ndb: a
// page of slots, all but the first of which are free.
std::string NdbBeforeBlob(size_t size) {
  std::string data =
      absl::StrCat("RpmP", LittleEndianBytes(0, 8), LittleEndianBytes(1, 4),
                   LittleEndianBytes(0, 16), "Slot", LittleEndianBytes(1, 4),
                   LittleEndianBytes(4096 / 16, 4), LittleEndianBytes(0, 4));
  while (data.size() < 4096)
    absl::StrAppend(&data, "Slot", LittleEndianBytes(0, 12));
  absl::StrAppend(&data, "BlbS", LittleEndianBytes(1, 4),
                  LittleEndianBytes(0, 4), LittleEndianBytes(size, 4));
  return data;
}

struct SchemaCase {
  const char* name;
  const char* sql;
  std::string result;  // the names of the packages, or "error: …"
};

void PrintTo(const SchemaCase& c, std::ostream* out) { *out << c.name; }

class SchemaTest : public testing::TestWithParam<SchemaCase> {};

TEST_P(SchemaTest, WorksOutNoExpression) {
  const auto packages = ReadRpmSqlite(SqliteDatabase(GetParam().sql), "x");
  std::string result;
  if (packages.ok()) {
    for (const Package& package : *packages) result += package.name;
  } else {
    result = absl::StrCat("error: ", packages.status().message());
  }
  EXPECT_EQ(result, GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    Rpm, SchemaTest,
    testing::Values(
        SchemaCase{"ColumnWithAFunction",
                   "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, a, "
                   "blob BLOB AS (zeroblob(60000)));"
                   "INSERT INTO Packages (a) VALUES (1)",
                   "error: rpm database: malformed database schema (Packages) "
                   "- too many arguments on function zeroblob"},
        SchemaCase{"ColumnWithAnExpression",
                   "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, a, "
                   "blob BLOB AS (X'0000000000000000' || a));"
                   "INSERT INTO Packages (a) VALUES (1)",
                   "error: rpm database: malformed database schema (Packages) "
                   "- Expression tree is too large (maximum depth 1)"},
        SchemaCase{"IndexOfAnExpression",
                   "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, "
                   "blob BLOB); CREATE INDEX i ON Packages (blob || 1)",
                   "error: rpm database: malformed database schema (i) - "
                   "Expression tree is too large (maximum depth 1)"},
        SchemaCase{"SchemaOfRpm",
                   "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY "
                   "AUTOINCREMENT, blob BLOB NOT NULL);"
                   "CREATE TABLE 'Name' (key 'TEXT' NOT NULL, hnum INTEGER "
                   "NOT NULL, idx INTEGER NOT NULL, FOREIGN KEY (hnum) "
                   "REFERENCES 'Packages'(hnum));"
                   "CREATE INDEX 'Name_key_idx' ON 'Name'(key ASC);"
                   "INSERT INTO Packages (blob) VALUES "
                   "(X'0000000100000002000003E8000000060000000000000001"
                   "6100')",
                   "a"}),
    [](const auto& info) { return info.param.name; });

// An rpm database whose rows all have the chain of pages of the first.
TEST(ReadRpmSqlite, RefusesPackagesThatOverlap) {
  // Headers of no entries, of which 489 bytes, with the record's own, are in
  // the leaf of the table, and the others in 14 pages.
  std::string data = SqliteDatabase(
      "CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB);"
      "INSERT INTO Packages (blob) VALUES (zeroblob(57772)), "
      "(zeroblob(57772)), (zeroblob(57772))");
  constexpr size_t kPage = 4096;
  constexpr size_t kFirstOfChain = 3;
  constexpr size_t kCell = 3 + 1 + 489;  // sizes, row, bytes of the record
  std::string chain = data.substr(0, (kFirstOfChain - 1 + 14) * kPage);
  for (size_t cell = 0; cell < 3; ++cell) {
    const size_t pointer = kPage + 8 + 2 * cell;
    const size_t at = kPage + 256 * static_cast<unsigned char>(data[pointer]) +
                      static_cast<unsigned char>(data[pointer + 1]);
    chain.replace(at + kCell, 4, std::string("\0\0\0\3", 4));
  }
  chain.replace(28, 4, std::string("\0\0\0\x10", 4));  // pages of the database
  EXPECT_THAT(ReadRpmSqlite(chain, "x").status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "rpm database: packages overlap"));
}

TEST(ReadRpmNdb, RefusesAHeaderThatRpmRefuses) {
  constexpr size_t kSize = (size_t{256} << 20) + 1;
  const std::string before = NdbBeforeBlob(kSize);
  // Memory that only what is written needs.
  const size_t mapped = before.size() + kSize;
  void* const map = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(map, MAP_FAILED);
  std::memcpy(map, before.data(), before.size());
  EXPECT_THAT(
      ReadRpmNdb({static_cast<const char*>(map), mapped}, "x").status(),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "rpm database: expected a header of at most 268435456 bytes, "
               "got 268435457"));
  munmap(map, mapped);
}

// Ends the process with 0 if it never had 64 MiB more than now.
[[noreturn]] void ReadWithLittleMemory(absl::string_view ndb) {
  rusage before = {};
  getrusage(RUSAGE_SELF, &before);
  const bool ok = ReadRpmNdb(ndb, "x").ok();
  rusage after = {};
  getrusage(RUSAGE_SELF, &after);
  std::_Exit(ok && after.ru_maxrss - before.ru_maxrss < 64 << 10 ? 0 : 1);
}

// A name that is 4 Mi empty texts.
TEST(ReadRpmNdb, TakesNoMemoryForTextsThatItDoesNotNeed) {
  constexpr size_t kSize = size_t{4} << 20;
  std::string header = std::string("\0\0\0\1\0\x40\0\0", 8) +
                       std::string("\0\0\3\xe8\0\0\0\x8\0\0\0\0", 12) +
                       "\xff\xff\xff\xff" + std::string(kSize, '\0');
  const std::string data = NdbBeforeBlob(header.size()) + header;
  EXPECT_EXIT(ReadWithLittleMemory(data), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rules_dockerfile
