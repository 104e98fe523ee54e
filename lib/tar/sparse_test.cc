#include "lib/tar/sparse.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/base/file.h"
#include "lib/tar/header.h"
#include "lib/tar/pax.h"
#include "lib/tar/reader.h"

namespace rules_dockerfile {
namespace {

constexpr int64_t kMost = int64_t{1} << 40;

std::string TestFile(absl::string_view name) {
  return ReadFile(absl::StrCat("lib/tar/testdata/", name)).value();
}

class SparseFormatTest : public testing::TestWithParam<const char*> {};

// Each archive is of a file `sp`: "begin", a hole up to 1 MiB, "end" or less.
TEST_P(SparseFormatTest, IsExpanded) {
  const std::string archive = TestFile(GetParam());
  EXPECT_TRUE(HasSparseMembers(archive));
  StringSink sink;
  ASSERT_THAT(ExpandSparseMembers(archive, kMost, &sink), absl_testing::IsOk());
  EXPECT_FALSE(HasSparseMembers(sink.contents()));
  TarReader reader(sink.contents());
  const absl::StatusOr<std::optional<TarMember>> member = reader.Next();
  ASSERT_THAT(member, absl_testing::IsOk());
  ASSERT_TRUE(member->has_value());
  EXPECT_EQ((*member)->entry.path, "sp");
  const std::string data((*member)->data);
  const size_t start = data.find_first_not_of('\0');
  const size_t end = data.find_last_not_of('\0');
  ASSERT_NE(start, std::string::npos);
  EXPECT_GE(data.size(), 1u << 20);
  EXPECT_EQ(end, data.size() - 1);
  const absl::StatusOr<std::optional<TarMember>> last = reader.Next();
  ASSERT_THAT(last, absl_testing::IsOk());
  EXPECT_FALSE(last->has_value());
}

INSTANTIATE_TEST_SUITE_P(Sparse, SparseFormatTest,
                         testing::Values("gnu_sparse.tar", "pax_sparse.tar",
                                         "pax_sparse_0_0.tar",
                                         "pax_sparse_0_1.tar",
                                         "gnu_sparse_long_map.tar"));

TEST(ExpandSparseMembers, KeepsTheBytesOfOtherArchives) {
  for (const char* name : {"gnu.tar", "pax.tar", "ustar.tar", "v7.tar"}) {
    const std::string archive = TestFile(name);
    EXPECT_FALSE(HasSparseMembers(archive)) << name;
    StringSink sink;
    ASSERT_THAT(ExpandSparseMembers(archive, kMost, &sink),
                absl_testing::IsOk());
    EXPECT_EQ(sink.contents(), archive) << name;
  }
}

TEST(ExpandSparseMembers, RefusesAMapBeyondTheFile) {
  std::string archive = TestFile("pax_sparse_0_1.tar");
  const absl::string_view size = "GNU.sparse.size=1";
  const size_t found = archive.find(size);
  ASSERT_NE(found, std::string::npos);
  archive[found + size.size() - 1] = '0';
  StringSink sink;
  EXPECT_THAT(ExpandSparseMembers(archive, kMost, &sink),
              absl_testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                     "malformed sparse file"));
}

// A member in format 1.0, of so many bytes, whose map has `lines` pairs of
// numbers.
std::string SparseMember(absl::string_view bytes, size_t lines) {
  const auto member = [](char type, const std::string& data) {
    std::string block(kTarBlockSize, '\0');
    block.replace(kTarName.offset, 2, "sp");
    block.replace(kTarMagic.offset, kUstarMagic.size(), kUstarMagic);
    block[kTarTypeflag.offset] = type;
    PutTarNumber(kTarSize, static_cast<int64_t>(data.size()),
                 absl::MakeSpan(block));
    PutTarChecksum(absl::MakeSpan(block));
    std::string padded = data;
    padded.resize(TarPadded(static_cast<int64_t>(data.size())));
    return block + padded;
  };
  std::string map = absl::StrCat(lines, "\n");
  for (size_t i = 0; i < lines; ++i) map += "0\n0\n";
  map.resize(TarPadded(static_cast<int64_t>(map.size())));
  return member('x', PaxRecord("GNU.sparse.major", "1") +
                         PaxRecord("GNU.sparse.minor", "0") +
                         PaxRecord("GNU.sparse.realsize", bytes)) +
         member('0', map);
}

// Holes take no room in the archive.
TEST(ExpandSparseMembers, RefusesMoreBytesThanItMayWrite) {
  for (const char* number : {"1", "9223372036854775807"}) {
    const std::string archive = SparseMember(number, 0);
    StringSink sink;
    EXPECT_THAT(
        ExpandSparseMembers(archive, 0, &sink),
        absl_testing::StatusIs(
            absl::StatusCode::kResourceExhausted,
            absl::StrCat("sparse files: expected at most 0 more bytes, got ",
                         number)));
    EXPECT_EQ(sink.contents(), "");
  }
}

TEST(ExpandSparseMembers, RefusesALargeMap) {
  StringSink sink;
  EXPECT_THAT(ExpandSparseMembers(SparseMember("0", 260000), kMost, &sink),
              absl_testing::IsOk());
  EXPECT_THAT(ExpandSparseMembers(SparseMember("0", 270000), kMost, &sink),
              absl_testing::StatusIs(absl::StatusCode::kInvalidArgument,
                                     "malformed sparse file"));
}

}  // namespace
}  // namespace rules_dockerfile
