#include "lib/worker/message_buffer.h"

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;

TEST(MessageBuffer, GivesWholeMessages) {
  MessageBuffer messages;
  EXPECT_THAT(messages.Next(), IsOkAndHolds(std::nullopt));
  messages.Append("\x02");
  EXPECT_THAT(messages.Next(), IsOkAndHolds(std::nullopt));
  messages.Append("a");
  EXPECT_THAT(messages.Next(), IsOkAndHolds(std::nullopt));
  messages.Append(absl::string_view("b\0\x01\n\x80", 5));
  EXPECT_THAT(messages.Next(), IsOkAndHolds("ab"));
  EXPECT_THAT(messages.Next(), IsOkAndHolds(""));
  EXPECT_THAT(messages.Next(), IsOkAndHolds("\n"));
  EXPECT_THAT(messages.Next(), IsOkAndHolds(std::nullopt));
  const std::string large(128, 'x');
  messages.Append("\x01" + large);
  EXPECT_THAT(messages.Next(), IsOkAndHolds(large));
  EXPECT_THAT(messages.Next(), IsOkAndHolds(std::nullopt));
}

TEST(MessageBuffer, RefusesALengthThatNoRequestHas) {
  MessageBuffer long_message;
  long_message.Append("\x81\x80\x80\x80\x04");
  EXPECT_EQ(long_message.Next().status(),
            absl::InvalidArgumentError("work request: expected at most "
                                       "1073741824 bytes, got 1073741825"));
  MessageBuffer no_length;
  no_length.Append(std::string(10, '\xff'));
  EXPECT_EQ(no_length.Next().status(),
            absl::InvalidArgumentError(
                "work request: its length has more than 64 bits"));
}

}  // namespace
}  // namespace rules_dockerfile
