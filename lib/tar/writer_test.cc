#include "lib/tar/writer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/entry.h"
#include "lib/tar/header.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;

// The archive with one entry, whose data is all 'x'.
std::string TarOf(const TarEntry& entry) {
  StringSink sink;
  TarWriter writer(&sink);
  EXPECT_THAT(writer.Add(entry, std::string(entry.size, 'x')), IsOk());
  EXPECT_THAT(writer.Finish(), IsOk());
  EXPECT_EQ(writer.position(), static_cast<int64_t>(sink.contents().size()));
  return sink.contents();
}

struct WriteCase {
  const char* name;
  TarEntry entry;
  bool pax = false;  // whether it needs a PAX header
};

class TarWriterTest : public testing::TestWithParam<WriteCase> {};

TEST_P(TarWriterTest, WritesWhatTheReaderReturns) {
  const std::string archive = TarOf(GetParam().entry);
  TarReader reader(archive);
  const absl::StatusOr<std::optional<TarMember>> member = reader.Next();
  ASSERT_THAT(member.status(), IsOk());
  ASSERT_TRUE(member->has_value());
  EXPECT_EQ((*member)->entry, GetParam().entry);
  EXPECT_EQ((*member)->data, std::string(GetParam().entry.size, 'x'));
  const absl::StatusOr<std::optional<TarMember>> end = reader.Next();
  ASSERT_THAT(end.status(), IsOk());
  EXPECT_FALSE(end->has_value());
}

TEST_P(TarWriterTest, WritesAPaxHeaderOnlyWhereUstarIsTooSmall) {
  const std::string archive = TarOf(GetParam().entry);
  EXPECT_EQ(archive[kTarTypeflag.offset] == 'x', GetParam().pax);
}

std::string Letters(size_t n) { return std::string(n, 'a'); }

INSTANTIATE_TEST_SUITE_P(
    TarWriter, TarWriterTest,
    testing::ValuesIn<WriteCase>({
        {.name = "File",
         .entry = {.path = "a/b",
                   .mode = 04755,
                   .uid = 1,
                   .gid = 2,
                   .size = 513,
                   .mtime = 1700000000}},
        {.name = "EmptyFile", .entry = {.path = "a"}},
        {.name = "WholeBlock", .entry = {.path = "a", .size = 512}},
        {.name = "Directory",
         .entry = {.path = "a",
                   .type = TarEntryType::kDirectory,
                   .mode = 01777}},
        {.name = "Symlink",
         .entry = {.path = "a",
                   .type = TarEntryType::kSymlink,
                   .mode = 0777,
                   .link_target = "../b/"}},
        {.name = "HardLink",
         .entry = {.path = "a",
                   .type = TarEntryType::kHardLink,
                   .link_target = "b"}},
        {.name = "CharDevice",
         .entry = {.path = "a",
                   .type = TarEntryType::kCharDevice,
                   .device_major = 1,
                   .device_minor = 1048575}},
        {.name = "BlockDevice",
         .entry = {.path = "a",
                   .type = TarEntryType::kBlockDevice,
                   .device_major = 4095,
                   .device_minor = 0}},
        {.name = "Fifo", .entry = {.path = "a", .type = TarEntryType::kFifo}},
        {.name = "Name100", .entry = {.path = Letters(100)}},
        {.name = "Name101", .entry = {.path = Letters(101)}, .pax = true},
        {.name = "DirectoryName100WithItsSlash",
         .entry = {.path = Letters(100), .type = TarEntryType::kDirectory},
         .pax = true},
        {.name = "Prefix155",
         .entry = {.path = Letters(155) + "/" + Letters(100)}},
        {.name = "Prefix156",
         .entry = {.path = Letters(156) + "/" + Letters(99)},
         .pax = true},
        {.name = "DirectoryPrefix",
         .entry = {.path = Letters(155) + "/" + Letters(99),
                   .type = TarEntryType::kDirectory}},
        {.name = "AbsoluteLongName",
         .entry = {.path = "/" + Letters(100)},
         .pax = true},
        {.name = "LongLinkTarget",
         .entry = {.path = "a",
                   .type = TarEntryType::kSymlink,
                   .link_target = Letters(101)},
         .pax = true},
        {.name = "NonAsciiPath", .entry = {.path = "żółw"}, .pax = true},
        {.name = "NonAsciiLinkTarget",
         .entry = {.path = "a",
                   .type = TarEntryType::kSymlink,
                   .link_target = "żółw"},
         .pax = true},
        {.name = "LargestOctalIds",
         .entry = {.path = "a", .uid = 2097151, .gid = 2097151}},
        {.name = "LargerIds",
         .entry = {.path = "a", .uid = 2097152, .gid = 4294967294},
         .pax = true},
        {.name = "TimeBeforeTheEpoch",
         .entry = {.path = "a", .mtime = -1},
         .pax = true},
        {.name = "TimeFarAhead",
         .entry = {.path = "a", .mtime = 8589934592},
         .pax = true},
        {.name = "Xattr",
         .entry = {.path = "a",
                   .xattrs = {{"security.capability",
                               std::string("\1\0\n=", 4)}}},
         .pax = true},
    }),
    [](const auto& info) { return info.param.name; });

TEST(TarWriter, HoldsSizesOver8GiB) {
  StringSink sink;
  TarWriter writer(&sink);
  EXPECT_THAT(writer.Begin({.path = "a", .size = int64_t{1} << 33}), IsOk());
  EXPECT_THAT(sink.contents(), testing::HasSubstr("19 size=8589934592\n"));
}

struct RefusedCase {
  const char* name;
  TarEntry entry;
  const char* error;
};

class TarWriterRefusedTest : public testing::TestWithParam<RefusedCase> {};

TEST_P(TarWriterRefusedTest, WritesNothing) {
  StringSink sink;
  TarWriter writer(&sink);
  EXPECT_THAT(writer.Begin(GetParam().entry),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
  EXPECT_EQ(sink.contents(), "");
}

INSTANTIATE_TEST_SUITE_P(
    TarWriter, TarWriterRefusedTest,
    testing::ValuesIn<RefusedCase>({
        {"NoPath", {}, "tar entry \"\": no path"},
        {"NulInLink",
         {.path = "a",
          .type = TarEntryType::kSymlink,
          .link_target = std::string("b\0c", 3)},
         "tar entry \"a\": NUL in a path"},
        {"DirectoryWithData",
         {.path = "a", .type = TarEntryType::kDirectory, .size = 1},
         "tar entry \"a\": only files have data"},
        {"NegativeUid",
         {.path = "a", .uid = -1},
         "tar entry \"a\": negative size, uid or gid"},
        {"FileTypeInMode",
         {.path = "a", .mode = 0100644},
         "tar entry \"a\": mode out of range"},
        {"LargeDevice",
         {.path = "a",
          .type = TarEntryType::kCharDevice,
          .device_major = 2097152},
         "tar entry \"a\": device number out of range"},
        {"EqualsInXattrName",
         {.path = "a", .xattrs = {{"user.a=b", ""}}},
         "tar entry \"a\": xattr name that PAX cannot hold"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(TarWriter, InsistsOnAllOfTheData) {
  StringSink sink;
  TarWriter writer(&sink);
  ASSERT_THAT(writer.Begin({.path = "a", .size = 2}), IsOk());
  ASSERT_THAT(writer.Append("x"), IsOk());
  EXPECT_THAT(writer.Begin({.path = "b"}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "tar entry \"b\": the previous entry lacks 1 bytes"));
  EXPECT_THAT(writer.Finish(), StatusIs(absl::StatusCode::kFailedPrecondition,
                                        "the last tar entry lacks 1 bytes"));
  EXPECT_THAT(writer.Append("xy"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       "tar entry has 1 bytes too many"));
}

}  // namespace
}  // namespace rules_dockerfile
