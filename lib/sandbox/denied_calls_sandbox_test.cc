#include <cstdio>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/sandbox/sandbox_testing.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// FAMILY TYPE PROTOCOL of socket(2), by number: the C library's headers need
// not know all. 1 AF_UNIX, 2 AF_INET, 10 AF_INET6, 16 AF_NETLINK, 17 AF_PACKET,
// 38 AF_ALG, 40 AF_VSOCK, 44 AF_XDP.
constexpr absl::string_view kTried[] = {
    "1 1 0",    "1 2 0",    "2 1 0",  "10 2 17", "2 3 1",
    "16 3 0",   "16 3 4",   "16 3 9", "16 3 15", "16 3 16",
    "2 10 768", "17 3 768", "38 5 0", "40 1 0",  "44 3 0"};
constexpr absl::string_view kGiven[] = {"ok",
                                        "ok",
                                        "ok",
                                        "ok",
                                        "ok",
                                        "ok",
                                        "EPROTONOSUPPORT",
                                        "EPROTONOSUPPORT",
                                        "EPROTONOSUPPORT",
                                        "EPROTONOSUPPORT",
                                        "EAFNOSUPPORT",
                                        "EAFNOSUPPORT",
                                        "EAFNOSUPPORT",
                                        "EAFNOSUPPORT",
                                        "EAFNOSUPPORT"};
constexpr absl::string_view kRaw = "2 3 1";

// The commands that try all sockets, and what they print. `raw`: what AF_INET
// with SOCK_RAW returns.
std::string TryWith(absl::string_view command) {
  std::string commands;
  for (const absl::string_view tried : kTried) {
    absl::StrAppend(&commands, commands.empty() ? "" : " ; ", command, " ",
                    tried);
  }
  return commands;
}

std::string GivenWith(absl::string_view command, absl::string_view raw = "ok") {
  std::string output;
  for (size_t i = 0; i < std::size(kTried); ++i) {
    absl::StrAppend(&output, command, " ", kTried[i], ": ",
                    kTried[i] == kRaw ? raw : kGiven[i], "\n");
  }
  return output;
}

class DeniedCallsSandboxTest : public ProbeSandboxTest {
 protected:
  // Whether the kernel runs 32-bit programs; prints it if not.
  bool RunsThirtyTwoBits() {
#if defined(__x86_64__)
    if (Output("runs32") == "32-bit programs: yes\n") return true;
#endif
    printf("left out: this kernel runs no 32-bit programs of x86\n");
    return false;
  }
};

TEST_P(DeniedCallsSandboxTest, CreatesOnlySocketsOfANetworkNamespace) {
  EXPECT_EQ(Output(TryWith("newsocket")), GivenWith("newsocket"));
}

TEST_P(DeniedCallsSandboxTest, CreatesTheSameSocketsOnTheNetworkOfTheHost) {
  SandboxSpec spec = ProbeSpec(GetParam(), TryWith("newsocket"));
  spec.view.network = SandboxNetwork::kHost;
  // Who has a user namespace only is nobody on the host's network.
  EXPECT_EQ(Output(spec),
            GivenWith("newsocket",
                      GetParam() == SandboxMode::kReal ? "ok" : "EPERM"));
}

TEST_P(DeniedCallsSandboxTest,
       CreatesTheSameSocketsForProgramsOfThirtyTwoBits) {
  if (!RunsThirtyTwoBits()) return;
  EXPECT_EQ(Output(TryWith("newsocket32")), GivenWith("newsocket32"));
}

TEST_P(DeniedCallsSandboxTest, CreatesPairsOfTheSameFamilies) {
  EXPECT_EQ(Output("pair 1 1 0 ; pair 2 1 0 ; pair 30 5 0 ; pair 40 1 0"),
            "pair 1 1 0: ok\npair 2 1 0: EOPNOTSUPP\n"
            "pair 30 5 0: EAFNOSUPPORT\npair 40 1 0: EAFNOSUPPORT\n");
  if (!RunsThirtyTwoBits()) return;
  EXPECT_EQ(
      Output("pair32 1 1 0 ; pair32 2 1 0 ; pair32 30 5 0 ; pair32 40 1 0"),
      "pair32 1 1 0: ok\npair32 2 1 0: EOPNOTSUPP\n"
      "pair32 30 5 0: EAFNOSUPPORT\npair32 40 1 0: EAFNOSUPPORT\n");
}

// With emulated ids the kernel sees root.
TEST_P(DeniedCallsSandboxTest, CreatesNoRawSocketForAnOrdinaryUser) {
  const absl::string_view given =
      GetParam() == SandboxMode::kEmulated ? "ok" : "EPERM";
  EXPECT_EQ(
      Output("user 1000:1000 ; newsocket 2 3 1 ; newsocket 1 1 0"),
      absl::StrCat("newsocket 2 3 1: ", given, "\nnewsocket 1 1 0: ok\n"));
  if (!RunsThirtyTwoBits()) return;
  EXPECT_EQ(
      Output("user 1000:1000 ; newsocket32 2 3 1 ; newsocket32 1 1 0"),
      absl::StrCat("newsocket32 2 3 1: ", given, "\nnewsocket32 1 1 0: ok\n"));
}

TEST_P(DeniedCallsSandboxTest, TypesIntoNoTerminal) {
  EXPECT_EQ(Output("ioctl 0x5412 ; ioctl 0x541c ; ioctl 0x5413"),
            "ioctl 0x5412: EPERM\nioctl 0x541c: EPERM\nioctl 0x5413: ENOTTY\n");
}

// listmount, statmount, io_uring_setup, lsm_list_modules: one number on all
// architectures. Then what is newer than the list, and no call at all.
TEST_P(DeniedCallsSandboxTest, DeniesWhatTheListOfAContainerHasNot) {
  EXPECT_EQ(Output("call 458 ; call 457 ; call 425 ; call 461 ; call 435 ; "
                   "call 467 ; call 9999"),
            "call 458: EPERM\ncall 457: EPERM\ncall 425: EPERM\n"
            "call 461: EPERM\ncall 435: ENOSYS\ncall 467: ENOSYS\n"
            "call 9999: ENOSYS\n");
}

RULES_DOCKERFILE_IN_EACH_MODE(DeniedCallsSandboxTest);

}  // namespace
}  // namespace rules_dockerfile
