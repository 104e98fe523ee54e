#include "tools/dev/docs/proto_message.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ProtoMessage, HasStringsAndNumbersByField) {
  // 1: "one", 2: 300, 1: "two", 16: 1
  const std::string bytes = "\x0a\x03one\x10\xac\x02\x0a\x03two\x80\x01\x01";
  const absl::StatusOr<ProtoMessage> message = ProtoMessage::Parse(bytes);
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->Bytes(1), "two");
  EXPECT_THAT(message->Repeated(1), ElementsAre("one", "two"));
  EXPECT_EQ(message->Number(2), 300);
  EXPECT_EQ(message->Number(16), 1);
  EXPECT_EQ(message->Bytes(3), "");
  EXPECT_EQ(message->Number(3), 0);
  EXPECT_THAT(message->Repeated(3), IsEmpty());
}

TEST(ProtoMessage, RefusesWhatIsNone) {
  for (const std::string& bytes : {
           std::string("\x0a\x02ok\x0a\x03on"),  // a string that is cut off
           std::string("\x0a\x02ok\x10"),        // a number that is missing
           std::string("\x0a\x02ok\x10\xff"),    // a number that is cut off
           std::string("\x0a\x02ok\x0b\x01"),    // a group
       }) {
    EXPECT_EQ(ProtoMessage::Parse(bytes).status(),
              absl::InvalidArgumentError(
                  "expected a protocol buffer, got other data at byte 4"));
  }
  EXPECT_EQ(ProtoMessage::Parse(std::string(11, '\xff')).status(),
            absl::InvalidArgumentError(
                "expected a protocol buffer, got other data at byte 0"));
}

}  // namespace
}  // namespace rules_dockerfile
