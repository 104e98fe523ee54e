#include "lib/base/map_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// Longer than what a kernel reads ahead and OutputFile buffers.
constexpr int64_t kSize = 1 << 20;

// A failure belongs to the process, so each test runs in its own process: its
// body ends with Pass().
class MapGuardDeathTest : public testing::Test {
 protected:
  MapGuardDeathTest() {
    EXPECT_THAT(WriteFile(path_, std::string(kSize, 'x')), IsOk());
  }

  [[noreturn]] static void Pass() {
    std::_Exit(testing::Test::HasFailure() ? 1 : 0);
  }

  std::string Error(const char* reason) {
    return absl::StrCat("cannot read \"", path_, "\": ", reason);
  }

  const std::string path_ = absl::StrCat(testing::TempDir(), "/mapped");
};

#define EXPECT_PASS(body) EXPECT_EXIT(body, testing::ExitedWithCode(0), "")

TEST_F(MapGuardDeathTest, ReadsZerosAndReportsATruncatedFile) {
  EXPECT_PASS({
    const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
    EXPECT_THAT(file, IsOk());
    EXPECT_THAT(MapReadStatus(), IsOk());
    EXPECT_EQ(truncate(path_.c_str(), 4096), 0);
    EXPECT_EQ(file->contents().substr(4096), std::string(kSize - 4096, '\0'));
    EXPECT_EQ(file->contents().substr(0, 4096), std::string(4096, 'x'));
    EXPECT_THAT(MapReadStatus(),
                StatusIs(absl::StatusCode::kDataLoss,
                         Error("expected 1048576 bytes, got 4096: it was "
                               "truncated")));
    Pass();
  });
}

TEST_F(MapGuardDeathTest, NoticesWhatIsMissingFromTheLastPage) {
  EXPECT_PASS({
    const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
    EXPECT_EQ(truncate(path_.c_str(), kSize - 1), 0);
    EXPECT_EQ(file->contents().back(), '\0');  // no SIGBUS
    EXPECT_THAT(MapReadStatus(),
                StatusIs(absl::StatusCode::kDataLoss,
                         Error("expected 1048576 bytes, got 1048575: it was "
                               "truncated")));
    Pass();
  });
}

TEST_F(MapGuardDeathTest, RemembersAFailureOfAFileThatIsMappedNoMore) {
  EXPECT_PASS({
    {
      const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
      EXPECT_EQ(truncate(path_.c_str(), 0), 0);
      EXPECT_EQ(file->contents()[0], '\0');
      // As long as before: what failed was the reading.
      EXPECT_EQ(truncate(path_.c_str(), kSize), 0);
    }
    EXPECT_THAT(MapReadStatus(), StatusIs(absl::StatusCode::kDataLoss,
                                          Error("Input/output error")));
    Pass();
  });
}

TEST_F(MapGuardDeathTest, WritesNoOutputOfWhatCannotBeRead) {
  EXPECT_PASS({
    const std::string out = absl::StrCat(testing::TempDir(), "/made");
    unlink(out.c_str());
    const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
    EXPECT_EQ(truncate(path_.c_str(), 4096), 0);
    // write(2) fails with EFAULT, and raises nothing.
    EXPECT_THAT(WriteFile(out, file->contents()),
                StatusIs(absl::StatusCode::kDataLoss,
                         Error("expected 1048576 bytes, got 4096: it was "
                               "truncated")));
    EXPECT_THAT(WriteFile(out, "of other things"),
                StatusIs(absl::StatusCode::kDataLoss));
    EXPECT_NE(access(out.c_str(), F_OK), 0);
    EXPECT_NE(access(absl::StrCat(out, ".tmp.", getpid()).c_str(), F_OK), 0);
    Pass();
  });
}

TEST_F(MapGuardDeathTest, AllowsThatAMappedFileIsRemovedOrReplaced) {
  EXPECT_PASS({
    const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
    EXPECT_THAT(WriteFile(path_, "short"), IsOk());
    EXPECT_EQ(file->contents(), std::string(kSize, 'x'));
    EXPECT_THAT(MapReadStatus(), IsOk());
    EXPECT_EQ(unlink(path_.c_str()), 0);
    EXPECT_THAT(MapReadStatus(), IsOk());
    Pass();
  });
}

TEST_F(MapGuardDeathTest, LeavesOtherBusErrorsAsTheyAre) {
  const auto ended_badly = [](int status) {
    return WIFSIGNALED(status) || WEXITSTATUS(status) != 0;
  };
  EXPECT_EXIT(
      {
        const absl::StatusOr<MappedFile> file = MappedFile::Open(path_);
        std::FILE* other = std::tmpfile();
        EXPECT_EQ(ftruncate(fileno(other), kSize), 0);
        void* mapped =
            mmap(nullptr, kSize, PROT_READ, MAP_PRIVATE, fileno(other), 0);
        EXPECT_EQ(ftruncate(fileno(other), 0), 0);
        [[maybe_unused]] const volatile char read =
            *static_cast<const char*>(mapped);
        Pass();
      },
      ended_badly, "");
}

}  // namespace
}  // namespace rules_dockerfile
