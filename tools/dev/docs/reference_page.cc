#include "tools/dev/docs/reference_page.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "tools/dev/docs/markdown_text.h"
#include "tools/dev/docs/starlark_module.h"

namespace rules_dockerfile {
namespace {

// What its members are called.
std::string MembersTitle(StarlarkKind kind) {
  switch (kind) {
    case StarlarkKind::kFunction:
      return "Arguments";
    case StarlarkKind::kProvider:
      return "Fields";
    case StarlarkKind::kRule:
    case StarlarkKind::kModuleExtension:
    case StarlarkKind::kTag:
    case StarlarkKind::kRepositoryRule:
      break;
  }
  return "Attributes";
}

// The line that makes a symbol known to a file.
std::string HowToLoad(const StarlarkSymbol& symbol, absl::string_view label) {
  const std::string quoted =
      absl::StrCat("(\"", label, "\", \"", symbol.name, "\")\n");
  if (symbol.kind == StarlarkKind::kModuleExtension) {
    return absl::StrCat(symbol.name, " = use_extension", quoted);
  }
  return absl::StrCat("load", quoted);
}

std::string Member(const StarlarkMember& member) {
  std::vector<std::string> facts;
  if (!member.type.empty()) facts.push_back(member.type);
  if (!member.providers.empty()) {
    facts.push_back(
        absl::StrCat("with ", absl::StrJoin(member.providers, " or ")));
  }
  if (member.mandatory) facts.push_back("required");
  if (!member.default_value.empty()) {
    facts.push_back(absl::StrCat("default `", member.default_value, "`"));
  }
  std::string head = absl::StrCat("**`", member.name, "`**");
  if (!facts.empty()) {
    absl::StrAppend(&head, " (", absl::StrJoin(facts, ", "), ")");
  }
  // The first line of a list's entry begins with its marker.
  std::string text = FillMarkdown(absl::StrCat(head, ": ", member.doc), "  ");
  text[0] = '-';
  return text;
}

void AppendMembers(const StarlarkSymbol& symbol, std::string* page) {
  std::vector<StarlarkMember> members = symbol.members;
  std::stable_sort(members.begin(), members.end(),
                   [](const StarlarkMember& a, const StarlarkMember& b) {
                     return a.mandatory > b.mandatory;
                   });
  if (!members.empty()) {
    absl::StrAppend(page, "\n", MembersTitle(symbol.kind), ":\n\n");
  }
  for (const StarlarkMember& member : members) {
    absl::StrAppend(page, Member(member));
  }
}

void AppendDoc(absl::string_view doc, std::string* page) {
  if (!doc.empty()) absl::StrAppend(page, "\n", FillMarkdown(doc, ""));
}

}  // namespace

std::string ReferencePage(absl::string_view title, absl::string_view label,
                          const StarlarkModule& module) {
  std::string page = absl::StrCat(
      "<!-- Written by `bazel run //docs:update` from the docstrings: edit "
      "those. -->\n\n# ",
      title, "\n");
  AppendDoc(module.doc, &page);
  for (const StarlarkSymbol& symbol : module.symbols) {
    absl::StrAppend(&page, "\n## ", symbol.name, "\n\n```starlark\n",
                    HowToLoad(symbol, label), "```\n");
    AppendDoc(symbol.doc, &page);
    AppendMembers(symbol, &page);
    if (!symbol.returns.empty()) {
      AppendDoc(absl::StrCat("Returns: ", symbol.returns), &page);
    }
    for (const StarlarkSymbol& tag : symbol.tags) {
      absl::StrAppend(&page, "\n### ", symbol.name, ".", tag.name, "\n");
      AppendDoc(tag.doc, &page);
      AppendMembers(tag, &page);
    }
  }
  return page;
}

}  // namespace rules_dockerfile
