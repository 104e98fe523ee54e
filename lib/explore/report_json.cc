#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/printable.h"
#include "lib/explore/dive_waste.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_page.h"
#include "lib/explore/report_words.h"
#include "lib/json/json.h"
#include "lib/layer/layer_waste.h"
#include "lib/layer/node_map.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

Json Lines(const std::vector<std::string>& lines) {
  Json list = Json::array();
  for (const std::string& line : lines) list.push_back(PrintableLine(line));
  return list;
}

Json TotalsJson(const ReportTotals& totals) {
  return {{"files", totals.files},
          {"directories", totals.directories},
          {"links", totals.links},
          {"others", totals.others},
          {"shown", totals.shown_size},
          {"stored", totals.stored_size},
          {"compressed", totals.compressed_size},
          {"hidden", totals.hidden_size},
          {"duplicate", totals.duplicate_size}};
}

Json InstructionsJson(const ImageReport& report) {
  Json list = Json::array();
  for (const ReportInstruction& instruction : report.instructions) {
    list.push_back({{"text", PrintableText(instruction.text)},
                    {"dockerfile", PrintableLine(instruction.dockerfile)},
                    {"stage", PrintableLine(instruction.stage)},
                    {"line", instruction.line},
                    {"layer", instruction.layer}});
  }
  return list;
}

Json TotalJson(const MarkTotal& total) {
  return Json::array({total.entries, total.size});
}

Json LayersJson(const ImageReport& report) {
  Json list = Json::array();
  for (const ReportLayer& layer : report.layers) {
    list.push_back({{"diffId", layer.diff_id},
                    {"digest", layer.digest},
                    {"mediaType", PrintableLine(layer.media_type)},
                    {"stored", layer.stored_size},
                    {"compressed", layer.compressed_size},
                    {"hidden", layer.hidden_size},
                    {"added", TotalJson(layer.added)},
                    {"changed", TotalJson(layer.changed)},
                    {"removed", TotalJson(layer.removed)},
                    {"instruction", layer.instruction}});
  }
  return list;
}

// Every path of the entries and of their parents, with its number, in tree
// order; the root is 0.
using PathNumbers = std::map<std::string, int64_t, PathLess>;

PathNumbers NumberPaths(const ImageReport& report) {
  PathNumbers numbers = {{"", 0}};
  for (const ReportLayer& layer : report.layers) {
    for (const ReportEntry& entry : layer.entries) {
      std::string path = entry.path;
      while (numbers.try_emplace(path, 0).second) {
        path.resize(path.rfind('/') == std::string::npos ? 0 : path.rfind('/'));
      }
    }
  }
  int64_t number = 0;
  for (auto& path : numbers) path.second = number++;
  return numbers;
}

Json NodesJson(const PathNumbers& numbers) {
  Json names = Json::array();
  Json parents = Json::array();
  for (const auto& [path, number] : numbers) {
    const size_t slash = path.rfind('/');
    const bool is_deep = slash != std::string::npos;
    names.push_back(PrintableLine(is_deep ? path.substr(slash + 1) : path));
    parents.push_back(
        number == 0 ? -1 : numbers.at(path.substr(0, is_deep ? slash : 0)));
  }
  return {{"name", std::move(names)}, {"parent", std::move(parents)}};
}

// The entries as columns: a JSON of objects would be five times as long.
class EntryColumns {
 public:
  explicit EntryColumns(const PathNumbers& numbers) : numbers_(numbers) {}

  void Add(const ReportEntry& entry, size_t layer) {
    node_.push_back(numbers_.at(entry.path));
    layer_.push_back(layer);
    marks_ += MarkLetter(entry.mark);
    types_ += TypeLetter(entry.type);
    shown_ += entry.is_shown ? '1' : '0';
    mode_.push_back(entry.mode);
    stored_.push_back(entry.stored_size);
    before_.push_back(entry.size_before);
    const std::string owner = absl::StrCat(entry.uid, ":", entry.gid);
    owner_.push_back(
        owners_.try_emplace(owner, static_cast<int64_t>(owners_.size()))
            .first->second);
    if (!entry.link_target.empty()) {
      links_.push_back({count_, PrintableLine(entry.link_target)});
    }
    if (entry.is_shown && entry.shown_size != entry.stored_size) {
      sizes_.push_back({count_, entry.shown_size});
    }
    ++count_;
  }

  Json Finish() {
    std::vector<std::string> owners(owners_.size());
    for (const auto& [owner, number] : owners_) owners[number] = owner;
    return {{"node", std::move(node_)},     {"layer", std::move(layer_)},
            {"mark", std::move(marks_)},    {"type", std::move(types_)},
            {"isShown", std::move(shown_)}, {"mode", std::move(mode_)},
            {"owner", std::move(owner_)},   {"owners", owners},
            {"stored", std::move(stored_)}, {"before", std::move(before_)},
            {"links", std::move(links_)},   {"shownSizes", std::move(sizes_)}};
  }

 private:
  const PathNumbers& numbers_;
  int64_t count_ = 0;
  std::string marks_, types_, shown_;
  std::map<std::string, int64_t> owners_;
  Json node_ = Json::array(), layer_ = Json::array(), mode_ = Json::array(),
       owner_ = Json::array(), stored_ = Json::array(), before_ = Json::array(),
       links_ = Json::array(), sizes_ = Json::array();
};

Json EntriesJson(const ImageReport& report, const PathNumbers& numbers) {
  EntryColumns columns(numbers);
  for (size_t i = 0; i < report.layers.size(); ++i) {
    for (const ReportEntry& entry : report.layers[i].entries) {
      columns.Add(entry, i);
    }
  }
  return columns.Finish();
}

Json WasteJson(const ImageReport& report) {
  Json hidden = Json::array();
  for (const WastedFile& file : report.hidden) {
    hidden.push_back({PrintableLine(file.path), file.layer, file.by_layer,
                      file.removed, file.size});
  }
  Json duplicates = Json::array();
  for (const DuplicateFiles& files : report.duplicates) {
    duplicates.push_back({{"size", files.size}, {"paths", Lines(files.paths)}});
  }
  Json paths = Json::array();
  for (const RepeatedPath& path : report.dive.paths) {
    paths.push_back({PrintableLine(path.path), path.occurrences, path.size});
  }
  return {{"hidden", std::move(hidden)},
          {"duplicates", std::move(duplicates)},
          {"dive",
           {{"efficiency", report.dive.efficiency},
            {"wasted", report.dive.wasted_size},
            {"paths", std::move(paths)}}}};
}

Json PackagesJson(const ImagePackages& packages) {
  Json list = Json::array();
  for (const ImagePackage& package : packages.packages) {
    list.push_back({{"ecosystem", PrintableLine(package.ecosystem)},
                    {"name", PrintableLine(package.name)},
                    {"version", PrintableLine(package.version)},
                    {"licenses", Lines(package.licenses)},
                    {"layer", package.layer},
                    {"files", package.files},
                    {"size", package.size}});
  }
  return {{"os", PrintableLine(packages.os_name)},
          {"notes", Lines(packages.notes)},
          {"list", std::move(list)}};
}

Json DifferenceJson(const ImageDifference& difference) {
  Json files = Json::array();
  for (const FileDifference& file : difference.files) {
    files.push_back({std::string(1, MarkLetter(file.mark)),
                     PrintableLine(file.path), PrintableLine(file.detail),
                     file.size_before, file.size});
  }
  return {{"name", PrintableLine(difference.other_name)},
          {"size", difference.other_size},
          {"files", std::move(files)},
          {"config", Lines(difference.config)},
          {"packages", Lines(difference.packages)}};
}

}  // namespace

Json ReportJson(const ImageReport& report,
                const std::optional<ImageDifference>& difference) {
  const PathNumbers numbers = NumberPaths(report);
  Json json = {
      {"version", 1},
      {"name", PrintableLine(report.name)},
      {"platform", PrintableLine(PlatformText(report.config.platform))},
      {"created", PrintableLine(report.config.created)},
      {"totals", TotalsJson(report.totals)},
      {"instructions", InstructionsJson(report)},
      {"layers", LayersJson(report)},
      {"nodes", NodesJson(numbers)},
      {"entries", EntriesJson(report, numbers)},
      {"waste", WasteJson(report)},
      {"config", Lines(ConfigLines(report.config))},
      {"packages", PackagesJson(report.packages)}};
  if (difference.has_value()) json["difference"] = DifferenceJson(*difference);
  return json;
}

}  // namespace rules_dockerfile
