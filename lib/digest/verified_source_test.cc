#include "lib/digest/verified_source.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "lib/base/byte_source.h"
#include "lib/digest/digest.h"

namespace rules_dockerfile {
namespace {

absl::StatusOr<std::unique_ptr<ByteSource>> Verified(absl::string_view bytes,
                                                     const std::string& digest,
                                                     int64_t size) {
  return VerifiedSource::Make(std::make_unique<ViewSource>(bytes), digest,
                              size);
}

// What is read before the end or an error.
absl::Status ReadRest(ByteSource& source, std::string& bytes) {
  char buffer[3];
  while (true) {
    const absl::StatusOr<size_t> n = source.Read(absl::MakeSpan(buffer));
    if (!n.ok()) return n.status();
    if (*n == 0) return absl::OkStatus();
    bytes.append(buffer, *n);
  }
}

TEST(VerifiedSource, ReturnsTheRightBytes) {
  for (const absl::string_view text : {"", "abc", "abcdefgh"}) {
    const std::unique_ptr<ByteSource> source =
        Verified(text, DigestOf(text), static_cast<int64_t>(text.size()))
            .value();
    std::string bytes;
    EXPECT_EQ(ReadRest(*source, bytes), absl::OkStatus());
    EXPECT_EQ(bytes, text);
  }
}

TEST(VerifiedSource, KeepsTheLastBytesOfOthersBack) {
  const std::string digest = DigestOf("abcdefgh");
  const std::unique_ptr<ByteSource> source =
      Verified("abcdefgx", digest, 8).value();
  std::string bytes;
  EXPECT_EQ(ReadRest(*source, bytes), absl::DataLossError(absl::StrCat(
                                          "blob \"", digest, "\" has digest \"",
                                          DigestOf("abcdefgx"), "\"")));
  EXPECT_EQ(bytes, "abcdef");
}

TEST(VerifiedSource, ComparesOnceWhatIsReadTwice) {
  const std::unique_ptr<ByteSource> source =
      Verified("abcdefgh", DigestOf("abcdefgh"), 8).value();
  char buffer[5];
  ASSERT_EQ(source->Read(absl::MakeSpan(buffer)).value(), 5);
  ASSERT_EQ(source->Seek(1), absl::OkStatus());
  std::string bytes;
  EXPECT_EQ(ReadRest(*source, bytes), absl::OkStatus());
  EXPECT_EQ(bytes, "bcdefgh");
  ASSERT_EQ(source->Seek(0), absl::OkStatus());
  bytes.clear();
  EXPECT_EQ(ReadRest(*source, bytes), absl::OkStatus());
  EXPECT_EQ(bytes, "abcdefgh");
}

TEST(VerifiedSource, SkipsNothing) {
  const std::string digest = DigestOf("abc");
  EXPECT_EQ(Verified("abc", digest, 3).value()->Seek(1),
            absl::InvalidArgumentError(absl::StrCat(
                "blob \"", digest, "\": only 0 bytes were compared")));
}

TEST(VerifiedSource, RefusesAnotherSize) {
  EXPECT_EQ(Verified("abc", DigestOf("abc"), 7).status(),
            absl::DataLossError(absl::StrCat("blob \"", DigestOf("abc"),
                                             "\": expected 7 bytes, got 3")));
}

}  // namespace
}  // namespace rules_dockerfile
