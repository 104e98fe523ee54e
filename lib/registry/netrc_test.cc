#include "lib/registry/netrc.h"

#include <optional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "lib/registry/credentials.h"

namespace rules_dockerfile {
namespace {

struct NetrcCase {
  const char* name;
  std::string netrc;
  std::string registry;
  std::optional<Credentials> credentials;
};

class NetrcTable : public testing::TestWithParam<NetrcCase> {};

TEST_P(NetrcTable, ReturnsTheCredentials) {
  EXPECT_EQ(FindInNetrc(GetParam().netrc, GetParam().registry),
            GetParam().credentials);
}

const Credentials& User() {
  static const Credentials& user =
      *new Credentials{.username = "u", .password = "p"};
  return user;
}

INSTANTIATE_TEST_SUITE_P(
    Table, NetrcTable,
    testing::ValuesIn(std::vector<NetrcCase>{
        {"OneLine", "machine h.x login u password p", "h.x", User()},
        {"Lines",
         "machine a.x\nlogin a\npassword b\nmachine h.x\r\n"
         "\tlogin u\r\n\tpassword p\r\n",
         "h.x", User()},
        {"TheFirst",
         "machine h.x login u password p machine h.x login v password q", "h.x",
         User()},
        {"WithoutThePort", "machine h.x login u password p", "h.x:5000",
         User()},
        {"WithThePort", "machine h.x:5000 login u password p", "h.x:5000",
         User()},
        {"DockerHub", "machine registry-1.docker.io login u password p",
         "docker.io", User()},
        {"Account", "machine h.x account machine login u password p", "h.x",
         User()},
        {"NamesAsValues",
         "machine h.x login u password p machine b.x login "
         "machine password h.x",
         "h.x", User()},
        {"Quoted", "machine h.x login \"u\" password \"a \\\"b\\\\\"", "h.x",
         Credentials{.username = "u", .password = "a \"b\\"}},
        {"HashInAPassword", "# machine h.x\nmachine h.x login u password #p",
         "h.x", Credentials{.username = "u", .password = "#p"}},
        {"NotInAMacro",
         "macdef init\nmachine h.x login v password q\n\nmachine h.x login u "
         "password p",
         "h.x", User()},
        {"AnotherHost", "machine h.x.evil login u password p", "h.x",
         std::nullopt},
        {"NoDefault", "default login u password p", "h.x", std::nullopt},
        {"DefaultEndsAnEntry",
         "machine h.x login u password p\ndefault login v password q", "h.x",
         User()},
        {"NoLogin", "machine h.x password p", "h.x", std::nullopt},
        {"CutOff", "machine h.x login", "h.x", std::nullopt},
        {"JustMachine", "machine", "h.x", std::nullopt},
        {"Empty", "", "h.x", std::nullopt},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
