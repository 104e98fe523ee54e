#include "tools/layer_run/mount_flags.h"

#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/tool.h"
#include "lib/copy/context.h"
#include "lib/layer/layer_times.h"
#include "lib/run/mount_source.h"
#include "lib/run/run_mounts.h"

RULES_DOCKERFILE_REPEATED_FLAG(context_file,
                               "PATH=FILE: file of the build context");
ABSL_FLAG(std::string, context_tar, "", "archive with the build context");
RULES_DOCKERFILE_REPEATED_FLAG(ignore, ".dockerignore file");
RULES_DOCKERFILE_REPEATED_FLAG(mount_layer,
                               "NAME=TAR: layer of the source of mounts with "
                               "from=NAME");
RULES_DOCKERFILE_REPEATED_FLAG(mount_index,
                               "NAME=INDEX: index of each --mount_layer");
RULES_DOCKERFILE_REPEATED_FLAG(mount_file,
                               "NAME=PATH=FILE: file of a named context");
RULES_DOCKERFILE_REPEATED_FLAG(mount_empty,
                               "NAME: empty source of mounts with from=NAME");
RULES_DOCKERFILE_REPEATED_FLAG(secret, "ID=FILE: secret that the RUN may use");
ABSL_FLAG(std::string, secret_directory, "",
          "directory with more secrets, each a file named by its id");
ABSL_FLAG(std::string, secret_command, "",
          "absolute path of a program that is run with the id of any other "
          "secret and prints its value; exit code 3: no such secret");
RULES_DOCKERFILE_REPEATED_FLAG(ssh,
                               "ID=SOCKET: SSH agent that the RUN may use");

namespace rules_dockerfile {

absl::StatusOr<MountSources> ReadMountFlags(const LayerTimes& times) {
  MountSources sources = {.context = {.tar = absl::GetFlag(FLAGS_context_tar),
                                      .ignore_files = FLAGS_ignore_values()},
                          .times = times};
  for (const std::string& flag : FLAGS_context_file_values()) {
    ABSL_ASSIGN_OR_RETURN(sources.context.files.emplace_back(),
                          ParseContextFile(flag));
  }
  for (const std::string& flag : FLAGS_mount_layer_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue layer, ParseNamedValue(flag));
    sources.from[layer.name].layers.push_back(std::move(layer.value));
  }
  for (const std::string& flag : FLAGS_mount_index_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue index, ParseNamedValue(flag));
    sources.from[index.name].indexes.push_back(std::move(index.value));
  }
  for (const std::string& flag : FLAGS_mount_file_values()) {
    ABSL_ASSIGN_OR_RETURN(const NamedValue file, ParseNamedValue(flag));
    ABSL_ASSIGN_OR_RETURN(sources.from[file.name].files.emplace_back(),
                          ParseContextFile(file.value));
  }
  for (const std::string& name : FLAGS_mount_empty_values()) {
    sources.from[name];
  }
  return sources;
}

absl::StatusOr<RunHostAccess> ReadHostAccessFlags() {
  RunHostAccess access;
  access.secret_directory = absl::GetFlag(FLAGS_secret_directory);
  access.secret_command = absl::GetFlag(FLAGS_secret_command);
  if (!access.secret_command.empty() && access.secret_command[0] != '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("--secret_command=\"", access.secret_command,
                     "\": expected an absolute path"));
  }
  for (const std::string& flag : FLAGS_secret_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue secret, ParseNamedValue(flag));
    access.secrets[secret.name] = std::move(secret.value);
  }
  for (const std::string& flag : FLAGS_ssh_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue agent, ParseNamedValue(flag));
    access.ssh[agent.name] = std::move(agent.value);
  }
  return access;
}

}  // namespace rules_dockerfile
