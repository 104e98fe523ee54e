#ifndef LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_
#define LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_

#include <string>

namespace rules_dockerfile {

// What the kernel would permit this process, by the ids that it sees. In a RUN
// of root's, emulated ids have not all permission checks (docs/sandbox.md), so
// that there the fuzzer leaves out what only they permit. All ask stat(2),
// whose answers have to be the same. There every directory may be searched by
// all.

// From here on nothing is left out: this is a RUN of an ordinary user's.
void ExpectAllChecks();
bool ExpectsAllChecks();
// Whether the process is one whose permissions count. They do for good when its
// filesystem uid was another than 0: the capabilities may come back or not.
bool IsOrdinaryUser();
// Whether its permissions count, but not to emulated ids.
bool IsUnchecked();
// Whether the process owns the file itself; `follow` a symlink at the end.
bool OwnsFile(const std::string& path, bool follow);
bool IsInGroup(unsigned gid);
// Whether the file permits each letter of `wanted`: 'r', 'w', 'x'. True if it
// is missing.
bool MayAccess(const std::string& path, const std::string& wanted);
// Whether a name in its directory may be made or removed.
bool MayChangeName(const std::string& path);
// Whether the directory of a file has the sticky bit, by which some systems
// (protected_regular, proc(5)) keep root, too, from what others may open.
bool IsInStickyDirectory(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_FUZZ_FILE_ACCESS_H_
