#include "lib/base/tool_help.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/flags/commandlineflag.h"
#include "absl/flags/reflection.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kColumns = 80;

// What a terminal shows of UTF-8: continuation bytes have no column.
size_t Width(absl::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xc0) != 0x80;
  });
}

// Fills lines with the words of `text`, each line after `indent`.
std::string Wrapped(absl::string_view text, absl::string_view indent) {
  std::string wrapped;
  size_t column = 0;
  for (const absl::string_view word :
       absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (column == 0 || column + 1 + Width(word) > kColumns) {
      absl::StrAppend(&wrapped, column == 0 ? "" : "\n", indent, word);
      column = indent.size() + Width(word);
    } else {
      absl::StrAppend(&wrapped, " ", word);
      column += 1 + Width(word);
    }
  }
  return wrapped + "\n";
}

std::string FlagHelp(const absl::CommandLineFlag& flag) {
  const bool is_switch = flag.IsOfType<bool>();
  const std::string value = flag.DefaultValue();
  std::string text = flag.Help();
  if (!value.empty() && value != "false") {
    absl::StrAppend(&text, " (default: ", value, ")");
  }
  return absl::StrCat("  --", is_switch ? "[no]" : "", flag.Name(),
                      is_switch ? "" : "=VALUE", "\n", Wrapped(text, "      "));
}

}  // namespace

bool AsksForHelp(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view argument = argv[i];
    if (argument == "--") return false;
    if (argument == "--help" || argument == "-help") return true;
  }
  return false;
}

std::vector<const absl::CommandLineFlag*> FlagsOfTool(absl::string_view name) {
  const std::string directory = absl::StrCat("tools/", name, "/");
  std::vector<const absl::CommandLineFlag*> flags;
  for (const auto& [flag_name, flag] : absl::GetAllFlags()) {
    const std::string file = flag->Filename();
    if (absl::StrContains(file, directory) ||
        absl::StrContains(file, "tools/flags/")) {
      flags.push_back(flag);
    }
  }
  return flags;
}

std::string ToolHelp(absl::string_view name, absl::string_view usage,
                     std::vector<const absl::CommandLineFlag*> flags) {
  std::sort(flags.begin(), flags.end(),
            [](const absl::CommandLineFlag* a, const absl::CommandLineFlag* b) {
              return a->Name() < b->Name();
            });
  std::string help =
      absl::StrContains(usage, '\n')
          ? std::string(usage)
          : absl::StrCat("Usage: ", name, " [FLAG]…\n\n", Wrapped(usage, ""));
  if (!flags.empty()) absl::StrAppend(&help, "\nFlags:\n");
  for (const absl::CommandLineFlag* flag : flags) {
    absl::StrAppend(&help, FlagHelp(*flag));
  }
  return help;
}

}  // namespace rules_dockerfile
