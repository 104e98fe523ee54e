#include "lib/container/container_plan.h"

#include <sys/utsname.h>

#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/container/environment.h"
#include "lib/container/run_arguments.h"
#include "lib/container/volume.h"
#include "lib/layer/file_tree.h"
#include "lib/oci/image_config.h"
#include "lib/sandbox/namespaces/users.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr char kHostname[] = "container";

absl::StatusOr<std::vector<std::string>> CommandLine(
    const ImageConfig& image, const RunArguments& arguments) {
  std::vector<std::string> argv = image.ConfigStrings("Entrypoint");
  std::vector<std::string> command = arguments.command;
  if (arguments.entrypoint.has_value()) {
    argv.clear();
    if (!arguments.entrypoint->empty()) argv.push_back(*arguments.entrypoint);
  } else if (command.empty()) {
    command = image.ConfigStrings("Cmd");
  }
  argv.insert(argv.end(), command.begin(), command.end());
  if (!argv.empty()) return argv;
  return absl::InvalidArgumentError("no command specified");
}

FileMount OwnFile(std::string target, std::string contents) {
  return {.target = std::move(target),
          .contents = std::move(contents),
          .read_only = false};
}

// The files that Docker, too, makes for each container.
std::vector<SandboxMount> OwnFiles(const std::string& hostname,
                                   SandboxNetwork network,
                                   const ContainerCaller& caller) {
  const bool host = network == SandboxNetwork::kHost;
  const std::string hosts =
      host ? caller.hosts
           : absl::StrCat("127.0.0.1\tlocalhost ", hostname,
                          "\n::1\tlocalhost ip6-localhost ip6-loopback\n");
  return {OwnFile("/etc/hosts", hosts),
          OwnFile("/etc/resolv.conf", host ? caller.resolv_conf : ""),
          OwnFile("/etc/hostname", absl::StrCat(hostname, "\n"))};
}

absl::StatusOr<std::string> WorkingDirectory(const ImageConfig& image,
                                             const RunArguments& arguments) {
  std::string path = arguments.workdir.empty()
                         ? ConfigString(image, "WorkingDir")
                         : arguments.workdir;
  if (path.empty()) return "/";
  if (path[0] == '/') return path;
  return absl::InvalidArgumentError(absl::StrCat(
      "working directory \"", path, "\": expected an absolute path"));
}

// "" if it cannot be read.
std::string Text(const char* path) { return ReadFile(path).value_or(""); }

}  // namespace

std::string ConfigString(const ImageConfig& image, absl::string_view field) {
  const auto found = image.config.find(std::string(field));
  if (found == image.config.end() || !found->is_string()) return "";
  return found->get<std::string>();
}

ContainerCaller ThisCaller() {
  utsname name = {};
  uname(&name);
  const auto variable =
      [](const std::string& variable) -> std::optional<std::string> {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
  // Bazel runs programs elsewhere, and says where it was called.
  std::string directory = variable("BUILD_WORKING_DIRECTORY").value_or("");
  if (directory.empty()) directory = std::filesystem::current_path().string();
  return {.working_directory = directory,
          .hostname = name.nodename,
          .hosts = Text("/etc/hosts"),
          .resolv_conf = Text("/etc/resolv.conf"),
          .variable = variable};
}

absl::StatusOr<SandboxSpec> PlanContainer(const ImageConfig& image,
                                          const FileTree& tree,
                                          const RunArguments& arguments,
                                          const ContainerCaller& caller) {
  SandboxSpec spec;
  SandboxCommand& command = spec.command;
  SandboxView& view = spec.view;
  ABSL_ASSIGN_OR_RETURN(command.argv, CommandLine(image, arguments));
  const std::string user =
      arguments.user.empty() ? ConfigString(image, "User") : arguments.user;
  ABSL_ASSIGN_OR_RETURN(
      command.user,
      ResolveUser(user, tree.passwd().value_or(""), tree.group().value_or("")));
  ABSL_ASSIGN_OR_RETURN(command.cwd, WorkingDirectory(image, arguments));
  command.owns_cwd = false;
  spec.limits.memory = arguments.memory;
  view.network = arguments.network;
  view.hostname = arguments.hostname;
  if (view.hostname.empty()) {
    view.hostname =
        view.network == SandboxNetwork::kHost ? caller.hostname : kHostname;
  }
  ABSL_ASSIGN_OR_RETURN(
      command.env, ContainerEnvironment({.hostname = view.hostname,
                                         .home = command.user.home,
                                         .terminal = arguments.terminal,
                                         .image = image.ConfigStrings("Env"),
                                         .files = arguments.env_files,
                                         .options = arguments.env},
                                        caller.variable));
  view.mounts = OwnFiles(view.hostname, view.network, caller);
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<BindMount> volumes,
      VolumeMounts(arguments.volumes, caller.working_directory));
  absl::c_copy(volumes, std::back_inserter(view.mounts));
  return spec;
}

}  // namespace rules_dockerfile
