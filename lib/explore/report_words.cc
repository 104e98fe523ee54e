#include "lib/explore/report_words.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/printable.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/image_report.h"
#include "lib/layer/layer_entry.h"

namespace rules_dockerfile {

std::string PercentText(double part) {
  return absl::StrFormat("%.2f %%", part * 100);
}

std::string PrintableLine(absl::string_view text) {
  return absl::StrReplaceAll(PrintableText(text),
                             {{"\n", "\\n"}, {"\t", "\\t"}});
}

std::string CountText(int64_t count, absl::string_view noun) {
  if (count == 1) return absl::StrCat("1 ", noun);
  if (absl::EndsWith(noun, "y")) {
    return absl::StrCat(count, " ", absl::StripSuffix(noun, "y"), "ies");
  }
  return absl::StrCat(count, " ", noun, "s");
}

char MarkLetter(EntryMark mark) {
  switch (mark) {
    case EntryMark::kAdded:
      return 'A';
    case EntryMark::kChanged:
      return 'C';
    case EntryMark::kRemoved:
      return 'R';
  }
  return '?';
}

char TypeLetter(LayerEntryType type) {
  switch (type) {
    case LayerEntryType::kDirectory:
      return 'd';
    case LayerEntryType::kSymlink:
      return 'l';
    case LayerEntryType::kHardLink:
      return 'h';
    case LayerEntryType::kCharDevice:
      return 'c';
    case LayerEntryType::kBlockDevice:
      return 'b';
    case LayerEntryType::kFifo:
      return 'p';
    default:
      return '-';
  }
}

std::string InstructionLine(const ReportInstruction& instruction) {
  absl::string_view text = instruction.text;
  text = absl::StripSuffix(text, " # buildkit");
  // The escape directive of an instruction file.
  if (absl::ConsumePrefix(&text, "# escape=")) {
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
  }
  const absl::string_view first = text.substr(0, text.find('\n'));
  std::string line = PrintableLine(first);
  if (first.size() + 1 < text.size()) line += " …";
  return line;
}

std::string InstructionPlace(const ReportInstruction& instruction) {
  if (instruction.line == 0) return "";
  return PrintableLine(
      absl::StrCat(instruction.dockerfile, ":", instruction.line));
}

}  // namespace rules_dockerfile
