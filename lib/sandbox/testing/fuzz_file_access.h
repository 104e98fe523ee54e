#ifndef LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_
#define LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_

#include <string>

namespace rules_dockerfile {

// What the kernel would permit this process, by the ids that it sees: emulated
// ids have no permission checks (docs/sandbox.md), so that the fuzzer leaves
// out what only they permit. Both ask stat(2), whose answers have to be the
// same. Every directory may be searched by all.

// Whether the checks are for this process. They are for good when its
// filesystem uid was another than 0: the capabilities may come back or not.
bool IsOrdinaryUser();
// Whether the process owns the file itself; `follow` a symlink at the end.
bool OwnsFile(const std::string& path, bool follow);
bool IsInGroup(unsigned gid);
// Whether the file permits each letter of `wanted`: 'r', 'w', 'x'. True if it
// is missing.
bool MayAccess(const std::string& path, const std::string& wanted);
// Whether a name in its directory may be made or removed.
bool MayChangeName(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_
