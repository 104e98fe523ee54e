#include <cstdint>
#include <vector>

#include "lib/sandbox/seccomp/container_syscalls.h"
#include "lib/sandbox/seccomp/syscall_policy.h"
#include "lib/sandbox/seccomp/syscall_table.h"

namespace rules_dockerfile {
namespace {

using Call = SupervisedCall;

struct PermissionSyscall {
  NamedSyscall numbers;
  SupervisedCall call;
};

// The calls that name or change a file, except for those that the supervisor
// answers anyway: SyscallTable::owners and ::stat. open and openat are among
// them, as owners has them only where they create files. The stat of 32-bit
// programs is the kernel's.
constexpr PermissionSyscall kCalls[] = {
    {{"access", 21, 33, -1}, Call::kAccess},
    {{"chdir", 80, 12, 49}, Call::kChdir},
    {{"chmod", 90, 15, -1}, Call::kChmod},
    {{"faccessat", 269, 307, 48}, Call::kFaccessat},
    {{"faccessat2", 439, 439, 439}, Call::kFaccessat2},
    {{"fchdir", 81, 133, 50}, Call::kFchdir},
    {{"fchmod", 91, 94, 52}, Call::kFchmod},
    {{"fchmodat", 268, 306, 53}, Call::kFchmodat},
    {{"fchmodat2", 452, 452, 452}, Call::kFchmodat2},
    {{"fgetxattr", 193, 231, 10}, Call::kFgetxattr},
    {{"fremovexattr", 199, 237, 16}, Call::kFremovexattr},
    {{"futimesat", 261, 299, -1}, Call::kFutimesat},
    {{"getxattr", 191, 229, 8}, Call::kGetxattr},
    {{"lgetxattr", 192, 230, 9}, Call::kLgetxattr},
    {{"link", 86, 9, -1}, Call::kLink},
    {{"linkat", 265, 303, 37}, Call::kLinkat},
    {{"lremovexattr", 198, 236, 15}, Call::kLremovexattr},
    {{"open", 2, 5, -1}, Call::kOpen},
    {{"openat", 257, 295, 56}, Call::kOpenat},
    {{"readlink", 89, 85, -1}, Call::kReadlink},
    {{"readlinkat", 267, 305, 78}, Call::kReadlinkat},
    {{"removexattr", 197, 235, 14}, Call::kRemovexattr},
    {{"rename", 82, 38, -1}, Call::kRename},
    {{"renameat", 264, 302, 38}, Call::kRenameat},
    {{"renameat2", 316, 353, 276}, Call::kRenameat2},
    {{"rmdir", 84, 40, -1}, Call::kRmdir},
    {{"statfs", 137, 99, 43}, Call::kStatfs},
    {{"statfs64", -1, 268, -1}, Call::kStatfs},
    {{"truncate", 76, 92, 45}, Call::kTruncate},
    {{"truncate64", -1, 193, -1}, Call::kTruncate},
    {{"unlink", 87, 10, -1}, Call::kUnlink},
    {{"unlinkat", 263, 301, 35}, Call::kUnlinkat},
    {{"utime", 132, 30, -1}, Call::kUtime},
    {{"utimensat", 280, -1, 88}, Call::kUtimensat},
    {{"utimensat", -1, 320, -1}, Call::kUtimensatShort},
    {{"utimensat_time64", -1, 412, -1}, Call::kUtimensat},
    {{"utimes", 235, 271, -1}, Call::kUtimes},
};

}  // namespace

std::vector<SyscallRow> PermissionRows(uint32_t architecture) {
  std::vector<SyscallRow> rows;
  for (const PermissionSyscall& syscall : kCalls) {
    const int number = syscall.numbers.Number(architecture);
    if (number >= 0) rows.push_back({number, syscall.call});
  }
  return rows;
}

}  // namespace rules_dockerfile
