#include "lib/explore/image_difference.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/json/json.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/node_map.h"
#include "lib/oci/image_config.h"
#include "lib/platform/platform.h"

namespace rules_dockerfile {
namespace {

using ShownEntries = std::map<std::string, const ReportEntry*, PathLess>;

ShownEntries ShownOf(const ImageReport& report) {
  ShownEntries shown;
  for (const ReportLayer& layer : report.layers) {
    for (const ReportEntry& entry : layer.entries) {
      if (entry.is_shown) shown[entry.path] = &entry;
    }
  }
  return shown;
}

// Which name of a file is its first one is not compared.
LayerEntryType KindOf(const ReportEntry& entry) {
  return entry.type == LayerEntryType::kHardLink ? LayerEntryType::kFile
                                                 : entry.type;
}

std::string ChangeOf(const ReportEntry& before, const ReportEntry& after) {
  std::vector<std::string> changes;
  if (KindOf(before) != KindOf(after)) {
    changes.push_back(absl::StrCat(LayerEntryTypeName(KindOf(before)), " -> ",
                                   LayerEntryTypeName(KindOf(after))));
  }
  if (before.mode != after.mode) {
    changes.push_back(
        absl::StrFormat("mode %04o -> %04o", before.mode, after.mode));
  }
  if (before.uid != after.uid || before.gid != after.gid) {
    changes.push_back(absl::StrCat("owner ", before.uid, ":", before.gid,
                                   " -> ", after.uid, ":", after.gid));
  }
  if (KindOf(after) == LayerEntryType::kSymlink &&
      before.link_target != after.link_target) {
    changes.push_back(
        absl::StrCat("link ", before.link_target, " -> ", after.link_target));
  }
  if (before.digest != after.digest) changes.push_back("data");
  return absl::StrJoin(changes, ", ");
}

std::vector<FileDifference> FileDifferences(const ImageReport& before,
                                            const ImageReport& after) {
  const ShownEntries old_entries = ShownOf(before);
  const ShownEntries new_entries = ShownOf(after);
  std::vector<FileDifference> files;
  auto it = old_entries.begin();
  const auto add_removed_before = [&](const std::string* path) {
    while (it != old_entries.end() &&
           (path == nullptr || PathLess()(it->first, *path))) {
      files.push_back({.mark = EntryMark::kRemoved,
                       .path = it->first,
                       .size_before = it->second->shown_size});
      ++it;
    }
  };
  for (const auto& [path, entry] : new_entries) {
    add_removed_before(&path);
    if (it == old_entries.end() || it->first != path) {
      files.push_back({.path = path, .size = entry->shown_size});
      continue;
    }
    std::string detail = ChangeOf(*it->second, *entry);
    if (!detail.empty()) {
      files.push_back({.mark = EntryMark::kChanged,
                       .path = path,
                       .detail = std::move(detail),
                       .size_before = it->second->shown_size,
                       .size = entry->shown_size});
    }
    ++it;
  }
  add_removed_before(nullptr);
  return files;
}

// The lines that one list has and the other has not, sorted by their text, the
// old one first.
std::vector<std::string> LineDifferences(std::vector<std::string> before,
                                         std::vector<std::string> after) {
  std::sort(before.begin(), before.end());
  std::sort(after.begin(), after.end());
  std::vector<std::string> removed, added;
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(removed));
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(added));
  std::vector<std::string> lines;
  auto next = added.begin();
  for (const std::string& line : removed) {
    while (next != added.end() && *next < line) {
      lines.push_back(absl::StrCat("+ ", *next++));
    }
    lines.push_back(absl::StrCat("- ", line));
  }
  for (; next != added.end(); ++next)
    lines.push_back(absl::StrCat("+ ", *next));
  return lines;
}

std::vector<std::string> PackageLines(const ImageReport& report) {
  std::vector<std::string> lines;
  for (const ImagePackage& package : report.packages.packages) {
    lines.push_back(absl::StrCat(package.ecosystem, " ", package.name, " ",
                                 package.version));
  }
  return lines;
}

std::string ValueText(const Json& value) {
  return value.is_string()
             ? value.get<std::string>()
             : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void AddFieldLines(const std::string& field, const Json& value,
                   std::vector<std::string>& lines) {
  if (field == "Env" || field == "OnBuild") {
    for (const Json& element : value) {
      lines.push_back(absl::StrCat(field, " ", ValueText(element)));
    }
  } else if (field == "Labels") {
    for (const auto& label : value.items()) {
      lines.push_back(
          absl::StrCat(field, " ", label.key(), "=", ValueText(label.value())));
    }
  } else if (field == "ExposedPorts" || field == "Volumes") {
    for (const auto& item : value.items()) {
      lines.push_back(absl::StrCat(field, " ", item.key()));
    }
  } else {
    lines.push_back(absl::StrCat(field, " ", ValueText(value)));
  }
}

}  // namespace

std::vector<std::string> ConfigLines(const ImageConfig& config) {
  std::vector<std::string> lines = {
      absl::StrCat("platform ", PlatformText(config.platform))};
  if (!config.created.empty()) {
    lines.push_back(absl::StrCat("created ", config.created));
  }
  if (!config.author.empty()) {
    lines.push_back(absl::StrCat("author ", config.author));
  }
  for (const auto& field : config.config.items()) {
    AddFieldLines(field.key(), field.value(), lines);
  }
  return lines;
}

ImageDifference DifferenceOf(const ImageReport& before,
                             const ImageReport& after) {
  return {
      .other_name = before.name,
      .other_size = before.totals.shown_size,
      .files = FileDifferences(before, after),
      .config = LineDifferences(ConfigLines(before.config),
                                ConfigLines(after.config)),
      .packages = LineDifferences(PackageLines(before), PackageLines(after))};
}

}  // namespace rules_dockerfile
