#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/log/absl_check.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/dockerfile/lint/lint.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/syntax/outline.h"

namespace rules_dockerfile {
namespace {

// Any bytes are a Dockerfile or an error that can be shown, and a parsed
// Dockerfile can be written and parsed again.
void ParsesAnyBytes(absl::string_view text) {
  const ReadDockerfile read = ReadDockerfileUpToError(text);
  LintText(Lint(read, {}), "Dockerfile", text);
  const auto parsed = ParseDockerfile(text);
  if (const auto* error = std::get_if<Diagnostic>(&parsed)) {
    FormatDiagnostic("Dockerfile", text, *error);
    return;
  }
  const Dockerfile& dockerfile = std::get<Dockerfile>(parsed);
  DumpDockerfile(dockerfile);
  ABSL_CHECK(CheckOutline(dockerfile, OutlineJson(dockerfile)).ok());
  const std::string again = DockerfileText(dockerfile);
  const auto reparsed = ParseDockerfile(again);
  ABSL_CHECK(std::holds_alternative<Dockerfile>(reparsed)) << again;
  ABSL_CHECK_EQ(DockerfileText(std::get<Dockerfile>(reparsed)), again);
  for (const Stage& stage : dockerfile.stages) {
    for (const Instruction& instruction : stage.instructions) {
      const absl::StatusOr<InstructionText> read = ParseInstructionText(
          InstructionTextOf(instruction, dockerfile.directives.escape));
      ABSL_CHECK(read.ok()) << read.status();
      ABSL_CHECK(read->instruction.body == instruction.body);
    }
  }
}

}  // namespace
}  // namespace rules_dockerfile

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  rules_dockerfile::ParsesAnyBytes(text);
  return 0;
}
