#include "lib/worker/request_process.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include <string>
#include <utility>

#include "gtest/gtest.h"
#include "lib/process/child_process.h"

namespace rules_dockerfile {
namespace {

// As much as a read takes, and two pages more.
constexpr int kPart = 65536;
constexpr int kRest = 8192;

TEST(ReadOutput, LeavesWhatIsBeyondTheLimit) {
  Pipe pipe = *MakePipe();
  ASSERT_GE(fcntl(pipe.write.get(), F_SETPIPE_SZ, 2 * kPart), 2 * kPart);
  ASSERT_TRUE(WriteAll(pipe.write.get(), std::string(kPart + kRest, 'x')));
  RequestProcess process;
  process.output_end = std::move(pipe.read);
  fcntl(process.output_end.get(), F_SETFL, O_NONBLOCK);

  EXPECT_TRUE(ReadOutput(process, 1));
  EXPECT_EQ(process.output.Text(), std::string(kPart, 'x'));
  int left = 0;
  ASSERT_EQ(ioctl(process.output_end.get(), FIONREAD, &left), 0);
  EXPECT_EQ(left, kRest);

  EXPECT_TRUE(ReadOutput(process));
  EXPECT_EQ(process.output.Text(), std::string(kPart + kRest, 'x'));
  pipe.write.Close();
  EXPECT_FALSE(ReadOutput(process));
}

}  // namespace
}  // namespace rules_dockerfile
