#include "e2e/conformance/runner/case_workspace.h"

#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "e2e/conformance/runner/process.h"
#include "e2e/conformance/runner/shared_image.h"
#include "e2e/conformance/runner/starlark.h"
#include "lib/base/file.h"

namespace rules_dockerfile {
namespace {

namespace fs = std::filesystem;

std::string ModuleText(const WorkspaceOptions& options,
                       const std::vector<ConformanceCase>& cases) {
  std::string text = absl::StrCat(
      "bazel_dep(name = \"rules_dockerfile\", version = \"0.0.0\")\n"
      "local_path_override(module_name = \"rules_dockerfile\", path = ",
      StarlarkString(options.rules),
      ")\n"
      "dockerfiles = use_extension(\n"
      "    \"@rules_dockerfile//rules:extensions.bzl\", \"dockerfiles\")\n");
  for (const ConformanceCase& c : cases) {
    absl::StrAppend(&text, "dockerfiles.file(path = \"//cases/", c.name,
                    ":Dockerfile\")\n");
  }
  return text + "use_repo(dockerfiles, \"dockerfiles\")\n";
}

std::string PlatformOf(const ConformanceCase& c) {
  return c.platform.empty() ? "linux/amd64" : c.platform;
}

// Returns `map` with its paths, relative to the case, replaced with labels of
// images.
absl::StatusOr<std::map<std::string, std::string>> Labels(
    const std::map<std::string, std::string>& map, const ConformanceCase& c,
    SharedImages& images) {
  std::map<std::string, std::string> labels;
  for (const auto& [name, path] : map) {
    ABSL_ASSIGN_OR_RETURN(
        labels[name],
        images.LabelOf(fs::path(c.directory) / path, PlatformOf(c)));
  }
  return labels;
}

absl::StatusOr<std::string> BuildText(const WorkspaceOptions& options,
                                      const ConformanceCase& c,
                                      SharedImages& images) {
  ABSL_ASSIGN_OR_RETURN(auto bases, Labels(c.bases, c, images));
  for (const auto& [reference, path] : options.bases) {
    if (!bases.contains(reference)) {
      ABSL_ASSIGN_OR_RETURN(bases[reference],
                            images.LabelOf(path, PlatformOf(c)));
    }
  }
  ABSL_ASSIGN_OR_RETURN(const auto contexts,
                        Labels(c.named_contexts, c, images));
  std::map<std::string, std::string> secrets;
  for (const auto& [id, path] : c.secrets) {
    secrets[id] = absl::StrCat("secrets/", id);
  }
  std::string text = absl::StrFormat(
      "load(\"@dockerfiles//cases/%s:Dockerfile.bzl\", \"dockerfile_image\")\n"
      "\n"
      "dockerfile_image(\n"
      "    name = \"image\",\n"
      "    bases = %s,\n"
      "    build_args = %s,\n"
      "    context_tar = \"context.tar\",\n"
      "    labels = %s,\n"
      "    named_contexts = %s,\n"
      "    network = %s,\n"
      "    platform = %s,\n"
      "    target = %s,\n",
      c.name, StarlarkDict(bases), StarlarkDict(c.build_args),
      StarlarkDict(c.labels), StarlarkDict(contexts),
      StarlarkString(c.network.empty() ? "none" : c.network),
      StarlarkString(PlatformOf(c)), StarlarkString(c.target));
  if (!secrets.empty()) {
    absl::StrAppend(&text, "    secrets = ", StarlarkDict(secrets), ",\n");
  }
  return text + ")\n";
}

absl::Status CopyIfPresent(const fs::path& from, const fs::path& to) {
  if (!fs::exists(from)) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(from));
  return WriteFile(to, text);
}

absl::Status WriteCase(const WorkspaceOptions& options,
                       const ConformanceCase& c, SharedImages& images) {
  const fs::path source = c.directory;
  const fs::path package = fs::path(options.directory) / "cases" / c.name;
  fs::create_directories(package);
  ABSL_RETURN_IF_ERROR(
      CopyIfPresent(source / "Dockerfile", package / "Dockerfile"));
  ABSL_RETURN_IF_ERROR(CopyIfPresent(source / "Dockerfile.dockerignore",
                                     package / "Dockerfile.dockerignore"));
  ABSL_RETURN_IF_ERROR(CopyIfPresent(source / "context" / ".dockerignore",
                                     package / ".dockerignore"));
  ABSL_RETURN_IF_ERROR(
      ArchiveDirectory(source / "context", package / "context.tar"));
  for (const auto& [id, path] : c.secrets) {
    fs::create_directories(package / "secrets");
    ABSL_RETURN_IF_ERROR(
        CopyIfPresent(source / path, package / "secrets" / id));
  }
  ABSL_ASSIGN_OR_RETURN(const std::string build, BuildText(options, c, images));
  return WriteFile(package / "BUILD.bazel", build);
}

// Writes a package with a toolchain of the tools.
absl::Status WriteTools(const WorkspaceOptions& options) {
  const fs::path package = fs::path(options.directory) / "prebuilt";
  fs::create_directories(package);
  std::string text =
      "load(\"@rules_dockerfile//rules:defs.bzl\", "
      "\"dockerfile_toolchain\")\n\n"
      "toolchain(\n    name = \"toolchain\",\n    toolchain = \":tools\",\n"
      "    toolchain_type = "
      "\"@rules_dockerfile//rules/toolchain:toolchain_type\",\n)\n\n"
      "dockerfile_toolchain(\n    name = \"tools\",\n";
  for (const auto& [name, path] : options.tools) {
    std::error_code error;
    fs::copy_file(path, package / name, error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot copy \"", path, "\": ", error.message()));
    }
    absl::StrAppend(&text, "    ", name, " = ", StarlarkString(name), ",\n");
  }
  return WriteFile(package / "BUILD.bazel", text + ")\n");
}

}  // namespace

std::string CaseTarget(absl::string_view name) {
  return absl::StrCat("//cases/", name, ":image.layout");
}

absl::Status WriteWorkspace(const WorkspaceOptions& options,
                            const std::vector<ConformanceCase>& cases) {
  const fs::path top = options.directory;
  std::error_code error;
  fs::remove_all(top, error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(
        "cannot replace \"", top.string(), "\": ", error.message()));
  }
  fs::create_directories(top);
  SharedImages images(top);
  for (const ConformanceCase& c : cases) {
    ABSL_RETURN_IF_ERROR(WriteCase(options, c, images));
  }
  ABSL_RETURN_IF_ERROR(
      WriteFile(top / "MODULE.bazel", ModuleText(options, cases)));
  ABSL_RETURN_IF_ERROR(WriteFile(top / "BUILD.bazel", ""));
  ABSL_RETURN_IF_ERROR(WriteTools(options));
  return WriteFile(top / ".bazelrc",
                   absl::StrCat("import ", options.rules, "/.bazelrc\n",
                                "build --extra_toolchains="
                                "//prebuilt:toolchain\n"));
}

}  // namespace rules_dockerfile
