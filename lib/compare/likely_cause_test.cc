#include "lib/compare/likely_cause.h"

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct Row {
  const char* path;
  const char* a;
  const char* b;
  const char* cause;
};

TEST(LikelyCause, IsSeenFromNameOrBytes) {
  for (const Row& row : {
           Row{"usr/lib/python3/x.pyc", "1", "2",
               "bytecode holds the time of its source: set "
               "PYTHONDONTWRITEBYTECODE=1, or compile with "
               "--invalidation-mode unchecked-hash"},
           Row{"etc/machine-id", "", "",
               "a machine id is random: empty the file in the same RUN"},
           Row{"var/log/dpkg.log", "", "",
               "a log is about one run: remove it in the same RUN"},
           Row{"a", "built 2026-01-02", "built 2026-01-03", "a time"},
           Row{"a", "at 10:11:12", "at 10:11:13", "a time"},
           Row{"a", "/tmp/build.aB3dE6/x", "/tmp/build.zzzzzz/x",
               "the name of a temporary file"},
           Row{"a", "id=0123456789abcdef0", "id=fedcba98765432100",
               "a random number or a digest"},
           Row{"a", "pid 17", "pid 18",
               "a number such as a process id, an inode number, a time or a "
               "count"},
           Row{"a", "yes", "no", ""},
       }) {
    EXPECT_EQ(LikelyCause(row.path, row.a, row.b), row.cause)
        << row.path << " " << row.a;
  }
}

}  // namespace
}  // namespace rules_dockerfile
