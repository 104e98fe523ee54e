#include "lib/dockerfile/syntax/parse_copy.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/syntax/flags.h"
#include "lib/dockerfile/syntax/heredoc.h"
#include "lib/dockerfile/syntax/instruction_body.h"
#include "lib/dockerfile/syntax/lexer.h"

namespace rules_dockerfile {
namespace {

// Splits the arguments into sources, here-documents and destination.
absl::StatusOr<CopyInstruction> SourcesAndDestination(
    const LexedInstruction& in, absl::string_view keyword) {
  CopyInstruction copy;
  copy.sources = in.arguments.words;
  copy.destination = std::move(copy.sources.back());
  copy.sources.pop_back();
  if (in.arguments.json) return copy;
  if (ParseHeredocWord(copy.destination)) {
    return absl::InvalidArgumentError(
        absl::StrCat(keyword, " cannot accept a heredoc as a destination"));
  }
  std::vector<std::string> paths;
  for (std::string& source : copy.sources) {
    std::optional<Heredoc> heredoc = ParseHeredocWord(source);
    if (!heredoc) {
      paths.push_back(std::move(source));
      continue;
    }
    if (copy.heredocs.size() < in.heredocs.size()) {
      heredoc->content = in.heredocs[copy.heredocs.size()].content;
    }
    copy.heredocs.push_back(*std::move(heredoc));
  }
  copy.sources = std::move(paths);
  // Here-documents are found as the shell splits words, while sources are split
  // at blanks: `<< EOF` is a here-document but not a source.
  if (copy.heredocs.size() != in.heredocs.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat(keyword, " cannot use the heredoc ",
                     GoQuote(in.heredocs.empty() ? "" : in.heredocs[0].name),
                     ": it must be one word without blanks"));
  }
  return copy;
}

}  // namespace

absl::StatusOr<InstructionBody> ParseCopy(const LexedInstruction& in) {
  if (in.arguments.words.size() < 2) {
    return absl::InvalidArgumentError(
        "COPY requires at least two arguments, but only one was provided. "
        "Destination could not be determined");
  }
  ABSL_ASSIGN_OR_RETURN(
      const FlagValues flags,
      ParseFlags(in.arguments.flags, {{"from"},
                                      {"chown"},
                                      {"chmod"},
                                      {"link", FlagKind::kBool},
                                      {"parents", FlagKind::kBool},
                                      {"exclude", FlagKind::kList}}));
  ABSL_ASSIGN_OR_RETURN(CopyInstruction copy,
                        SourcesAndDestination(in, "COPY"));
  copy.from = flags.String("from");
  copy.chown = flags.String("chown");
  copy.chmod = flags.String("chmod");
  copy.link = flags.Bool("link");
  copy.parents = flags.Bool("parents");
  copy.excludes = flags.List("exclude");
  return copy;
}

absl::StatusOr<InstructionBody> ParseAdd(const LexedInstruction& in) {
  if (in.arguments.words.size() < 2) {
    return absl::InvalidArgumentError(
        "ADD requires at least two arguments, but only one was provided. "
        "Destination could not be determined");
  }
  ABSL_ASSIGN_OR_RETURN(
      const FlagValues flags,
      ParseFlags(in.arguments.flags, {{"chown"},
                                      {"chmod"},
                                      {"link", FlagKind::kBool},
                                      {"keep-git-dir", FlagKind::kBool},
                                      {"checksum"},
                                      {"unpack", FlagKind::kBool},
                                      {"exclude", FlagKind::kList}}));
  ABSL_ASSIGN_OR_RETURN(CopyInstruction add, SourcesAndDestination(in, "ADD"));
  add.is_add = true;
  add.chown = flags.String("chown");
  add.chmod = flags.String("chmod");
  add.link = flags.Bool("link");
  if (flags.Has("keep-git-dir")) {
    add.keep_git_dir = flags.Bool("keep-git-dir");
  }
  add.checksum = flags.String("checksum");
  add.excludes = flags.List("exclude");
  if (flags.Has("unpack")) add.unpack = flags.Bool("unpack");
  return add;
}

}  // namespace rules_dockerfile
