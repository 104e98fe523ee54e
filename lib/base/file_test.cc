#include "lib/base/file.h"

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

std::string Path(const char* name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

TEST(File, ReadsWhatWasWritten) {
  const std::string path = Path("written");
  const std::string contents("a\0b\n", 4);
  EXPECT_THAT(WriteFile(path, contents), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(contents));
}

TEST(File, NamesThePathThatCannotBeOpened) {
  EXPECT_THAT(ReadFile("no/such"),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"no/such\": No such file or directory"));
  EXPECT_THAT(MappedFile::Open("no/such").status(),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"no/such\": No such file or directory"));
  EXPECT_THAT(WriteFile("no/such", ""),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot create \"no/such\": No such file or directory"));
}

TEST(MappedFile, MapsEmptyAndFullFiles) {
  const std::string path = Path("mapped");
  ASSERT_THAT(WriteFile(path, ""), IsOk());
  EXPECT_EQ(MappedFile::Open(path)->contents(), "");
  ASSERT_THAT(WriteFile(path, "full"), IsOk());
  absl::StatusOr<MappedFile> file = MappedFile::Open(path);
  ASSERT_THAT(file.status(), IsOk());
  const MappedFile moved = *std::move(file);
  EXPECT_EQ(moved.contents(), "full");
}

TEST(OutputFile, AppearsWhenCommitted) {
  const std::string path = Path("committed");
  absl::StatusOr<OutputFile> file = OutputFile::Create(path);
  ASSERT_THAT(file.status(), IsOk());
  const std::string big(1 << 20, 'x');
  ASSERT_THAT(file->Append("small"), IsOk());
  ASSERT_THAT(file->Append(big), IsOk());
  ASSERT_THAT(file->Append("end"), IsOk());
  EXPECT_EQ(file->size(), 8 + (1 << 20));
  EXPECT_THAT(ReadFile(path).status(), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadFile(path), IsOkAndHolds(absl::StrCat("small", big, "end")));
}

TEST(OutputFile, LeavesTheOldFileWhenNotCommitted) {
  const std::string path = Path("dropped");
  ASSERT_THAT(WriteFile(path, "old"), IsOk());
  {
    absl::StatusOr<OutputFile> file = OutputFile::Create(path);
    ASSERT_THAT(file.status(), IsOk());
    ASSERT_THAT(file->Append("new"), IsOk());
  }
  EXPECT_THAT(ReadFile(path), IsOkAndHolds("old"));
}

}  // namespace
}  // namespace rules_dockerfile
