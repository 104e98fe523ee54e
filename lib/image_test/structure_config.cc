#include "lib/image_test/structure_config.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/image_test/yaml_fields.h"
#include "lib/image_test/yaml_value.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

using Strings = std::vector<std::string>;

// Docker's default capabilities: a container has these in any case.
constexpr absl::string_view kCapabilities[] = {
    "AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE",     "FOWNER",    "FSETID",
    "KILL",        "MKNOD",   "NET_BIND_SERVICE", "NET_RAW",   "SETFCAP",
    "SETGID",      "SETPCAP", "SETUID",           "SYS_CHROOT"};

absl::Status CheckRegex(const YamlNode& node, const std::string& pattern) {
  const RE2 regex(pattern, RE2::Quiet);
  if (regex.ok()) return absl::OkStatus();
  return node.Error(absl::StrCat(
      "\"", pattern, "\" is not a regular expression: ", regex.error()));
}

absl::StatusOr<Strings> Regexes(const YamlFields& fields,
                                absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes,
                        fields.Sequence(key));
  Strings patterns;
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(std::string pattern, node.AsString());
    ABSL_RETURN_IF_ERROR(CheckRegex(node, pattern));
    patterns.push_back(std::move(pattern));
  }
  return patterns;
}

absl::StatusOr<std::vector<KeyExpectation>> KeyValues(const YamlFields& fields,
                                                      absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes,
                        fields.Sequence(key));
  std::vector<KeyExpectation> pairs;
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(const YamlFields pair,
                          YamlFields::Of(node, {"isRegex", "key", "value"}));
    KeyExpectation read;
    ABSL_ASSIGN_OR_RETURN(read.key, pair.RequiredString("key"));
    ABSL_ASSIGN_OR_RETURN(read.value, pair.String("value"));
    ABSL_ASSIGN_OR_RETURN(read.is_regex, pair.Bool("isRegex", false));
    if (read.is_regex) {
      ABSL_RETURN_IF_ERROR(CheckRegex(node, read.value));
    }
    pairs.push_back(std::move(read));
  }
  return pairs;
}

absl::StatusOr<std::vector<Strings>> CommandLines(const YamlFields& fields,
                                                  absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes,
                        fields.Sequence(key));
  std::vector<Strings> lines;
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(Strings argv, node.AsStrings());
    if (argv.empty()) return node.Error("the command is empty");
    lines.push_back(std::move(argv));
  }
  return lines;
}

absl::StatusOr<CommandTest> ParseCommandTest(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(node, {"args", "command", "envVars", "excludedError",
                            "excludedOutput", "exitCode", "expectedError",
                            "expectedOutput", "name", "setup", "teardown"}));
  CommandTest test;
  test.line = node.line();
  ABSL_ASSIGN_OR_RETURN(test.name, fields.RequiredString("name"));
  ABSL_ASSIGN_OR_RETURN(test.setup, CommandLines(fields, "setup"));
  ABSL_ASSIGN_OR_RETURN(test.teardown, CommandLines(fields, "teardown"));
  ABSL_ASSIGN_OR_RETURN(test.env, KeyValues(fields, "envVars"));
  ABSL_ASSIGN_OR_RETURN(const std::string command,
                        fields.RequiredString("command"));
  ABSL_ASSIGN_OR_RETURN(const Strings args, fields.Strings("args"));
  test.argv = {command};
  test.argv.insert(test.argv.end(), args.begin(), args.end());
  ABSL_ASSIGN_OR_RETURN(const int64_t code, fields.Integer("exitCode", 0));
  test.exit_code = static_cast<int>(code);
  ABSL_ASSIGN_OR_RETURN(test.expected_output,
                        Regexes(fields, "expectedOutput"));
  ABSL_ASSIGN_OR_RETURN(test.excluded_output,
                        Regexes(fields, "excludedOutput"));
  ABSL_ASSIGN_OR_RETURN(test.expected_error, Regexes(fields, "expectedError"));
  ABSL_ASSIGN_OR_RETURN(test.excluded_error, Regexes(fields, "excludedError"));
  return test;
}

// -1 says nothing, as no value does.
absl::StatusOr<std::optional<int64_t>> Id(const YamlFields& fields,
                                          absl::string_view key) {
  ABSL_ASSIGN_OR_RETURN(const int64_t id, fields.Integer(key, -1));
  if (id == -1) return std::nullopt;
  return id;
}

absl::StatusOr<FileExistenceTest> ParseFileExistenceTest(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(node, {"gid", "isExecutableBy", "name", "path",
                            "permissions", "shouldExist", "uid"}));
  FileExistenceTest test;
  test.line = node.line();
  ABSL_ASSIGN_OR_RETURN(test.name, fields.RequiredString("name"));
  ABSL_ASSIGN_OR_RETURN(test.path, fields.RequiredString("path"));
  ABSL_ASSIGN_OR_RETURN(test.should_exist, fields.Bool("shouldExist", true));
  ABSL_ASSIGN_OR_RETURN(test.permissions, fields.String("permissions"));
  ABSL_ASSIGN_OR_RETURN(test.uid, Id(fields, "uid"));
  ABSL_ASSIGN_OR_RETURN(test.gid, Id(fields, "gid"));
  ABSL_ASSIGN_OR_RETURN(test.executable_by, fields.String("isExecutableBy"));
  for (const char* who : {"", "owner", "group", "other", "any"}) {
    if (test.executable_by == who) return test;
  }
  return fields.Find("isExecutableBy")
      ->Error(absl::StrCat("expected owner, group, other or any, got \"",
                           test.executable_by, "\""));
}

absl::StatusOr<FileContentTest> ParseFileContentTest(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(node,
                     {"excludedContents", "expectedContents", "name", "path"}));
  FileContentTest test;
  test.line = node.line();
  ABSL_ASSIGN_OR_RETURN(test.name, fields.RequiredString("name"));
  ABSL_ASSIGN_OR_RETURN(test.path, fields.RequiredString("path"));
  ABSL_ASSIGN_OR_RETURN(test.expected, Regexes(fields, "expectedContents"));
  ABSL_ASSIGN_OR_RETURN(test.excluded, Regexes(fields, "excludedContents"));
  return test;
}

absl::StatusOr<MetadataTest> ParseMetadataTest(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(node,
                     {"cmd", "entrypoint", "env", "envVars", "exposedPorts",
                      "labels", "unboundEnvVars", "unexposedPorts",
                      "unmountedVolumes", "user", "volumes", "workdir"}));
  MetadataTest test;
  test.line = node.line();
  ABSL_ASSIGN_OR_RETURN(test.env, KeyValues(fields, "envVars"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<KeyExpectation> env,
                        KeyValues(fields, "env"));
  test.env.insert(test.env.end(), env.begin(), env.end());
  ABSL_ASSIGN_OR_RETURN(const std::vector<KeyExpectation> unbound,
                        KeyValues(fields, "unboundEnvVars"));
  for (const KeyExpectation& pair : unbound) {
    test.unbound_env.push_back(pair.key);
  }
  ABSL_ASSIGN_OR_RETURN(test.labels, KeyValues(fields, "labels"));
  ABSL_ASSIGN_OR_RETURN(test.exposed_ports, fields.Strings("exposedPorts"));
  ABSL_ASSIGN_OR_RETURN(test.unexposed_ports, fields.Strings("unexposedPorts"));
  ABSL_ASSIGN_OR_RETURN(test.volumes, fields.Strings("volumes"));
  ABSL_ASSIGN_OR_RETURN(test.unmounted_volumes,
                        fields.Strings("unmountedVolumes"));
  if (const std::optional<YamlNode> found = fields.Find("entrypoint")) {
    ABSL_ASSIGN_OR_RETURN(test.entrypoint, found->AsStrings());
  }
  if (const std::optional<YamlNode> found = fields.Find("cmd")) {
    ABSL_ASSIGN_OR_RETURN(test.cmd, found->AsStrings());
  }
  ABSL_ASSIGN_OR_RETURN(test.workdir, fields.String("workdir"));
  ABSL_ASSIGN_OR_RETURN(test.user, fields.String("user"));
  return test;
}

absl::StatusOr<LicenseTest> ParseLicenseTest(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(const YamlFields fields,
                        YamlFields::Of(node, {"debian", "files"}));
  LicenseTest test;
  test.line = node.line();
  ABSL_ASSIGN_OR_RETURN(test.debian, fields.Bool("debian", false));
  ABSL_ASSIGN_OR_RETURN(test.files, fields.Strings("files"));
  return test;
}

absl::Status CheckCapabilities(const YamlFields& fields) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes,
                        fields.Sequence("capabilities"));
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(const std::string text, node.AsString());
    const std::string name = absl::AsciiStrToUpper(text);
    if (absl::c_linear_search(kCapabilities, absl::StripPrefix(name, "CAP_"))) {
      continue;
    }
    return absl::UnimplementedError(
        node.Error(absl::StrCat("capability \"", text, "\" is not supported"))
            .message());
  }
  return absl::OkStatus();
}

absl::StatusOr<ContainerRunOptions> ParseRunOptions(const YamlNode& node) {
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(node, {"allocateTty", "bindMounts", "capabilities",
                            "envFile", "envVars", "privileged", "user"}));
  ABSL_ASSIGN_OR_RETURN(const bool privileged,
                        fields.Bool("privileged", false));
  if (privileged) {
    return absl::UnimplementedError(
        fields.Find("privileged")
            ->Error("privileged containers are not supported")
            .message());
  }
  ABSL_RETURN_IF_ERROR(CheckCapabilities(fields));
  ContainerRunOptions options;
  ABSL_ASSIGN_OR_RETURN(options.user, fields.String("user"));
  ABSL_ASSIGN_OR_RETURN(options.terminal, fields.Bool("allocateTty", false));
  ABSL_ASSIGN_OR_RETURN(options.env_file, fields.String("envFile"));
  ABSL_ASSIGN_OR_RETURN(options.env, fields.Strings("envVars"));
  ABSL_ASSIGN_OR_RETURN(options.volumes, fields.Strings("bindMounts"));
  return options;
}

template <typename Test>
absl::StatusOr<std::vector<Test>> ParseEach(
    const YamlFields& fields, absl::string_view key,
    absl::StatusOr<Test> (*parse)(const YamlNode&)) {
  ABSL_ASSIGN_OR_RETURN(const std::vector<YamlNode> nodes,
                        fields.Sequence(key));
  std::vector<Test> tests;
  for (const YamlNode& node : nodes) {
    ABSL_ASSIGN_OR_RETURN(Test test, parse(node));
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace

absl::StatusOr<StructureConfig> ParseStructureConfig(absl::string_view text) {
  ABSL_ASSIGN_OR_RETURN(const YamlValue document, ParseYaml(text));
  ABSL_ASSIGN_OR_RETURN(
      const YamlFields fields,
      YamlFields::Of(YamlNode(document),
                     {"commandTests", "containerRunOptions", "fileContentTests",
                      "fileExistenceTests", "globalEnvVars", "licenseTests",
                      "metadataTest", "schemaVersion"}));
  ABSL_ASSIGN_OR_RETURN(const std::string version,
                        fields.RequiredString("schemaVersion"));
  if (version != "2.0.0") {
    return fields.Find("schemaVersion")
        ->Error(absl::StrCat("expected 2.0.0, got \"", version, "\""));
  }
  StructureConfig config;
  ABSL_ASSIGN_OR_RETURN(config.global_env, KeyValues(fields, "globalEnvVars"));
  ABSL_ASSIGN_OR_RETURN(config.commands,
                        ParseEach(fields, "commandTests", ParseCommandTest));
  ABSL_ASSIGN_OR_RETURN(
      config.file_existence,
      ParseEach(fields, "fileExistenceTests", ParseFileExistenceTest));
  ABSL_ASSIGN_OR_RETURN(
      config.file_contents,
      ParseEach(fields, "fileContentTests", ParseFileContentTest));
  if (const std::optional<YamlNode> found = fields.Find("metadataTest")) {
    ABSL_ASSIGN_OR_RETURN(config.metadata, ParseMetadataTest(*found));
  }
  ABSL_ASSIGN_OR_RETURN(config.licenses,
                        ParseEach(fields, "licenseTests", ParseLicenseTest));
  if (const std::optional<YamlNode> found =
          fields.Find("containerRunOptions")) {
    ABSL_ASSIGN_OR_RETURN(config.run_options, ParseRunOptions(*found));
  }
  return config;
}

}  // namespace rules_dockerfile
