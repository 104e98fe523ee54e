#include "lib/sandbox/supervisor/own_link.h"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

struct OwnLinkCase {
  const char* name;
  const char* path;
  const char* link;  // null: not one
  const char* rest = "";
};

void PrintTo(const OwnLinkCase& test, std::ostream* out) { *out << test.name; }

class OwnLinkTest : public testing::TestWithParam<OwnLinkCase> {};

TEST_P(OwnLinkTest, Parses) {
  const OwnLinkCase& test = GetParam();
  const std::optional<OwnLink> parsed = ParseOwnLink(test.path);
  ASSERT_EQ(parsed.has_value(), test.link != nullptr);
  if (!parsed.has_value()) return;
  EXPECT_EQ(parsed->link, test.link);
  EXPECT_EQ(parsed->rest, test.rest);
}

INSTANTIATE_TEST_SUITE_P(
    Paths, OwnLinkTest,
    testing::ValuesIn(std::vector<OwnLinkCase>{
        {"Descriptor", "/proc/self/fd/3", "fd/3"},
        {"DescriptorOfTheThread", "/proc/thread-self/fd/12", "fd/12"},
        {"BelowADescriptor", "/proc/self/fd/3//a/b/", "fd/3", "a/b/"},
        {"DescriptorAsADirectory", "/proc/self/fd/3/", "fd/3", "."},
        {"Cwd", "/proc/self/cwd/../x", "cwd", "../x"},
        {"Root", "/proc/self/root/etc/passwd", "root", "etc/passwd"},
        {"DescriptorDirectory", "/proc/self/fd", nullptr},
        {"NoNumber", "/proc/self/fd/..", nullptr},
        {"NumberThatIsNotAName", "/proc/self/fd/+3", nullptr},
        {"NumberWithAZero", "/proc/self/fd/03", nullptr},
        {"Executable", "/proc/self/exe", nullptr},
        {"OtherProcess", "/proc/1/root/x", nullptr},
        {"NotAtTheStart", "/x/proc/self/cwd", nullptr},
        {"Nothing", "", nullptr},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
