#include "lib/dockerfile/syntax/outline.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/mount.h"
#include "nlohmann/json.hpp"

namespace rules_dockerfile {
namespace {

using Json = nlohmann::json;  // sorts its keys

// The names and paths that an instruction refers to.
struct Names {
  std::vector<std::string> from;
  std::vector<std::string> sources;
};

Names NamesIn(const InstructionBody& body) {
  Names names;
  if (const auto* copy = std::get_if<CopyInstruction>(&body)) {
    if (!copy->from.empty()) names.from.push_back(copy->from);
    names.sources = copy->sources;
  }
  if (const auto* run = std::get_if<RunInstruction>(&body)) {
    for (const std::string& mount : run->mounts) {
      absl::StatusOr<std::string> from = MountFrom(mount);
      if (from.ok() && !from->empty()) names.from.push_back(*std::move(from));
    }
  }
  return names;
}

Json InstructionOutline(const Instruction& instruction, char escape) {
  const Names names = NamesIn(instruction.body);
  return {{"from", names.from},
          {"keyword", Keyword(instruction)},
          {"line", instruction.lines.first},
          {"sources", names.sources},
          {"text", InstructionTextOf(instruction, escape)}};
}

Json StageOutline(const Stage& stage, size_t index, char escape) {
  const auto& from = std::get<FromInstruction>(stage.from.body);
  Json instructions = Json::array();
  for (const Instruction& instruction : stage.instructions) {
    instructions.push_back(InstructionOutline(instruction, escape));
  }
  return {{"base", from.base},
          {"index", index},
          {"instructions", std::move(instructions)},
          {"line", stage.from.lines.first},
          {"name", from.stage_name},
          {"platform", from.platform},
          {"text", InstructionTextOf(stage.from, escape)}};
}

Json Outline(const Dockerfile& dockerfile) {
  const char escape = dockerfile.directives.escape;
  Json global_args = Json::array();
  for (const Instruction& arg : dockerfile.global_args) {
    global_args.push_back(
        {{"line", arg.lines.first}, {"text", InstructionTextOf(arg, escape)}});
  }
  Json stages = Json::array();
  for (size_t i = 0; i < dockerfile.stages.size(); ++i) {
    stages.push_back(StageOutline(dockerfile.stages[i], i, escape));
  }
  return {{"escape", std::string(1, escape)},
          {"global_args", std::move(global_args)},
          {"stages", std::move(stages)}};
}

std::string TextOf(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace);
}

// Returns where two values first differ: "stages[0].name: expected \"b\", got
// \"a\"".
std::string FirstDifference(const Json& have, const Json& want,
                            const std::string& path) {
  const auto differ = [&path](absl::string_view left, absl::string_view right) {
    return absl::StrCat(path.empty() ? "." : path, ": expected ", right,
                        ", got ", left);
  };
  if (have.is_object() && want.is_object()) {
    const std::string prefix = path.empty() ? "" : absl::StrCat(path, ".");
    for (const auto& [key, value] : want.items()) {
      if (!have.contains(key)) {
        return absl::StrCat(prefix, key, ": expected ", TextOf(value),
                            ", got nothing");
      }
      if (have[key] != value) {
        return FirstDifference(have[key], value, absl::StrCat(prefix, key));
      }
    }
    for (const auto& [key, value] : have.items()) {
      if (!want.contains(key)) {
        return absl::StrCat(prefix, key, ": expected nothing, got ",
                            TextOf(value));
      }
    }
  }
  if (have.is_array() && want.is_array()) {
    for (size_t i = 0; i < std::min(have.size(), want.size()); ++i) {
      if (have[i] != want[i]) {
        return FirstDifference(have[i], want[i],
                               absl::StrCat(path, "[", i, "]"));
      }
    }
    return differ(absl::StrCat(have.size(), " elements"),
                  absl::StrCat(want.size(), " elements"));
  }
  return differ(TextOf(have), TextOf(want));
}

}  // namespace

std::string OutlineJson(const Dockerfile& dockerfile) {
  return absl::StrCat(TextOf(Outline(dockerfile), /*indent=*/2), "\n");
}

absl::Status CheckOutline(const Dockerfile& dockerfile,
                          absl::string_view json) {
  // The extension writes the bytes of a Dockerfile unchanged. Bytes that are
  // not UTF-8 are replaced on both sides, by the same rule.
  const Json valid = Json::parse(TextOf(Json(std::string(json))));
  const Json have = Json::parse(valid.get<std::string>(), /*cb=*/nullptr,
                                /*allow_exceptions=*/false);
  const Json want = Json::parse(TextOf(Outline(dockerfile)), /*cb=*/nullptr,
                                /*allow_exceptions=*/false);
  if (have == want) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(
      "the outline of the module extension differs from the parser's at ",
      FirstDifference(have, want, ""),
      "; this is a bug in rules_dockerfile, not in the Dockerfile: please "
      "report it"));
}

}  // namespace rules_dockerfile
