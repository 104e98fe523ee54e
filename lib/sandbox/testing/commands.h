#ifndef LIB_SANDBOX_TESTING_COMMANDS_H_
#define LIB_SANDBOX_TESTING_COMMANDS_H_

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rules_dockerfile {

// A command of the probe: its name and arguments.
using Arguments = std::vector<std::string>;
// What does each, by name.
using CommandTable =
    std::map<std::string, std::function<void(const Arguments&)>>;

// What the probe does to files, and what it finds of them.
const CommandTable& FileCommands();
// What it sees of the host, and asks of it.
const CommandTable& MachineCommands();
// What it is as a process, and does as one.
const CommandTable& ProcessCommands();

// What it may, as the user that it is.
const CommandTable& PermissionCommands();

// The sockets that it is given, and other calls by their number.
const CommandTable& SocketCommands();

// "fuzz SEED COUNT": random calls about owners and ids, each with its result,
// and the files that they leave. "fuzz_user SEED COUNT": the same, and those
// that permissions decide, in a set-user-ID program of root's.
const CommandTable& FuzzCommands();

// Prints what went wrong, as "chown /f: EPERM", if something did.
void Check(const std::string& what, int result);

// The contents of a file; "" if it cannot be read.
std::string ReadText(const std::string& path);

}  // namespace rules_dockerfile

#endif  // LIB_SANDBOX_TESTING_COMMANDS_H_
