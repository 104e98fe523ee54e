// Loads into programs of the same names that note what they get.
#include "tools/image_load/import_load.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/file.h"
#include "lib/digest/digest.h"
#include "lib/oci/image_archive.h"
#include "lib/oci/image_testing.h"
#include "lib/reference/reference.h"
#include "tools/image_load/loaded_images.h"

namespace rules_dockerfile {
namespace {

class LoadIntoContainerdTest : public testing::Test {
 protected:
  // `ctr` prints the file "blobs", and stores archives as "1" and "2".
  LoadIntoContainerdTest()
      : directory_(absl::StrCat(
            testing::TempDir(), "/",
            testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(directory_);
    setenv("NOTES", directory_.c_str(), 1);
    setenv("PATH", absl::StrCat(directory_, ":/usr/bin:/bin").c_str(), 1);
    Install("cat >\"$NOTES/$number\"");
    Write("blobs", "");
  }

  // What `ctr images import` does with the archive of $number.
  void Install(absl::string_view import) {
    Write("ctr", absl::StrCat(R"(#!/bin/sh
set -e
[ "$1 $2" = "--namespace ns" ]
case "$3 $4 $5" in
  "content ls --quiet") cat "$NOTES/blobs" ;;
  "images import -")
    number=1
    [ ! -e "$NOTES/1" ] || number=2
    )",
                              import, "\n    ;;\nesac\n"));
    ASSERT_EQ(chmod(Path("ctr").c_str(), 0755), 0);
  }

  std::string Path(absl::string_view name) {
    return absl::StrCat(directory_, "/", name);
  }

  void Write(absl::string_view name, absl::string_view text) {
    ASSERT_EQ(WriteFile(Path(name), text), absl::OkStatus());
  }

  // Which of the image's layers the archive has.
  std::string LayersIn(absl::string_view archive) {
    const std::string bytes = ReadFile(Path(archive)).value();
    std::string found;
    for (size_t i = 0; i < image_.layers.size(); ++i) {
      if (absl::StrContains(bytes, image_.layers[i]))
        absl::StrAppend(&found, i);
    }
    return found;
  }

  absl::StatusOr<LoadedImages> Load() {
    ArchivedImage archived = {.contents = {.manifests = {image_.manifest},
                                           .configs = {image_.config}},
                              .tags = {ParseImageReference("app:1").value()}};
    for (size_t i = 0; i < image_.layers.size(); ++i) {
      const Descriptor& layer = image_.layer_descriptors[i];
      Write(DigestHex(layer.digest), image_.layers[i]);
      archived.contents.layers.push_back(
          {.path = Path(DigestHex(layer.digest)), .descriptor = layer});
    }
    return LoadIntoContainerd("ns", {archived});
  }

  std::string directory_;
  const TestImage image_ = MakeTestImage("linux/amd64", {"a", "b", "c"});
  const std::string& base_ = image_.layer_descriptors[0].digest;
};

TEST_F(LoadIntoContainerdTest, SendsAllToAnEmptyNamespace) {
  const absl::StatusOr<LoadedImages> loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->names, std::vector<std::string>{"docker.io/library/app:1"});
  EXPECT_EQ(loaded->there, 0);
  EXPECT_EQ(LayersIn("1"), "012");
}

TEST_F(LoadIntoContainerdTest, SendsOnlyTheBlobsThatItLacks) {
  Write("blobs", absl::StrCat(image_.layer_descriptors[2].digest, "\n", base_,
                              "\n", DigestOf("another"), "\n"));
  const absl::StatusOr<LoadedImages> loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(LayersIn("1"), "1");
  EXPECT_EQ(loaded->sent,
            static_cast<int64_t>(std::filesystem::file_size(Path("1"))));
  EXPECT_EQ(loaded->there, image_.layer_descriptors[0].size +
                               image_.layer_descriptors[2].size);
  EXPECT_FALSE(std::filesystem::exists(Path("2")));
}

TEST_F(LoadIntoContainerdTest, SendsAllIfABlobIsGoneAfterwards) {
  Write("blobs", absl::StrCat(base_, "\n"));
  Install("cat >\"$NOTES/$number\"; : >\"$NOTES/blobs\"");
  const absl::StatusOr<LoadedImages> loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(LayersIn("1"), "12");
  EXPECT_EQ(LayersIn("2"), "012");
  EXPECT_EQ(loaded->there, 0);
  EXPECT_EQ(
      loaded->notes,
      std::vector<std::string>{absl::StrCat(
          "sent all layers: containerd no longer has the layer ", base_)});
}

TEST_F(LoadIntoContainerdTest, SendsAllIfTheImportFails) {
  Write("blobs", absl::StrCat(base_, "\n"));
  Install(
      "cat >\"$NOTES/$number\"; [ $number = 2 ] || { echo broken >&2; exit 1; "
      "}");
  const absl::StatusOr<LoadedImages> loaded = Load();
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(LayersIn("2"), "012");
  EXPECT_EQ(loaded->notes,
            std::vector<std::string>{"sent all layers: `ctr --namespace ns "
                                     "images import -` fails: broken"});
}

TEST_F(LoadIntoContainerdTest, ReportsWhatTheWholeArchiveFailsFor) {
  Write("blobs", absl::StrCat(base_, "\n"));
  Install("cat >\"$NOTES/$number\"; echo no $number >&2; exit 1");
  EXPECT_EQ(Load().status(),
            absl::FailedPreconditionError(
                "`ctr --namespace ns images import -` fails: no 2"));
}

}  // namespace
}  // namespace rules_dockerfile
