#ifndef LIB_EXPLORE_REPORT_WORDS_H_
#define LIB_EXPLORE_REPORT_WORDS_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/image_report.h"

namespace rules_dockerfile {

// "96.40 %" of 0.964.
std::string PercentText(double part);

// A name or a text for a person, in one line: PrintableText(), with line feeds
// and tabs as `\n` and `\t`. All that comes from an image passes through it.
std::string PrintableLine(absl::string_view text);

// "1 file", "2 files".
std::string CountText(int64_t count, absl::string_view noun);

// 'A', 'C' or 'R'.
char MarkLetter(EntryMark mark);

// The letter of the type, as in `ls -l`: "-", "d", "l", "c", "b", "p"; "h" for
// a further name of a file.
char TypeLetter(LayerEntryType type);

// The first line of an instruction in one line, "app/Dockerfile:7" of its
// place or "" without one, and BuildKit's comment of the history taken off.
std::string InstructionLine(const ReportInstruction& instruction);
std::string InstructionPlace(const ReportInstruction& instruction);

}  // namespace rules_dockerfile

#endif  // LIB_EXPLORE_REPORT_WORDS_H_
