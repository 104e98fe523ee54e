#include "lib/sandbox/sandbox_choice.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "lib/base/file.h"
#include "lib/sandbox/namespaces/id_map.h"
#include "lib/sandbox/namespaces/namespaces.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

// Fewer do not hold the users of an ordinary image: nobody is 65534.
constexpr int64_t kEnoughIds = 65536;

constexpr size_t kSandboxModes = 4;

bool HasSysAdmin() {
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2] = {};
  if (syscall(SYS_capget, &header, data) < 0) return false;
  return (data[0].effective & (uint32_t{1} << CAP_SYS_ADMIN)) != 0;
}

int64_t MappedIdsIn(const char* path) {
  return MappedIds(ParseIdMap(ReadFile(path).value_or("")));
}

// Whether so many ids serve the command.
bool Suffice(int64_t ids, const SandboxNeeds& needs) {
  return ids >= kEnoughIds && needs.largest_id < ids;
}

// Why ids are emulated.
std::string WhyEmulated(const SandboxFacts& facts, const SandboxNeeds& needs) {
  if (facts.ids <= 1) return "one id mapped";
  if (facts.root && needs.emulator) return "programs of a foreign architecture";
  const int64_t ids = facts.root ? facts.ids : facts.own_ids;
  if (!facts.root && ids < kEnoughIds) {
    return "not root, and fewer than 65535 ids in /etc/subuid and /etc/subgid";
  }
  if (needs.largest_id >= ids) {
    return absl::StrCat("a file's owner is ", needs.largest_id, ", of ", ids,
                        " ids");
  }
  if (needs.keeps_files) return "files are kept";
  return "the host allows no other ids";
}

// What a mode needs of the host has been there once, in this process or in the
// one that it is a fork of, so it is not tried again: that takes two processes
// and their namespaces. If it is gone, the sandbox fails and says why.
bool Works(SandboxMode mode) {
  static std::array<bool, kSandboxModes> worked = {};
  bool& works = worked[static_cast<size_t>(mode)];
  works = works || CanEnterNamespaces(mode);
  return works;
}

// All but `own_ids`, for which files of the host are read.
SandboxFacts ReadOwnFacts() {
  return {.root = geteuid() == 0,
          .sys_admin = HasSysAdmin(),
          .ids = std::min(MappedIdsIn("/proc/self/uid_map"),
                          MappedIdsIn("/proc/self/gid_map"))};
}

std::optional<SandboxChoice> ChooseReal(
    const SandboxFacts& facts, const SandboxNeeds& needs,
    absl::FunctionRef<bool(SandboxMode)> works) {
  if (facts.root && facts.sys_admin && !needs.emulator &&
      Suffice(facts.ids, needs) && works(SandboxMode::kReal)) {
    return SandboxChoice{SandboxMode::kReal, "root with all ids mapped"};
  }
  return std::nullopt;
}

}  // namespace

SandboxFacts ReadSandboxFacts() {
  SandboxFacts facts = ReadOwnFacts();
  const IdMaps own = LargestIdMaps();
  facts.own_ids = std::min(MappedIds(own.users), MappedIds(own.groups));
  return facts;
}

SandboxChoice ChooseSandbox(const SandboxFacts& facts,
                            const SandboxNeeds& needs,
                            absl::FunctionRef<bool(SandboxMode)> works) {
  if (const auto real = ChooseReal(facts, needs, works)) return *real;
  if (Suffice(facts.own_ids, needs) && !needs.keeps_files && !needs.emulator &&
      works(SandboxMode::kMapped)) {
    return {SandboxMode::kMapped,
            absl::StrCat(facts.own_ids, " ids ",
                         facts.root ? "of root" : "by newuidmap")};
  }
  if (needs.weak_isolation && facts.root && !works(SandboxMode::kEmulated)) {
    return {SandboxMode::kChroot, "the host allows no namespaces"};
  }
  return {SandboxMode::kEmulated, WhyEmulated(facts, needs)};
}

SandboxChoice ChooseSandbox(const SandboxNeeds& needs) {
  if (const auto real = ChooseReal(ReadOwnFacts(), needs, Works)) return *real;
  return ChooseSandbox(ReadSandboxFacts(), needs, Works);
}

bool CanHaveSandbox(SandboxMode mode) {
  const SandboxFacts facts = ReadSandboxFacts();
  switch (mode) {
    case SandboxMode::kReal:
      return facts.root && facts.sys_admin && facts.ids >= kEnoughIds;
    case SandboxMode::kMapped:
      return facts.own_ids >= kEnoughIds && CanEnterNamespaces(mode);
    case SandboxMode::kEmulated:
      return CanEnterNamespaces(mode);
    case SandboxMode::kChroot:
      return facts.root && facts.ids >= kEnoughIds;
  }
  return false;
}

const char* SandboxModeName(SandboxMode mode) {
  switch (mode) {
    case SandboxMode::kReal:
      return "real";
    case SandboxMode::kMapped:
      return "mapped";
    case SandboxMode::kEmulated:
      return "emulated";
    case SandboxMode::kChroot:
      return "chroot";
  }
  return "";
}

}  // namespace rules_dockerfile
