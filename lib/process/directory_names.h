#ifndef LIB_PROCESS_DIRECTORY_NAMES_H_
#define LIB_PROCESS_DIRECTORY_NAMES_H_

#include <optional>
#include <string>
#include <vector>

#include "lib/process/unique_fd.h"

namespace rules_dockerfile {

// Returns the names in a directory, sorted bytewise, without "." and "..".
// `directory` is open for reading; the names are read from its position, which
// it shares with the descriptors that it was duplicated from. nullopt, and
// errno, if it cannot be read.
std::optional<std::vector<std::string>> DirectoryNames(UniqueFd directory);

// The same for the directory that `fd` is, whose position stays.
std::optional<std::vector<std::string>> DirectoryNamesAt(int fd);

}  // namespace rules_dockerfile

#endif  // LIB_PROCESS_DIRECTORY_NAMES_H_
