#include "tools/image_push/progress.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/registry/client.h"
#include "lib/registry/push.h"

namespace rules_dockerfile {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

PushedBlob Blob(BlobOutcome outcome, int64_t size) {
  return {.repository = {.registry = "h.x", .repository = "a"},
          .digest = "sha256:1",
          .size = size,
          .outcome = outcome};
}

// What a push of three blobs prints.
std::string Printed(const ProgressOptions& options) {
  char* text = nullptr;
  size_t size = 0;
  std::FILE* const out = open_memstream(&text, &size);
  PushProgress progress(options, out);
  progress.Begin(3, 111);
  progress.Sending(60);
  progress.Sending(40);
  progress.Done(Blob(BlobOutcome::kSent, 100));
  progress.Done(Blob(BlobOutcome::kMounted, 10));
  progress.Done(Blob(BlobOutcome::kPresent, 1));
  progress.Finish();
  std::fclose(out);
  const std::string printed(text, size);
  std::free(text);
  return printed;
}

TEST(PushProgress, PrintsALineABlobAndTheSums) {
  EXPECT_EQ(Printed({}),
            "sha256:1        100 sent\n"
            "sha256:1         10 mounted\n"
            "sha256:1          1 already there\n"
            "100 bytes sent, 10 mounted, 1 already there\n");
  EXPECT_EQ(Printed({.dry_run = true}),
            "sha256:1        100 would be sent\n"
            "sha256:1         10 would be mounted\n"
            "sha256:1          1 already there\n"
            "100 bytes would be sent, 10 would be mounted, 1 already there\n");
}

// How often it is drawn is a matter of time; the first time is immediately.
TEST(PushProgress, DrawsABarOnATerminal) {
  EXPECT_THAT(
      Printed({.is_terminal = true}),
      AllOf(StartsWith("\r[################--------------]  54%  0.0 of 0.0 MB"
                       "\033[K\r"),
            EndsWith("\r\033[K100 bytes sent, 10 mounted, 1 already there\n"),
            Not(HasSubstr("sha256:"))));
}

TEST(BlobLine, NamesWhereABlobIsFromAndGoesTo) {
  PushedBlob blob = Blob(BlobOutcome::kSent, 7);
  blob.copied_from = "debian";
  EXPECT_EQ(BlobLine(blob, {.several_repositories = true}),
            "sha256:1          7 copied from debian: h.x/a");
}

TEST(BarText, ShowsThePart) {
  EXPECT_EQ(BarText(0, 0),
            "[##############################] 100%  0.0 of 0.0 MB");
  EXPECT_EQ(BarText(1500000, 3000000),
            "[###############---------------]  50%  1.5 of 3.0 MB");
  // What is sent again after a failure counts twice.
  EXPECT_EQ(BarText(9, 3),
            "[##############################] 100%  0.0 of 0.0 MB");
}

}  // namespace
}  // namespace rules_dockerfile
