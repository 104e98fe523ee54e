// Imports by programs of the same names that note what they get.
#include "tools/image_load/import.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

std::string Directory() {
  const std::string path = absl::StrCat(testing::TempDir(), "/bin");
  std::filesystem::create_directories(path);
  return path;
}

// Puts a script in front of $PATH.
void Install(const std::string& name, absl::string_view script) {
  const std::string path = absl::StrCat(Directory(), "/", name);
  ASSERT_EQ(WriteFile(path, absl::StrCat("#!/bin/sh\n", script)),
            absl::OkStatus());
  ASSERT_EQ(chmod(path.c_str(), 0755), 0);
  setenv("PATH", absl::StrCat(Directory(), ":/usr/bin:/bin").c_str(), 1);
  setenv("NOTES", absl::StrCat(testing::TempDir(), "/notes").c_str(), 1);
  setenv("TMPDIR", testing::TempDir().c_str(), 1);
}

std::string Notes() {
  return ReadFile(absl::StrCat(testing::TempDir(), "/notes")).value();
}

TEST(ParseLoadDestination, KnowsWhatThereIs) {
  const auto parsed = [](absl::string_view text) {
    const LoadDestination to = ParseLoadDestination(text).value();
    return absl::StrCat(static_cast<int>(to.target), " ", to.name);
  };
  EXPECT_EQ(parsed(""), "0 ");
  EXPECT_EQ(parsed("docker"), "1 ");
  EXPECT_EQ(parsed("podman"), "2 ");
  EXPECT_EQ(parsed("containerd"), "3 default");
  EXPECT_EQ(parsed("containerd:k8s.io"), "3 k8s.io");
  EXPECT_EQ(parsed("kind"), "4 kind");
  EXPECT_EQ(parsed("kind:dev"), "4 dev");
  for (const absl::string_view bad : {"docker:x", "kind:", "x", "Kind"}) {
    EXPECT_EQ(ParseLoadDestination(bad).status(),
              absl::InvalidArgumentError(absl::StrCat(
                  "--to=", bad,
                  ": expected docker, podman, containerd[:NAMESPACE] or "
                  "kind[:CLUSTER]")));
  }
}

TEST(ImportIntoContainerd, StreamsTheArchive) {
  Install("ctr", "{ echo \"$*\"; cat; } >\"$NOTES\"\n");
  const std::string bytes(300000, 'x');
  ViewSource archive(bytes);
  EXPECT_EQ(ImportIntoContainerd("k8s.io", archive), absl::OkStatus());
  EXPECT_EQ(Notes(),
            absl::StrCat("--namespace k8s.io images import -\n", bytes));
}

TEST(ImportIntoContainerd, ReportsWhatTheProgramSays) {
  Install("ctr", "echo no such socket >&2; exit 1\n");
  const std::string bytes(300000, 'x');
  ViewSource archive(bytes);
  EXPECT_EQ(ImportIntoContainerd("default", archive),
            absl::FailedPreconditionError(
                "`ctr --namespace default images import -` fails: no such "
                "socket"));
}

TEST(ImportIntoKind, PassesAFileThatIsRemovedAfterwards) {
  Install("kind",
          "echo \"$1 $2 $4 $5\" >\"$NOTES\"; cat \"$3\" >>\"$NOTES\"\n"
          "echo \"$3\" >\"$NOTES.path\"\n");
  ViewSource archive("archive");
  EXPECT_EQ(ImportIntoKind("dev", archive), absl::OkStatus());
  EXPECT_EQ(Notes(), "load image-archive --name dev\narchive");
  std::string path =
      ReadFile(absl::StrCat(testing::TempDir(), "/notes.path")).value();
  path.pop_back();
  EXPECT_FALSE(std::filesystem::exists(path)) << path;
}

}  // namespace
}  // namespace rules_dockerfile
