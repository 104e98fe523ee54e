#include "lib/explore/report_text.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/explore/dive_waste.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_words.h"
#include "lib/layer/layer_waste.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

std::string Size(int64_t bytes) {
  return absl::StrFormat("%9s", SizeText(bytes));
}

// A heading and at most `limit` lines; "" without lines.
std::string Section(absl::string_view heading, size_t lines, size_t limit,
                    absl::FunctionRef<std::string(size_t)> line) {
  if (lines == 0) return "";
  std::string text = absl::StrCat("\n", heading, "\n");
  for (size_t i = 0; i < std::min(lines, limit); ++i) {
    absl::StrAppend(&text, "  ", line(i), "\n");
  }
  if (lines > limit) absl::StrAppend(&text, "  … ", lines - limit, " more\n");
  return text;
}

std::string TotalsText(const ImageReport& report) {
  const ReportTotals& totals = report.totals;
  const auto layers = static_cast<int64_t>(report.layers.size());
  std::string text = absl::StrCat(
      "image       ", PrintableLine(report.name), " ",
      PrintableLine(PlatformText(report.config.platform)), "\n",  //
      "shown       ", Size(totals.shown_size), "  ",              //
      CountText(totals.files, "file"), ", ",                      //
      CountText(totals.directories, "directory"), ", ",           //
      CountText(totals.links, "link"), ", ", totals.others, " other\n",
      "stored      ", Size(totals.stored_size), "  in ",
      CountText(layers, "layer"), "\n",                    //
      "compressed  ", Size(totals.compressed_size), "\n",  //
      "hidden      ", Size(totals.hidden_size), "  in ",   //
      CountText(static_cast<int64_t>(report.hidden.size()), "file"), "\n",
      "duplicates  ", Size(totals.duplicate_size), "\n",  //
      "dive        ", Size(report.dive.wasted_size), "  wasted, efficiency ",
      PercentText(report.dive.efficiency), "\n");
  if (!report.packages.packages.empty()) {
    const auto packages = static_cast<int64_t>(report.packages.packages.size());
    absl::StrAppend(&text, "packages    ", CountText(packages, "package"), " ",
                    PrintableLine(report.packages.os_name), "\n");
  }
  return text;
}

std::string LayerText(const ReportLayer& layer) {
  return absl::StrCat(
      Size(layer.stored_size), Size(layer.compressed_size),
      absl::StrFormat("%6s%6s%6s",  //
                      absl::StrCat("+", layer.added.entries),
                      absl::StrCat("~", layer.changed.entries),
                      absl::StrCat("-", layer.removed.entries)));
}

std::string InstructionsText(const ImageReport& report) {
  std::string text =
      absl::StrCat("\nlayer   stored  compr. added chng. remvd  instruction\n");
  for (const ReportInstruction& instruction : report.instructions) {
    std::string place = InstructionPlace(instruction);
    if (!place.empty()) place += ": ";
    const std::string numbers =
        instruction.layer < 0
            ? std::string(39, ' ')
            : absl::StrCat(absl::StrFormat("%3d", instruction.layer),
                           LayerText(report.layers[instruction.layer]));
    absl::StrAppend(&text, numbers, "  ", place, InstructionLine(instruction),
                    "\n");
  }
  return text;
}

std::string HiddenLine(const WastedFile& file) {
  return absl::StrCat(Size(file.size), "  layer ", file.layer, ", ",
                      file.removed ? "removed" : "replaced", " by layer ",
                      file.by_layer, "  ", PrintableLine(file.path));
}

std::string DuplicateLine(const DuplicateFiles& files) {
  std::string line =
      absl::StrCat(Size(files.wasted_size()), "  ", files.paths.size(), " × ",
                   SizeText(files.size), "  ", PrintableLine(files.paths[0]));
  for (size_t i = 1; i < std::min<size_t>(files.paths.size(), 3); ++i) {
    absl::StrAppend(&line, ", ", PrintableLine(files.paths[i]));
  }
  if (files.paths.size() > 3) line += ", …";
  return line;
}

std::vector<const ReportEntry*> LargestFiles(const ImageReport& report) {
  std::vector<const ReportEntry*> files;
  for (const ReportLayer& layer : report.layers) {
    for (const ReportEntry& entry : layer.entries) {
      if (entry.shown_size > 0) files.push_back(&entry);
    }
  }
  std::sort(files.begin(), files.end(),
            [](const ReportEntry* a, const ReportEntry* b) {
              return a->shown_size != b->shown_size
                         ? a->shown_size > b->shown_size
                         : a->path < b->path;
            });
  return files;
}

std::string PackageLine(const ImagePackage& package) {
  return PrintableLine(absl::StrCat(Size(package.size), "  layer ",
                                    package.layer, "  ", package.ecosystem, " ",
                                    package.name, " ", package.version));
}

}  // namespace

std::string ReportText(const ImageReport& report, size_t limit) {
  const std::vector<const ReportEntry*> largest = LargestFiles(report);
  const std::vector<std::string> config = ConfigLines(report.config);
  const std::vector<RepeatedPath>& repeated = report.dive.paths;
  const std::vector<ImagePackage>& packages = report.packages.packages;
  return absl::StrCat(
      TotalsText(report), InstructionsText(report),
      Section("hidden files", report.hidden.size(), limit,
              [&](size_t i) { return HiddenLine(report.hidden[i]); }),
      Section("duplicates", report.duplicates.size(), limit,
              [&](size_t i) { return DuplicateLine(report.duplicates[i]); }),
      Section("wasted, as dive counts", repeated.size(), limit,
              [&](size_t i) {
                return absl::StrCat(Size(repeated[i].size), "  ",
                                    repeated[i].occurrences, " times  ",
                                    PrintableLine(repeated[i].path));
              }),
      Section("largest files", largest.size(), limit,
              [&](size_t i) {
                return absl::StrCat(Size(largest[i]->shown_size), "  ",
                                    PrintableLine(largest[i]->path));
              }),
      Section("packages", packages.size(), limit,
              [&](size_t i) { return PackageLine(packages[i]); }),
      Section("config", config.size(), config.size(),
              [&](size_t i) { return PrintableLine(config[i]); }));
}

std::string DifferenceText(const ImageReport& report,
                           const ImageDifference& difference, size_t limit) {
  const auto line = [](const std::vector<std::string>& lines) {
    return [&lines](size_t i) { return PrintableLine(lines[i]); };
  };
  std::string text =
      absl::StrCat("\ncompared with ", PrintableLine(difference.other_name),
                   ": ", SizeText(difference.other_size), " -> ",
                   SizeText(report.totals.shown_size), "\n");
  text += Section("files", difference.files.size(), limit, [&](size_t i) {
    const FileDifference& file = difference.files[i];
    return absl::StrCat(
        std::string(1, MarkLetter(file.mark)), Size(file.size_before), " ->",
        Size(file.size), "  ", PrintableLine(file.path),
        file.detail.empty() ? "" : "  ", PrintableLine(file.detail));
  });
  text += Section("packages", difference.packages.size(), limit,
                  line(difference.packages));
  text += Section("config", difference.config.size(), limit,
                  line(difference.config));
  return text;
}

}  // namespace rules_dockerfile
