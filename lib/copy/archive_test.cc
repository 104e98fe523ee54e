#include "lib/copy/archive.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/compression/codec.h"
#include "lib/compression/compress.h"
#include "lib/copy/data_store.h"
#include "lib/layer/file_tree.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

std::string Tar() {
  StringSink sink;
  TarWriter writer(&sink);
  EXPECT_THAT(writer.Add({.path = "f", .mode = 0644, .size = 4}, "data"),
              IsOk());
  EXPECT_THAT(writer.Finish(), IsOk());
  return sink.contents();
}

std::string Compressed(absl::string_view data, Codec codec) {
  StringSink sink;
  EXPECT_THAT(Compress(data, {.codec = codec}, &sink), IsOk());
  return sink.contents();
}

// What Open() says of a file with `data` behind three other bytes: the
// archive's bytes, or why there are none.
std::string Open(const std::string& data) {
  DataStore store;
  ArchiveOpener archives(testing::TempDir() + "/archive_test", &store);
  const FileNode node = {.size = static_cast<int64_t>(data.size()),
                         .source = store.AddText("xyz" + data),
                         .offset = 3};
  const absl::StatusOr<std::optional<OpenArchive>> archive =
      archives.Open(node);
  if (!archive.ok()) return std::string(archive.status().message());
  if (!archive->has_value()) return "none";
  // Where the store has the bytes is where they are.
  const absl::StatusOr<absl::string_view> stored =
      store.Contents({.size = static_cast<int64_t>((*archive)->bytes.size()),
                      .source = (*archive)->source,
                      .offset = (*archive)->offset});
  EXPECT_THAT(stored.status(), IsOk());
  return std::string(*stored);
}

TEST(ArchiveOpener, ReadsTarsAndCompressedTars) {
  EXPECT_EQ(Open(Tar()), Tar());
  EXPECT_EQ(Open(Compressed(Tar(), Codec::kGzip)), Tar());
  EXPECT_EQ(Open(Compressed(Tar(), Codec::kZstd)), Tar());
}

TEST(ArchiveOpener, LeavesOtherFilesAlone) {
  EXPECT_EQ(Open(""), "none");
  EXPECT_EQ(Open("text"), "none");
  EXPECT_EQ(Open("PK\x03\x04 a zip file"), "none");
  EXPECT_EQ(Open(Compressed("text", Codec::kGzip)), "none");
  EXPECT_EQ(Open(Compressed(std::string(2000, 'x'), Codec::kZstd)), "none");
  // No member, no archive.
  EXPECT_EQ(Open(std::string(1024, '\0')), "none");
  EXPECT_EQ(Open("\x1f\x8b\x08 not really gzip"), "none");
}

// A tar that lzma(1) compressed: the frontend unpacks no such file.
TEST(ArchiveOpener, LeavesTheFormatBeforeXzAlone) {
  std::string lzma;
  ASSERT_TRUE(absl::HexStringToBytes(
      "5d00008000ffffffffffffffff00330033501868898301dce26e2108bba579b2e96561"
      "97d9dd4bee3bc78bd59200a7adbcfbaae62bc4462d968a6d1703ee94d3f7db9260d8d5"
      "5e0bffffce64d000",
      &lzma));
  EXPECT_EQ(DetectCodec(lzma), Codec::kLzma);
  EXPECT_EQ(Open(lzma), "none");
}

TEST(ArchiveOpener, RefusesATruncatedCompressedTar) {
  const std::string gzip =
      Compressed(Tar() + std::string(4000, '\0'), Codec::kGzip);
  EXPECT_EQ(Open(gzip.substr(0, gzip.size() - 4)), "gzip data is truncated");
}

TEST(ArchiveOpener, RemovesItsTemporaryFiles) {
  const std::string prefix = testing::TempDir() + "/archive_test_removes";
  DataStore store;
  {
    ArchiveOpener archives(prefix, &store);
    const std::string gzip = Compressed(Tar(), Codec::kGzip);
    ASSERT_THAT(archives.Open({.size = static_cast<int64_t>(gzip.size()),
                               .source = store.AddText(gzip)}),
                IsOk());
    EXPECT_TRUE(std::filesystem::exists(prefix + ".archive0"));
  }
  EXPECT_FALSE(std::filesystem::exists(prefix + ".archive0"));
}

TEST(ArchiveOpener, OpensAFileOfOursWithoutMembers) {
  const std::string path = testing::TempDir() + "/archive_test_empty.tar";
  ASSERT_THAT(WriteFile(path, std::string(1024, '\0')), IsOk());
  DataStore store;
  ArchiveOpener archives(path, &store);
  const absl::StatusOr<std::optional<OpenArchive>> archive =
      archives.OpenFile(path);
  ASSERT_THAT(archive.status(), IsOk());
  ASSERT_TRUE(archive->has_value());
  EXPECT_EQ((*archive)->bytes, "");
}

TEST(ArchiveOpener, NamesAFileThatIsMissing) {
  DataStore store;
  ArchiveOpener archives("", &store);
  EXPECT_THAT(archives.OpenFile("/no/such/file"),
              StatusIs(absl::StatusCode::kNotFound,
                       "cannot open \"/no/such/file\": No such file or "
                       "directory"));
}

}  // namespace
}  // namespace rules_dockerfile
