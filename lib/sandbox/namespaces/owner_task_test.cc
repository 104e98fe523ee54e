#include "lib/sandbox/namespaces/owner_task.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

absl::StatusOr<std::string> Uid() { return absl::StrCat("uid ", geteuid()); }

TEST(RunAsOwner, CallsTheTaskWithRealOwners) {
  EXPECT_THAT(RunAsOwner(OwnerStore::kReal, Uid), IsOkAndHolds(*Uid()));
}

TEST(RunAsOwner, IsRootOfItsFilesWithRecordedOwners) {
  const std::string path = absl::StrCat(testing::TempDir(), "/closed");
  ASSERT_EQ(mkdir(path.c_str(), 0), 0);
  EXPECT_THAT(
      RunAsOwner(OwnerStore::kRecorded,
                 [&]() -> absl::StatusOr<std::string> {
                   const int fd = open(path.c_str(), O_RDONLY | O_DIRECTORY);
                   return absl::StrCat("uid ", geteuid(), " opened ", fd >= 0);
                 }),
      IsOkAndHolds("uid 0 opened 1"));
  rmdir(path.c_str());
}

TEST(RunAsOwner, PassesErrorsOn) {
  EXPECT_THAT(RunAsOwner(OwnerStore::kRecorded,
                         []() -> absl::StatusOr<std::string> {
                           return absl::DataLossError("two\nlines");
                         }),
              StatusIs(absl::StatusCode::kDataLoss, "two\nlines"));
}

TEST(RunAsOwner, ReportsThatItsChildWasKilled) {
  EXPECT_THAT(
      RunAsOwner(OwnerStore::kRecorded,
                 []() -> absl::StatusOr<std::string> { _exit(0); }),
      StatusIs(absl::StatusCode::kInternal, "a child process was killed"));
}

}  // namespace
}  // namespace rules_dockerfile
