#include "lib/run/run_mounts.h"

#include <unistd.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/file.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/layer/file_tree.h"
#include "lib/plan/environment.h"
#include "lib/plan/run_plan.h"
#include "lib/rootfs/extract.h"
#include "lib/run/cache_mounts.h"
#include "lib/run/mount_source.h"
#include "lib/run/secret_command.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kSecretMode = 0400;
constexpr uint32_t kCacheMode = 0755;

// Collects the mounts of one RUN.
class MountMaker {
 public:
  MountMaker(const RunPlan& plan, const MountSources& sources,
             const RunHostAccess& host_access)
      : plan_(plan), sources_(sources), host_access_(host_access) {}

  absl::StatusOr<RunMounts> Make() {
    for (const Mount& mount : plan_.mounts) {
      ABSL_RETURN_IF_ERROR(Add(mount));
    }
    if (plan_.script.has_value()) {
      Put(FileMount{.target = plan_.script->path,
                    .contents = plan_.script->content,
                    .mode = 0755});
    }
    RunMounts made = {.mounts = {}, .env = std::move(env_)};
    for (auto& [target, mount] : mounts_) {
      made.mounts.push_back(std::move(mount));
    }
    return made;
  }

 private:
  absl::Status Add(const Mount& mount) {
    ABSL_ASSIGN_OR_RETURN(const std::string target,
                          MountTarget(mount, plan_.workdir, ssh_mounts_));
    if (mount.type == "bind") return AddBind(mount, target);
    if (mount.type == "cache") return AddCache(mount, target);
    if (mount.type == "tmpfs") {
      Put(TmpfsMount{
          .target = target, .size = mount.size, .read_only = mount.read_only});
      return absl::OkStatus();
    }
    if (mount.type == "secret") return AddSecret(mount, target);
    if (mount.type == "ssh") return AddSsh(mount, target);
    return absl::InvalidArgumentError(
        absl::StrCat("unsupported mount type \"", mount.type, "\""));
  }

  absl::Status AddBind(const Mount& mount, const std::string& target) {
    ABSL_ASSIGN_OR_RETURN(TreeMount tree,
                          ReadMountSource(sources_, mount.from, mount.source));
    tree.target = target;
    tree.read_only = mount.read_only;
    Put(std::move(tree));
    return absl::OkStatus();
  }

  // What a new cache holds.
  absl::StatusOr<TreeMount> CacheSeed(const Mount& mount) {
    if (!mount.from.empty()) {
      return ReadMountSource(sources_, mount.from, mount.source);
    }
    FileTree empty;
    ABSL_RETURN_IF_ERROR(empty.Put("", {.mode = mount.mode.value_or(kCacheMode),
                                        .uid = mount.uid.value_or(0),
                                        .gid = mount.gid.value_or(0)}));
    return TreeMount{.fill = [empty](const DirectoryToFill& directory) {
      return ExtractTree(empty, {}, directory.owners, directory.fd);
    }};
  }

  absl::Status AddCache(const Mount& mount, const std::string& target) {
    ABSL_ASSIGN_OR_RETURN(TreeMount seed, CacheSeed(mount));
    if (!host_access_.caches.has_value()) {
      seed.target = target;
      seed.read_only = mount.read_only;
      Put(std::move(seed));
      return absl::OkStatus();
    }
    if (!seed.file.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "cache mount \"", target, "\": expected a directory as its source"));
    }
    ABSL_ASSIGN_OR_RETURN(
        BindMount cache,
        OpenCacheMount(*host_access_.caches, mount, target, seed.fill));
    Put(std::move(cache));
    return absl::OkStatus();
  }

  absl::Status AddSecret(const Mount& mount, const std::string& target) {
    const std::string id = SecretId(mount);
    ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text, Secret(id));
    if (!text.has_value()) return Missing(mount, "secret", id, SecretHint(id));
    if (mount.env.has_value()) {
      env_.push_back(absl::StrCat(*mount.env, "=", *text));
    }
    if (!target.empty()) {
      Put(FileMount{.target = target,
                    .contents = *text,
                    .mode = mount.mode.value_or(kSecretMode),
                    .uid = mount.uid.value_or(0),
                    .gid = mount.gid.value_or(0)});
    }
    return absl::OkStatus();
  }

  // nullopt if the RUN has no such secret.
  absl::StatusOr<std::optional<std::string>> Secret(const std::string& id) {
    if (const std::string file = SecretFile(id); !file.empty()) {
      return ReadFile(file);
    }
    if (host_access_.secret_command.empty()) return std::nullopt;
    if (const auto asked = asked_.find(id); asked != asked_.end()) {
      return asked->second;
    }
    ABSL_ASSIGN_OR_RETURN(std::optional<std::string> text,
                          AskSecretCommand(host_access_.secret_command, id));
    return asked_[id] = std::move(text);
  }

  // "" if no file holds it.
  std::string SecretFile(const std::string& id) {
    const auto found = host_access_.secrets.find(id);
    if (found != host_access_.secrets.end()) return found->second;
    if (host_access_.secret_directory.empty() || id.empty() || id[0] == '.' ||
        absl::StrContains(id, '/')) {
      return "";
    }
    const std::string file =
        absl::StrCat(host_access_.secret_directory, "/", id);
    return access(file.c_str(), F_OK) == 0 ? file : "";
  }

  absl::Status AddSsh(const Mount& mount, const std::string& target) {
    // The frontend names the socket before it asks for the agent.
    if (ssh_mounts_++ == 0 &&
        !FindVariable(plan_.env, "SSH_AUTH_SOCK").has_value()) {
      env_.push_back(absl::StrCat("SSH_AUTH_SOCK=", target));
    }
    const std::string id = mount.id.empty() ? "default" : mount.id;
    const auto found = host_access_.ssh.find(id);
    if (found == host_access_.ssh.end())
      return Missing(mount, "ssh", id, SshHint(id));
    Put(BindMount{
        .target = target, .source = found->second, .read_only = true});
    return absl::OkStatus();
  }

  static std::string SecretHint(const std::string& id) {
    return absl::StrCat("set secrets = {\"", id,
                        "\": \"//label\"} of the image, or a setting: "
                        "--@rules_dockerfile//rules/settings:secret_directory="
                        "DIRECTORY or :secret_command=PROGRAM");
  }

  static std::string SshHint(const std::string& id) {
    return absl::StrCat("--@rules_dockerfile//rules/settings:ssh=", id,
                        "=SOCKET");
  }

  absl::Status Missing(const Mount& mount, absl::string_view what,
                       const std::string& id, absl::string_view hint) {
    if (!mount.required) return absl::OkStatus();
    return absl::NotFoundError(
        absl::StrCat(what, " ", id, ": not found\nhint: ", hint));
  }

  void Put(SandboxMount mount) {
    std::string target = TargetOf(mount);
    mounts_.insert_or_assign(std::move(target), std::move(mount));
  }

  const RunPlan& plan_;
  const MountSources& sources_;
  const RunHostAccess& host_access_;
  std::map<std::string, SandboxMount> mounts_;  // by target
  std::vector<std::string> env_;
  // Answers of the secret command, by id.
  std::map<std::string, std::optional<std::string>> asked_;
  int ssh_mounts_ = 0;
};

}  // namespace

absl::StatusOr<RunMounts> MakeRunMounts(const RunPlan& plan,
                                        const MountSources& sources,
                                        const RunHostAccess& host_access) {
  return MountMaker(plan, sources, host_access).Make();
}

}  // namespace rules_dockerfile
