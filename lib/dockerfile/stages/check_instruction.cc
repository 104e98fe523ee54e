#include "lib/dockerfile/stages/check_instruction.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/expand/expand.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/mount.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/chmod.h"
#include "lib/dockerfile/values/git_ref.h"
#include "lib/dockerfile/values/port.h"
#include "lib/dockerfile/values/signal.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

class Checker {
 public:
  explicit Checker(char escape) : escape_(escape) {}

  absl::Status operator()(const RunInstruction& run) const {
    if (run.command.args.empty()) {
      return absl::InvalidArgumentError("arguments are required");
    }
    for (const std::string& mount : run.mounts) {
      if (absl::StrContains(mount, '$')) continue;
      const absl::StatusOr<Mount> parsed = ParseMount(
          mount, [this](absl::string_view word) -> absl::StatusOr<std::string> {
            ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                                  Expand(word));
            return text.value_or("");
          });
      ABSL_RETURN_IF_ERROR(parsed.status());
      // A relative target depends on the working directory.
      if (absl::StartsWith(parsed->target, "/")) {
        ABSL_RETURN_IF_ERROR(MountTarget(*parsed, "/", 0).status());
      }
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const CopyInstruction& copy) const {
    for (const std::string& source : copy.sources) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                            Expand(source));
      if (!text) continue;
      if (copy.is_add) {
        ABSL_RETURN_IF_ERROR(ParseGitRef(*text).status());
        continue;
      }
      switch (KindOfSource(*text)) {
        case SourceKind::kUrl:
          return absl::InvalidArgumentError("source can't be a URL for COPY");
        case SourceKind::kGit:
          return absl::InvalidArgumentError(
              "source can't be a git ref for COPY");
        case SourceKind::kPath:
          break;
      }
    }
    if (!copy.checksum.empty() && copy.sources.size() != 1) {
      return absl::InvalidArgumentError(
          "checksum can't be specified for multiple sources");
    }
    ABSL_RETURN_IF_ERROR(CheckChecksum(copy));
    ABSL_RETURN_IF_ERROR(Expand(copy.destination).status());
    ABSL_RETURN_IF_ERROR(Expand(copy.chown).status());
    ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> chmod,
                          Expand(copy.chmod));
    if (!chmod || chmod->empty()) return absl::OkStatus();
    return ParseChmod(*chmod).status();
  }

  absl::Status operator()(const EnvInstruction& env) const {
    return ExpandPairs(env.variables);
  }

  absl::Status operator()(const LabelInstruction& label) const {
    return ExpandPairs(label.labels);
  }

  absl::Status operator()(const ArgInstruction& arg) const {
    for (const BuildArgument& argument : arg.arguments) {
      ABSL_RETURN_IF_ERROR(
          Expand(argument.default_value.value_or("")).status());
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const ExposeInstruction& expose) const {
    for (const std::string& port : expose.ports) {
      ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                            Expand(port));
      if (!text || text->empty()) continue;  // no word is left of ""
      ABSL_RETURN_IF_ERROR(ParsePorts(*text).status());
    }
    return absl::OkStatus();
  }

  absl::Status operator()(const StopsignalInstruction& stopsignal) const {
    ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> signal,
                          Expand(stopsignal.signal));
    return signal ? ValidateSignal(*signal) : absl::OkStatus();
  }

  absl::Status operator()(const WorkdirInstruction& workdir) const {
    return Expand(workdir.path).status();
  }

  absl::Status operator()(const UserInstruction& user) const {
    return Expand(user.user).status();
  }

  absl::Status operator()(const VolumeInstruction& volume) const {
    for (const std::string& path : volume.paths) {
      ABSL_RETURN_IF_ERROR(Expand(path).status());
    }
    return absl::OkStatus();
  }

  // FROM has its own scope; the others are not expanded.
  template <typename Other>
  absl::Status operator()(const Other&) const {
    return absl::OkStatus();
  }

 private:
  absl::Status CheckChecksum(const CopyInstruction& copy) const {
    if (copy.checksum.empty()) return absl::OkStatus();
    ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> checksum,
                          Expand(copy.checksum));
    ABSL_ASSIGN_OR_RETURN(const std::optional<std::string> source,
                          Expand(copy.sources[0]));
    if (!checksum || !source) return absl::OkStatus();
    switch (KindOfSource(*source)) {
      case SourceKind::kUrl:
        return CheckDigest(*checksum);
      case SourceKind::kGit:
        return absl::OkStatus();
      case SourceKind::kPath:
        break;
    }
    return absl::InvalidArgumentError(
        "checksum requires HTTP(S) or Git sources");
  }

  // Returns the word without quotes and escapes, nullopt if it depends on
  // variables.
  absl::StatusOr<std::optional<std::string>> Expand(
      absl::string_view word) const {
    if (absl::StrContains(word, '$')) return std::nullopt;
    static const auto& nothing = *new std::vector<std::string>();
    ABSL_ASSIGN_OR_RETURN(
        Expansion expansion,
        ExpandWord(word, LookupIn(nothing), {.escape = escape_}));
    return std::move(expansion.text);
  }

  absl::Status ExpandPairs(const std::vector<KeyValue>& pairs) const {
    for (const KeyValue& pair : pairs) {
      ABSL_RETURN_IF_ERROR(Expand(pair.key).status());
      ABSL_RETURN_IF_ERROR(Expand(pair.value).status());
    }
    return absl::OkStatus();
  }

  char escape_;
};

}  // namespace

absl::Status CheckInstruction(const Instruction& instruction, char escape) {
  return std::visit(Checker(escape), instruction.body);
}

}  // namespace rules_dockerfile
