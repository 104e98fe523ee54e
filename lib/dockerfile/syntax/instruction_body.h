#ifndef LIB_DOCKERFILE_SYNTAX_INSTRUCTION_BODY_H_
#define LIB_DOCKERFILE_SYNTAX_INSTRUCTION_BODY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace rules_dockerfile {

// A here-document of RUN, COPY or ADD.
struct Heredoc {
  std::string name;     // terminator, quotes removed
  int fd = 0;           // `3<<EOF`: 3; 0 when not written
  bool chomp = false;   // `<<-`: leading tabs are removed from the lines
  bool expand = true;   // false if any part of the name was quoted
  std::string content;  // body lines verbatim, without the terminator line

  friend bool operator==(const Heredoc&, const Heredoc&) = default;
};

// Arguments in exec form (a JSON array) or shell form (one string).
struct CommandLine {
  bool shell_form = true;
  std::vector<std::string> args;  // shell form: exactly one, the raw text

  friend bool operator==(const CommandLine&, const CommandLine&) = default;
};

struct KeyValue {
  std::string key;
  std::string value;

  friend bool operator==(const KeyValue&, const KeyValue&) = default;
};

// The instructions. Strings are as written, before expansion: quotes and
// escapes are still there where the Dockerfile reference says that expansion
// removes them.

struct FromInstruction {
  std::string base;
  std::string stage_name;  // lower-cased; "" without AS
  std::string platform;    // --platform

  friend bool operator==(const FromInstruction&,
                         const FromInstruction&) = default;
};

struct RunInstruction {
  CommandLine command;
  std::vector<Heredoc> heredocs;
  std::vector<std::string> mounts;  // each --mount value, unparsed: mount.h
  std::string network;              // "", "default", "none" or "host"
  std::string security;             // "", "sandbox" or "insecure"
  std::vector<std::string> devices;

  friend bool operator==(const RunInstruction&,
                         const RunInstruction&) = default;
};

// COPY and ADD.
struct CopyInstruction {
  bool is_add = false;
  std::vector<std::string> sources;  // paths, URLs; without here-documents
  std::vector<Heredoc> heredocs;     // sources as well, after all `sources`
  std::string destination;
  std::string from;  // COPY --from
  std::string chown;
  std::string chmod;
  bool link = false;
  bool parents = false;               // COPY --parents
  std::vector<std::string> excludes;  // --exclude
  std::string checksum;               // ADD --checksum
  std::optional<bool> keep_git_dir;   // ADD --keep-git-dir
  std::optional<bool> unpack;         // ADD --unpack

  friend bool operator==(const CopyInstruction&,
                         const CopyInstruction&) = default;
};

struct EnvInstruction {
  std::vector<KeyValue> variables;
  bool legacy = false;  // `ENV key value`

  friend bool operator==(const EnvInstruction&,
                         const EnvInstruction&) = default;
};

struct LabelInstruction {
  std::vector<KeyValue> labels;
  bool legacy = false;  // `LABEL key value`

  friend bool operator==(const LabelInstruction&,
                         const LabelInstruction&) = default;
};

struct BuildArgument {
  std::string name;
  std::optional<std::string> default_value;

  friend bool operator==(const BuildArgument&, const BuildArgument&) = default;
};

struct ArgInstruction {
  std::vector<BuildArgument> arguments;

  friend bool operator==(const ArgInstruction&,
                         const ArgInstruction&) = default;
};

struct CmdInstruction {
  CommandLine command;

  friend bool operator==(const CmdInstruction&,
                         const CmdInstruction&) = default;
};

struct EntrypointInstruction {
  CommandLine command;

  friend bool operator==(const EntrypointInstruction&,
                         const EntrypointInstruction&) = default;
};

struct ShellInstruction {
  std::vector<std::string> shell;

  friend bool operator==(const ShellInstruction&,
                         const ShellInstruction&) = default;
};

struct WorkdirInstruction {
  std::string path;

  friend bool operator==(const WorkdirInstruction&,
                         const WorkdirInstruction&) = default;
};

struct UserInstruction {
  std::string user;

  friend bool operator==(const UserInstruction&,
                         const UserInstruction&) = default;
};

struct ExposeInstruction {
  std::vector<std::string> ports;  // sorted as strings, unexpanded

  friend bool operator==(const ExposeInstruction&,
                         const ExposeInstruction&) = default;
};

struct VolumeInstruction {
  std::vector<std::string> paths;

  friend bool operator==(const VolumeInstruction&,
                         const VolumeInstruction&) = default;
};

struct StopsignalInstruction {
  std::string signal;

  friend bool operator==(const StopsignalInstruction&,
                         const StopsignalInstruction&) = default;
};

struct MaintainerInstruction {
  std::string name;

  friend bool operator==(const MaintainerInstruction&,
                         const MaintainerInstruction&) = default;
};

// Durations in nanoseconds; 0 when not given.
struct HealthcheckInstruction {
  std::vector<std::string> test;  // {"NONE"}, {"CMD", …} or {"CMD-SHELL", text}
  int64_t interval_ns = 0;
  int64_t timeout_ns = 0;
  int64_t start_period_ns = 0;
  int64_t start_interval_ns = 0;
  int retries = 0;

  friend bool operator==(const HealthcheckInstruction&,
                         const HealthcheckInstruction&) = default;
};

struct OnbuildInstruction {
  // The trigger as it is stored in the image config: the joined line without
  // ONBUILD, then each here-document's body and name.
  std::string trigger;

  friend bool operator==(const OnbuildInstruction&,
                         const OnbuildInstruction&) = default;
};

using InstructionBody = std::variant<
    FromInstruction, RunInstruction, CopyInstruction, EnvInstruction,
    LabelInstruction, ArgInstruction, CmdInstruction, EntrypointInstruction,
    ShellInstruction, WorkdirInstruction, UserInstruction, ExposeInstruction,
    VolumeInstruction, StopsignalInstruction, MaintainerInstruction,
    HealthcheckInstruction, OnbuildInstruction>;

}  // namespace rules_dockerfile

#endif  // LIB_DOCKERFILE_SYNTAX_INSTRUCTION_BODY_H_
