#include "lib/image_test/structure_config.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;
using Strings = std::vector<std::string>;

absl::StatusOr<StructureConfig> Parse(const std::string& text) {
  return ParseStructureConfig(absl::StrCat("schemaVersion: 2.0.0\n", text));
}

TEST(ParseStructureConfig, ReadsCommandTests) {
  const absl::StatusOr<StructureConfig> config = Parse(R"(
commandTests:
- name: all
  setup: [["a", "b"], ["c"]]
  teardown: [["d"]]
  envVars: [{key: K, value: 1}]
  exitCode: 3
  command: "e"
  args: ["f", 2]
  expectedOutput: ["o+"]
  excludedOutput: [x]
  expectedError: [".*e"]
  excludedError: [y]
- name: least
  command: g
)");
  ASSERT_TRUE(config.ok()) << config.status();
  const CommandTest& all = config->commands.at(0);
  EXPECT_EQ(all.line, 4);
  EXPECT_EQ(all.setup, (std::vector<Strings>{{"a", "b"}, {"c"}}));
  EXPECT_EQ(all.teardown, std::vector<Strings>{{"d"}});
  EXPECT_EQ(absl::StrCat(all.env.at(0).key, "=", all.env.at(0).value), "K=1");
  EXPECT_EQ(all.exit_code, 3);
  EXPECT_EQ(all.argv, (Strings{"e", "f", "2"}));
  EXPECT_EQ(all.expected_output, Strings{"o+"});
  EXPECT_EQ(all.excluded_output, Strings{"x"});
  EXPECT_EQ(all.expected_error, Strings{".*e"});
  EXPECT_EQ(all.excluded_error, Strings{"y"});
  EXPECT_EQ(config->commands.at(1).argv, Strings{"g"});
  EXPECT_EQ(config->commands.at(1).exit_code, 0);
}

TEST(ParseStructureConfig, ReadsFileTests) {
  const absl::StatusOr<StructureConfig> config = Parse(R"(
fileExistenceTests:
- {name: a, path: /a, shouldExist: false}
- {name: b, path: /b, permissions: "-rw-r--r--", uid: 0, gid: -1, isExecutableBy: any}
fileContentTests:
- {name: c, path: /c, expectedContents: [d], excludedContents: [e]}
licenseTests:
- {debian: true, files: [/f]}
)");
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_FALSE(config->file_existence.at(0).should_exist);
  const FileExistenceTest& there = config->file_existence.at(1);
  EXPECT_TRUE(there.should_exist);
  EXPECT_EQ(there.permissions, "-rw-r--r--");
  EXPECT_EQ(there.uid, 0);
  EXPECT_EQ(there.gid, std::nullopt);
  EXPECT_EQ(there.executable_by, "any");
  EXPECT_EQ(config->file_contents.at(0).expected, Strings{"d"});
  EXPECT_EQ(config->file_contents.at(0).excluded, Strings{"e"});
  EXPECT_TRUE(config->licenses.at(0).debian);
  EXPECT_EQ(config->licenses.at(0).files, Strings{"/f"});
}

TEST(ParseStructureConfig, ReadsMetadataTestAndOptions) {
  const absl::StatusOr<StructureConfig> config = Parse(R"(
globalEnvVars: [{key: G, value: g}]
metadataTest:
  envVars: [{key: A, value: a}]
  env: [{key: B, value: "b+", isRegex: true}]
  unboundEnvVars: [{key: C}]
  labels: [{key: L, value: l}]
  exposedPorts: [80, "53/udp"]
  unexposedPorts: ["81"]
  volumes: [/v]
  unmountedVolumes: [/u]
  entrypoint: []
  cmd: ["c"]
  workdir: /w
  user: me
containerRunOptions:
  user: root
  allocateTty: true
  envFile: f
  envVars: [S]
  capabilities: [NET_BIND_SERVICE, CAP_CHOWN]
  bindMounts: ["/a:/b"]
  privileged: false
)");
  ASSERT_TRUE(config.ok()) << config.status();
  const MetadataTest& test = *config->metadata;
  EXPECT_EQ(test.env.at(0).key, "A");
  EXPECT_TRUE(test.env.at(1).is_regex);
  EXPECT_EQ(test.unbound_env, Strings{"C"});
  EXPECT_EQ(test.labels.at(0).value, "l");
  EXPECT_EQ(test.exposed_ports, (Strings{"80", "53/udp"}));
  EXPECT_EQ(test.unexposed_ports, Strings{"81"});
  EXPECT_EQ(test.volumes, Strings{"/v"});
  EXPECT_EQ(test.unmounted_volumes, Strings{"/u"});
  EXPECT_EQ(test.entrypoint, Strings());
  EXPECT_EQ(test.cmd, Strings{"c"});
  EXPECT_EQ(test.workdir, "/w");
  EXPECT_EQ(test.user, "me");
  EXPECT_EQ(config->global_env.at(0).key, "G");
  EXPECT_EQ(config->run_options.user, "root");
  EXPECT_TRUE(config->run_options.terminal);
  EXPECT_EQ(config->run_options.env_file, "f");
  EXPECT_EQ(config->run_options.env, Strings{"S"});
  EXPECT_EQ(config->run_options.volumes, Strings{"/a:/b"});
}

struct ErrorCase {
  const char* name;
  const char* text;
  const char* error;
};

class StructureErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(StructureErrorTest, SaysTheLine) {
  EXPECT_EQ(Parse(GetParam().text).status().message(), GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Cases, StructureErrorTest,
    testing::ValuesIn<ErrorCase>({
        {"UnknownTop", "commandTest: []",
         "line 2: unknown key \"commandTest\"; known keys: \"commandTests\", "
         "\"containerRunOptions\", \"fileContentTests\", "
         "\"fileExistenceTests\", \"globalEnvVars\", \"licenseTests\", "
         "\"metadataTest\", \"schemaVersion\""},
        {"UnknownField", "licenseTests:\n- debian: true\n  filez: []",
         "line 4: licenseTests[0]: unknown key \"filez\"; known keys: "
         "\"debian\", \"files\""},
        {"NoName", "commandTests:\n- command: a",
         "line 3: commandTests[0]: \"name\" is missing"},
        {"NoCommand", "commandTests:\n- name: a",
         "line 3: commandTests[0]: \"command\" is missing"},
        {"NoList", "commandTests: {}",
         "line 2: commandTests: expected a list, got a mapping"},
        {"NoInteger", "commandTests:\n- name: a\n  command: b\n  exitCode: c",
         "line 5: commandTests[0].exitCode: expected an integer, got \"c\""},
        {"NoBool", "licenseTests:\n- debian: maybe",
         "line 3: licenseTests[0].debian: expected true or false, got "
         "\"maybe\""},
        {"Regex",
         "commandTests:\n- name: a\n  command: b\n  expectedOutput: ['(']",
         "line 5: commandTests[0].expectedOutput[0]: \"(\" is not a regular "
         "expression: missing ): ("},
        {"EmptySetup", "commandTests:\n- name: a\n  command: b\n  setup: [[]]",
         "line 5: commandTests[0].setup[0]: the command is empty"},
        {"Executable",
         "fileExistenceTests:\n- {name: a, path: /a, isExecutableBy: me}",
         "line 3: fileExistenceTests[0].isExecutableBy: expected owner, group, "
         "other or any, got \"me\""},
        {"Privileged", "containerRunOptions: {privileged: true}",
         "line 2: containerRunOptions.privileged: privileged containers are "
         "not supported"},
        {"Capability", "containerRunOptions:\n  capabilities: [SYS_ADMIN]",
         "line 3: containerRunOptions.capabilities[0]: capability "
         "\"SYS_ADMIN\" is not supported"},
    }),
    [](const auto& info) { return info.param.name; });

TEST(ParseStructureConfig, RequiresItsVersion) {
  EXPECT_THAT(ParseStructureConfig("commandTests: []"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "line 1: \"schemaVersion\" is missing"));
  EXPECT_THAT(ParseStructureConfig("\nschemaVersion: 1.0.0"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "line 2: schemaVersion: expected 2.0.0, got \"1.0.0\""));
}

}  // namespace
}  // namespace rules_dockerfile
