// Tries to get out of the sandbox that it runs in, in every way that we know,
// and prints a line for each: `setns: EPERM`. Its arguments, NAME=VALUE, name
// the targets outside (Target). With bomb=NAME it does that alone; with stay=1
// it leaves processes, and waits to be ended. Statically linked, so that it is
// all of a rootfs.
//
// Nothing that it tries harms the host if it succeeds: files of the host are
// opened, not written; calls that change the host get arguments that the kernel
// refuses once it has allowed the call.

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>

#include "lib/sandbox/testing/escape/attempt.h"

namespace rules_dockerfile {
namespace {

constexpr unsigned kSeconds = 60;  // more than any attempt takes

struct Arguments {
  Target target;
  std::string bomb;
  bool stays = false;
};

Arguments ReadArguments(int argc, char** argv) {
  Arguments arguments;
  Target& target = arguments.target;
  const auto text = [](std::string& to) {
    return [&to](const std::string& value) { to = value; };
  };
  const auto number = [](int& to) {
    return [&to](const std::string& value) { to = atoi(value.c_str()); };
  };
  const std::map<std::string, std::function<void(const std::string&)>> names = {
      {"marker", text(target.marker)},
      {"shm_marker", text(target.shm_marker)},
      {"pid", number(target.pid)},
      {"socket", text(target.socket)},
      {"abstract", text(target.abstract_name)},
      {"port", number(target.port)},
      {"shm_key", number(target.shm_key)},
      {"shm_id", number(target.shm_id)},
      {"queue", text(target.queue)},
      {"disk_major", number(target.disk_major)},
      {"disk_minor", number(target.disk_minor)},
      {"bomb", text(arguments.bomb)},
      {"stay", [&](const std::string&) { arguments.stays = true; }},
      {"weak", [&](const std::string&) { target.weak = true; }},
  };
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const size_t equals = argument.find('=');
    const auto found = names.find(argument.substr(0, equals));
    if (found == names.end()) {
      std::cerr << "expected NAME=VALUE, got " << argument << "\n";
      exit(2);
    }
    found->second(argument.substr(equals + 1));
  }
  return arguments;
}

// In a child: what it does to itself must not change the next attempt.
std::string RunApart(const Attempt& attempt, Target target) {
  int ends[2];
  if (pipe(ends) < 0) return "no pipe";
  target.outcome_reader = ends[0];
  target.outcome_fd = ends[1];
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    alarm(kSeconds);
    const std::string outcome = attempt.run(target);
    _exit(write(ends[1], outcome.data(), outcome.size()) < 0 ? 1 : 0);
  }
  close(ends[1]);
  std::string outcome;
  char buffer[4096];
  ssize_t got;
  while ((got = read(ends[0], buffer, sizeof buffer)) > 0) {
    outcome.append(buffer, got);
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    outcome += "signal " + std::to_string(WTERMSIG(status));
  }
  return outcome;
}

void Run(const Attempts& attempts, const Target& target) {
  for (const Attempt& attempt : attempts) {
    if (attempt.harms_the_host && target.weak) continue;
    std::cout << attempt.name << ": "
              << (attempt.in_pid_1 ? attempt.run(target)
                                   : RunApart(attempt, target))
              << std::endl;
  }
}

void RunBomb(const std::string& name, const Target& target) {
  for (const Attempt& attempt : BombAttempts()) {
    if (attempt.name == name) Run({attempt}, target);
  }
}

}  // namespace
}  // namespace rules_dockerfile

int main(int argc, char** argv) {
  using namespace rules_dockerfile;
  const Arguments arguments = ReadArguments(argc, argv);
  if (!arguments.bomb.empty()) {
    RunBomb(arguments.bomb, arguments.target);
    return 0;
  }
  if (arguments.stays) {
    Run(OrphanAttempts(), arguments.target);
    std::cout << "stays" << std::endl;
    while (true) pause();
  }
  for (const Attempts* attempts :
       {&DescriptorAttempts(), &PathAttempts(), &ProcFileAttempts(),
        &NamespaceAttempts(), &MountAttempts(), &DeviceAttempts(),
        &ProcessAttempts(), &ProgramAttempts(), &KernelAttempts(),
        &ForeignCallAttempts(), &SocketAttempts(), &IpcAttempts(),
        &TerminalAttempts(), &LimitAttempts(), &OrphanAttempts()}) {
    Run(*attempts, arguments.target);
  }
}
