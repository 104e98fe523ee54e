#include "lib/rootfs/recorded_owner.h"

#include <optional>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

TEST(RecordedOwner, HasATextForm) {
  const RecordedOwner owner = {.uid = 33, .gid = 4294967294};
  EXPECT_EQ(RecordedOwnerToText(owner), "33:4294967294");
  EXPECT_EQ(ParseRecordedOwner("33:4294967294"), owner);
  const RecordedOwner device = {
      .gid = 6, .device = 'b', .device_major = 8, .device_minor = 1};
  EXPECT_EQ(RecordedOwnerToText(device), "0:6:b:8:1");
  EXPECT_EQ(ParseRecordedOwner("0:6:b:8:1"), device);
}

TEST(RecordedOwner, IsNoneIfMalformed) {
  for (const char* text :
       {"", "1", "1:", ":1", "1:2:", "a:1", "-1:1", "+1:1", " 1:1", "1:2:c",
        "1:2:c:1", "1:2:p:1:3", "1:2:c:1:3:4", "4294967296:0", "1:2:cc:1:3"}) {
    EXPECT_EQ(ParseRecordedOwner(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rules_dockerfile
