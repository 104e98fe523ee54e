#ifndef LIB_IMAGE_TEST_STRUCTURE_CONFIG_H_
#define LIB_IMAGE_TEST_STRUCTURE_CONFIG_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// A configuration of container-structure-test, version 2.0.0: its README is
// the reference of every field. `line` is where a test begins in its file.

struct KeyExpectation {
  std::string key;
  std::string value;
  bool is_regex = false;
};

struct CommandTest {
  int line = 0;
  std::string name;
  std::vector<std::vector<std::string>> setup;
  std::vector<std::vector<std::string>> teardown;
  std::vector<KeyExpectation> env;
  std::vector<std::string> argv;
  int exit_code = 0;
  // Regular expressions (RE2), to be found anywhere.
  std::vector<std::string> expected_output;
  std::vector<std::string> excluded_output;
  std::vector<std::string> expected_error;
  std::vector<std::string> excluded_error;
};

struct FileExistenceTest {
  int line = 0;
  std::string name;
  std::string path;
  bool should_exist = true;
  std::string permissions;  // as "-rwxr-xr-x"; "": any
  std::optional<int64_t> uid;
  std::optional<int64_t> gid;
  std::string executable_by;  // "owner", "group", "other", "any", or ""
};

struct FileContentTest {
  int line = 0;
  std::string name;
  std::string path;
  std::vector<std::string> expected;  // regular expressions
  std::vector<std::string> excluded;
};

struct MetadataTest {
  int line = 0;
  std::vector<KeyExpectation> env;
  std::vector<std::string> unbound_env;  // names
  std::vector<KeyExpectation> labels;
  std::vector<std::string> exposed_ports;
  std::vector<std::string> unexposed_ports;
  std::vector<std::string> volumes;
  std::vector<std::string> unmounted_volumes;
  std::optional<std::vector<std::string>> entrypoint;
  std::optional<std::vector<std::string>> cmd;
  std::string workdir;
  std::string user;
};

struct LicenseTest {
  int line = 0;
  bool debian = false;
  std::vector<std::string> files;
};

// How containers of command tests are run.
struct ContainerRunOptions {
  std::string user;
  bool terminal = false;
  std::string env_file;
  std::vector<std::string> env;      // names of variables of the caller
  std::vector<std::string> volumes;  // HOST:CONTAINER[:ro]
};

struct StructureConfig {
  std::vector<KeyExpectation> global_env;
  std::vector<CommandTest> commands;
  std::vector<FileExistenceTest> file_existence;
  std::vector<FileContentTest> file_contents;
  std::optional<MetadataTest> metadata;
  std::vector<LicenseTest> licenses;
  ContainerRunOptions run_options;
};

// Reads YAML or JSON. InvalidArgument `line 3: …` for what is wrong, unknown
// keys and regular expressions too; Unimplemented for what a container here
// cannot have: `privileged`, more `capabilities`.
absl::StatusOr<StructureConfig> ParseStructureConfig(absl::string_view text);

}  // namespace rules_dockerfile

#endif  // LIB_IMAGE_TEST_STRUCTURE_CONFIG_H_
