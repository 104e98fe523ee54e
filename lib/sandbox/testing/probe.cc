// A program for the tests to run in a sandbox: it does what its arguments say,
// and prints what it finds there. Statically linked, so that it is all of a
// rootfs. `probe ids ; chown 1:2 /f ; stat /f`: commands are separated by ";".

#include <iostream>
#include <string>

#include "lib/sandbox/testing/commands.h"

namespace rules_dockerfile {
namespace {

// False if there is no such command.
bool Run(const Arguments& command) {
  for (const CommandTable* table :
       {&FileCommands(), &MachineCommands(), &ProcessCommands(),
        &PermissionCommands(), &SocketCommands(), &FuzzCommands()}) {
    const auto found = table->find(command[0]);
    if (found == table->end()) continue;
    found->second(command);
    return true;
  }
  return false;
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  rules_dockerfile::Arguments command;
  // As an emulator it gets the program's path and its own argv[0] first.
  const bool emulator = argc > 2 && std::string(argv[1]) == "/bin/foreign";
  for (int i = emulator ? 3 : 1; i <= argc; ++i) {
    // What is spawned gets all that follows.
    const bool rest = !command.empty() && command[0] == "spawn";
    if (i < argc && (rest || std::string(argv[i]) != ";")) {
      command.push_back(argv[i]);
      continue;
    }
    if (command.empty()) continue;
    if (!rules_dockerfile::Run(command)) {
      std::cout << "probe: no command " << command[0] << "\n";
      return 2;
    }
    command.clear();
  }
  return 0;
}
