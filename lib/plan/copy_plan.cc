#include "lib/plan/copy_plan.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/instruction.h"
#include "lib/dockerfile/values/add_source.h"
#include "lib/dockerfile/values/git_ref.h"
#include "lib/plan/build_state.h"
#include "lib/plan/expander.h"
#include "lib/plan/workdir.h"

namespace rules_dockerfile {
namespace {

// An empty destination is the working directory.
std::string DestinationPath(absl::string_view workdir,
                            absl::string_view destination) {
  std::string path = JoinWorkdir(workdir, destination);
  const bool is_directory = destination.empty() || destination == "." ||
                            absl::EndsWith(destination, "/") ||
                            absl::EndsWith(destination, "/.");
  if (is_directory && path != "/") path += "/";
  return path;
}

absl::StatusOr<std::vector<InlineFile>> InlineFiles(
    const std::vector<Heredoc>& heredocs, Expander& expander) {
  std::vector<InlineFile> files;
  for (const Heredoc& heredoc : heredocs) {
    std::string content = HeredocFileContent(heredoc);
    if (heredoc.expand) {
      ABSL_ASSIGN_OR_RETURN(content, expander.HeredocBody(content));
    }
    files.push_back({.name = heredoc.name, .content = std::move(content)});
  }
  // If two have one name, both have the text of the last.
  for (InlineFile& file : files) {
    for (const InlineFile& other : files) {
      if (other.name == file.name) file.content = other.content;
    }
  }
  return files;
}

absl::Status CheckGitSource(const CopyPlan& plan, const std::string& source) {
  if (!plan.is_add) {
    return absl::InvalidArgumentError("source can't be a git ref for COPY");
  }
  ABSL_ASSIGN_OR_RETURN(const std::optional<GitRef> git, ParseGitRef(source));
  if (plan.keep_git_dir && git->keep_git_dir &&
      *plan.keep_git_dir != *git->keep_git_dir) {
    return absl::InvalidArgumentError(
        "inconsistent keep-git-dir configuration");
  }
  if (!plan.checksum.empty() && !git->checksum.empty() &&
      plan.checksum != git->checksum) {
    return absl::InvalidArgumentError(
        absl::StrCat("checksum mismatch ", GoQuote(plan.checksum),
                     " != ", GoQuote(git->checksum)));
  }
  return absl::OkStatus();
}

absl::Status CheckSources(const CopyPlan& plan) {
  if (!plan.checksum.empty() &&
      plan.sources.size() + plan.inline_files.size() != 1) {
    return absl::InvalidArgumentError(
        "checksum can't be specified for multiple sources");
  }
  for (const std::string& source : plan.sources) {
    const SourceKind kind = KindOfSource(source);
    if (kind == SourceKind::kGit) {
      ABSL_RETURN_IF_ERROR(CheckGitSource(plan, source));
    }
    if (kind == SourceKind::kUrl && !plan.is_add) {
      return absl::InvalidArgumentError("source can't be a URL for COPY");
    }
    if (!plan.checksum.empty() && kind == SourceKind::kPath) {
      return absl::InvalidArgumentError(
          "checksum requires HTTP(S) or Git sources");
    }
  }
  return absl::OkStatus();
}

std::string CreatedBy(const CopyPlan& plan, absl::string_view destination) {
  std::string text = plan.is_add ? "ADD" : "COPY";
  if (plan.parents) absl::StrAppend(&text, " --parents");
  if (!plan.chown.empty()) absl::StrAppend(&text, " --chown=", plan.chown);
  if (!plan.chmod.empty()) absl::StrAppend(&text, " --chmod=", plan.chmod);
  for (const std::string& source : plan.sources) {
    absl::StrAppend(&text, " ", source);
  }
  for (const InlineFile& file : plan.inline_files) {
    absl::StrAppend(&text, " <<", file.name);
  }
  return absl::StrCat(text, " ", destination, " # buildkit");
}

}  // namespace

absl::StatusOr<CopyPlan> PlanCopy(const InstructionText& text,
                                  const BuildState& state) {
  const auto* copy = std::get_if<CopyInstruction>(&text.instruction.body);
  if (copy == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected COPY or ADD, got ", Keyword(text.instruction)));
  }
  Expander expander(state.env, text.escape);
  CopyPlan plan = {.is_add = copy->is_add,
                   .from = copy->from,
                   .parents = copy->parents,
                   .excludes = copy->excludes,
                   .keep_git_dir = copy->keep_git_dir,
                   .unpack = copy->unpack};
  ABSL_ASSIGN_OR_RETURN(plan.chown, expander.Word(copy->chown));
  ABSL_ASSIGN_OR_RETURN(plan.chmod, expander.Word(copy->chmod));
  ABSL_ASSIGN_OR_RETURN(plan.checksum, expander.Word(copy->checksum));
  ABSL_ASSIGN_OR_RETURN(plan.sources, expander.EachWord(copy->sources));
  ABSL_ASSIGN_OR_RETURN(plan.inline_files,
                        InlineFiles(copy->heredocs, expander));
  ABSL_ASSIGN_OR_RETURN(const std::string destination,
                        expander.Word(copy->destination));
  ABSL_RETURN_IF_ERROR(CheckSources(plan));
  plan.link = copy->link && plan.chmod.empty();
  plan.destination = DestinationPath(state.workdir, destination);
  plan.history.created_by = CreatedBy(plan, destination);
  plan.undefined = expander.undefined();
  return plan;
}

}  // namespace rules_dockerfile
