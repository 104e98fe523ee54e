#include "tools/layer_run/mount_flags.h"

#include <string>
#include <utility>

#include "absl/flags/flag.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/base/tool.h"
#include "lib/copy/copy_layer.h"
#include "lib/layer/layer_times.h"
#include "lib/run/mount_source.h"
#include "lib/run/run_mounts.h"

RULES_DOCKERFILE_REPEATED_FLAG(context_file,
                               "PATH=FILE: file of the build context");
ABSL_FLAG(std::string, context_tar, "", "archive with the build context");
RULES_DOCKERFILE_REPEATED_FLAG(ignore, ".dockerignore file");
RULES_DOCKERFILE_REPEATED_FLAG(mount_layer,
                               "NAME=TAR: layer of what a mount's from names");
RULES_DOCKERFILE_REPEATED_FLAG(mount_index, "NAME=INDEX of each such layer");
RULES_DOCKERFILE_REPEATED_FLAG(mount_file,
                               "NAME=PATH=FILE: file of a named context");
RULES_DOCKERFILE_REPEATED_FLAG(mount_empty,
                               "NAME in a mount's from, of what has no file");
RULES_DOCKERFILE_REPEATED_FLAG(secret, "ID=FILE: secret to lend");
ABSL_FLAG(std::string, secret_directory, "",
          "directory with more secrets, each a file named by its id");
ABSL_FLAG(std::string, secret_command, "",
          "program, absolute, that is run with the id of any other secret and "
          "writes its value; exit code 3: there is none");
RULES_DOCKERFILE_REPEATED_FLAG(ssh, "ID=SOCKET: SSH agent to lend");

namespace rules_dockerfile {

absl::StatusOr<MountSources> ReadMountFlags(const LayerTimes& times) {
  MountSources sources = {.context_tar = absl::GetFlag(FLAGS_context_tar),
                          .ignore_files = FLAGS_ignore_values(),
                          .times = times};
  for (const std::string& flag : FLAGS_context_file_values()) {
    ABSL_ASSIGN_OR_RETURN(sources.context_files.emplace_back(),
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

absl::StatusOr<RunLoans> ReadLoanFlags() {
  RunLoans loans;
  loans.secret_directory = absl::GetFlag(FLAGS_secret_directory);
  loans.secret_command = absl::GetFlag(FLAGS_secret_command);
  if (!loans.secret_command.empty() && loans.secret_command[0] != '/') {
    return absl::InvalidArgumentError(
        absl::StrCat("--secret_command=\"", loans.secret_command,
                     "\": want an absolute path"));
  }
  for (const std::string& flag : FLAGS_secret_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue secret, ParseNamedValue(flag));
    loans.secrets[secret.name] = std::move(secret.value);
  }
  for (const std::string& flag : FLAGS_ssh_values()) {
    ABSL_ASSIGN_OR_RETURN(NamedValue agent, ParseNamedValue(flag));
    loans.ssh[agent.name] = std::move(agent.value);
  }
  return loans;
}

}  // namespace rules_dockerfile
