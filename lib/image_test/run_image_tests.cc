#include "lib/image_test/run_image_tests.h"

#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "lib/base/file.h"
#include "lib/base/temporary_files.h"
#include "lib/container/attached_sandbox.h"
#include "lib/container/container.h"
#include "lib/container/container_exit.h"
#include "lib/container/kept_layers.h"
#include "lib/container/run_arguments.h"
#include "lib/image_test/expand_variables.h"
#include "lib/image_test/file_check.h"
#include "lib/image_test/metadata_check.h"
#include "lib/image_test/structure_config.h"
#include "lib/image_test/test_report.h"
#include "lib/image_test/text_check.h"
#include "lib/oci/image_config.h"
#include "lib/run/emulator.h"
#include "lib/run/lower_layers.h"
#include "lib/sandbox/spec/sandbox_spec.h"

namespace rules_dockerfile {
namespace {

using Argv = std::vector<std::string>;

constexpr winsize kWindow = {.ws_row = 24, .ws_col = 80};

// A directory that goes with this object.
class TemporaryDirectory {
 public:
  static absl::StatusOr<TemporaryDirectory> Make(const std::string& in) {
    TemporaryDirectory made(
        RememberNewTemporaryFile(absl::StrCat(in, "/image_test")));
    if (mkdir(made.path_.c_str(), 0700) != 0) {
      return absl::ErrnoToStatus(errno,
                                 absl::StrCat("cannot create ", made.path_));
    }
    return made;
  }
  TemporaryDirectory(TemporaryDirectory&& other) noexcept
      : path_(std::exchange(other.path_, "")) {}
  ~TemporaryDirectory() {
    if (path_.empty()) return;
    // It opens directories: there may be too many open files, for a moment.
    std::error_code error;
    for (int attempt = 0; attempt < 2; ++attempt) {
      std::filesystem::remove_all(path_, error);
      if (!error) break;
    }
    ForgetTemporaryFile(path_);
  }

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

// Runs the commands of one file's tests.
class CommandRunner {
 public:
  CommandRunner(const ImageFiles& files, const ImageConfig& image,
                const ContainerPlace& place, const StructureConfig& config)
      : files_(files), image_(image), place_(place), config_(config) {}

  // What is wrong with it; an error if there can be no containers.
  absl::StatusOr<Problems> Run(const CommandTest& test) const {
    ABSL_ASSIGN_OR_RETURN(const TemporaryDirectory directory,
                          TemporaryDirectory::Make(place_.temporary));
    ABSL_ASSIGN_OR_RETURN(
        KeptLayers kept,
        KeptLayers::Open(directory.path(), "", image_.diff_ids));
    ABSL_ASSIGN_OR_RETURN(Problems problems,
                          RunAll("setup", test, test.setup, true, kept));
    if (!problems.empty()) return problems;
    ABSL_ASSIGN_OR_RETURN(const CommandOutcome outcome,
                          RunOne(test, test.argv, false, kept));
    problems = CheckCommand(test, outcome);
    ABSL_ASSIGN_OR_RETURN(const Problems after,
                          RunAll("teardown", test, test.teardown, true, kept));
    problems.insert(problems.end(), after.begin(), after.end());
    return problems;
  }

 private:
  absl::StatusOr<Problems> RunAll(absl::string_view what,
                                  const CommandTest& test,
                                  const std::vector<Argv>& commands, bool keep,
                                  KeptLayers& kept) const {
    Problems problems;
    for (const Argv& argv : commands) {
      ABSL_ASSIGN_OR_RETURN(const CommandOutcome outcome,
                            RunOne(test, argv, keep, kept));
      const CommandTest succeeds;
      for (const std::string& problem : CheckCommand(succeeds, outcome)) {
        problems.push_back(absl::StrCat(what, " \"", absl::StrJoin(argv, " "),
                                        "\": ", problem));
      }
      if (!problems.empty()) break;
    }
    return problems;
  }

  absl::StatusOr<CommandOutcome> RunOne(const CommandTest& test,
                                        const Argv& argv, bool keep,
                                        KeptLayers& kept) const {
    CommandOutcome outcome;
    const auto run = [&](SandboxSpec spec) {
      if (config_.run_options.terminal) spec.command.terminal = kWindow;
      const auto append = [](std::string& to) {
        return [&to](absl::string_view text) {
          to.append(text);
          return true;
        };
      };
      return RunAttached(spec, {.output = append(outcome.output),
                                .errors = append(outcome.errors),
                                .passes_signals = false});
    };
    ABSL_ASSIGN_OR_RETURN(
        const SandboxResult result,
        MakeContainer(files_, image_, Arguments(test, argv, keep), place_,
                      &kept, run));
    const ContainerExit end = ContainerExitOf(result, image_, ThisMachine());
    outcome.exit_code = end.exit_code;
    if (!end.start_error.empty()) {
      absl::StrAppend(&outcome.errors, end.start_error, "\n");
    }
    return outcome;
  }

  RunArguments Arguments(const CommandTest& test, const Argv& argv,
                         bool keep) const {
    const ContainerRunOptions& options = config_.run_options;
    RunArguments arguments = {.env = options.env,
                              .volumes = options.volumes,
                              .entrypoint = "",
                              .user = options.user,
                              .network = SandboxNetwork::kNone,
                              .terminal = options.terminal,
                              .keep = keep,
                              .command = argv};
    if (!options.env_file.empty()) arguments.env_files = {options.env_file};
    const std::vector<std::string> environment = image_.ConfigStrings("Env");
    for (const auto* variables : {&config_.global_env, &test.env}) {
      for (const KeyExpectation& variable : *variables) {
        arguments.env.push_back(absl::StrCat(
            variable.key, "=", ExpandVariables(variable.value, environment)));
      }
    }
    return arguments;
  }

  const ImageFiles& files_;
  const ImageConfig& image_;
  const ContainerPlace& place_;
  const StructureConfig& config_;
};

absl::Status WithName(const std::string& name, const absl::Status& status) {
  return absl::Status(status.code(),
                      absl::StrCat(name, ": ", status.message()));
}

// Collects the results of the tests of one file.
class FileRunner {
 public:
  FileRunner(std::string name, std::vector<TestResult>& results)
      : name_(std::move(name)), results_(results) {}

  absl::Status Add(int line, std::string test,
                   const std::function<absl::StatusOr<Problems>()>& run) {
    const absl::Time start = absl::Now();
    const std::string where = absl::StrCat(name_, ":", line);
    absl::StatusOr<Problems> problems = run();
    if (!problems.ok()) return WithName(where, problems.status());
    results_.push_back({.where = where,
                        .name = std::move(test),
                        .problems = *std::move(problems),
                        .duration = absl::Now() - start});
    return absl::OkStatus();
  }

 private:
  std::string name_;
  std::vector<TestResult>& results_;
};

std::string Called(absl::string_view kind, absl::string_view name) {
  return absl::StrCat(kind, " \"", name, "\"");
}

absl::Status RunConfig(const StructureConfig& config, const ImageTree& tree,
                       const ImageConfig& image, const CommandRunner& commands,
                       FileRunner runner) {
  for (const CommandTest& test : config.commands) {
    ABSL_RETURN_IF_ERROR(runner.Add(test.line, Called("command", test.name),
                                    [&] { return commands.Run(test); }));
  }
  for (const FileExistenceTest& test : config.file_existence) {
    ABSL_RETURN_IF_ERROR(
        runner.Add(test.line, Called("file existence", test.name),
                   [&] { return CheckFileExistence(test, tree); }));
  }
  for (const FileContentTest& test : config.file_contents) {
    ABSL_RETURN_IF_ERROR(
        runner.Add(test.line, Called("file content", test.name),
                   [&] { return CheckFileContent(test, tree); }));
  }
  if (config.metadata.has_value()) {
    ABSL_RETURN_IF_ERROR(runner.Add(config.metadata->line, "metadata", [&] {
      return CheckMetadata(*config.metadata, image);
    }));
  }
  for (const LicenseTest& test : config.licenses) {
    ABSL_RETURN_IF_ERROR(runner.Add(test.line, "licences",
                                    [&] { return CheckLicenses(test, tree); }));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<TestResult>> RunImageTests(
    const ImageFiles& image, const std::vector<StructureFile>& files,
    const ContainerPlace& place) {
  ABSL_ASSIGN_OR_RETURN(const ImageConfig config, ReadImageConfig(image));
  ABSL_ASSIGN_OR_RETURN(const LowerLayers lower,
                        ReadLowerLayers(image.layers, image.indexes));
  const ImageTree tree = {lower.tree, lower.contents()};
  std::vector<TestResult> results;
  for (const StructureFile& file : files) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, ReadFile(file.path));
    const absl::StatusOr<StructureConfig> tests = ParseStructureConfig(text);
    if (!tests.ok()) return WithName(file.name, tests.status());
    ABSL_RETURN_IF_ERROR(RunConfig(*tests, tree, config,
                                   CommandRunner(image, config, place, *tests),
                                   FileRunner(file.name, results)));
  }
  if (results.empty()) {
    return absl::InvalidArgumentError("no tests in the configurations");
  }
  return results;
}

}  // namespace rules_dockerfile
