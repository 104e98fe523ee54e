#ifndef LIB_BASE_TEMPORARY_FILES_H_
#define LIB_BASE_TEMPORARY_FILES_H_

#include <string>

namespace rules_dockerfile {

// The temporary files of this process, and its temporary directories, which
// hold only files. It removes them itself unless it is ended early
// (lib/base/tool.h): then RemoveTemporaryFiles() does. Threads may call these
// at the same time.
void RememberTemporaryFile(const std::string& path);
void ForgetTemporaryFile(const std::string& path);

// Removes the file or the empty directory, or tries so twice, and forgets it.
void RemoveTemporaryFile(const std::string& path);

// A path for a temporary file or directory that does not exist yet, which is
// remembered already: `<prefix>.` and 16 random digits. mkdtemp(3) would tell
// its name only when a signal can have come.
std::string RememberNewTemporaryFile(const std::string& prefix);

// Takes no lock and no memory. Does nothing in a forked child: the files are
// its parent's.
void RemoveTemporaryFiles();

// Whether this process is a fork, not one that was executed.
bool IsForkedChild();

// For a fork that goes on as if it was executed: from now on it owns the
// temporary files that it creates. The process that forks it has none.
void OwnTemporaryFiles();

}  // namespace rules_dockerfile

#endif  // LIB_BASE_TEMPORARY_FILES_H_
