#include "lib/explore/dive_waste.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "lib/layer/layer_index.h"
#include "lib/layer/node_map.h"

namespace rules_dockerfile {
namespace {

struct Occurrences {
  int count = 0;
  int64_t size = 0;
  int64_t smallest = 0;
};

struct Stacked {
  int64_t size = 0;
  bool is_directory = false;
};

bool IsBelow(absl::string_view path, absl::string_view directory) {
  return path.size() > directory.size() && path[directory.size()] == '/' &&
         absl::StartsWith(path, directory);
}

// The name of an entry in the tar: that of a whiteout begins with ".wh.".
std::string TarPath(const LayerEntry& entry) {
  if (entry.type != LayerEntryType::kWhiteout) return entry.path;
  const size_t slash = entry.path.rfind('/');
  const size_t base = slash == std::string::npos ? 0 : slash + 1;
  return absl::StrCat(entry.path.substr(0, base), ".wh.",
                      entry.path.substr(base));
}

// Goes through the layers as dive does.
class Counter {
 public:
  void AddLayer(const LayerIndex& layer) {
    // The last entry of a path is the one that counts.
    std::map<std::string, const LayerEntry*, PathLess> entries;
    for (const LayerEntry& entry : layer.entries) {
      if (entry.type == LayerEntryType::kOpaque || entry.path.empty()) continue;
      entries[TarPath(entry)] = &entry;
    }
    for (auto it = entries.begin(); it != entries.end(); ++it) {
      const auto next = std::next(it);
      if (next == entries.end() || !IsBelow(next->first, it->first)) {
        Count(*it->second);
      }
    }
    Stack(layer);
  }

  DiveWaste Finish() const {
    DiveWaste waste;
    int64_t smallest = 0;
    int64_t all = 0;
    for (const auto& [path, found] : paths_) {
      smallest += found.smallest;
      all += found.size;
      if (found.count < 2) continue;
      waste.wasted_size += found.size;
      waste.paths.push_back({path, found.count, found.size});
    }
    if (all > 0) {
      waste.efficiency =
          static_cast<double>(smallest) / static_cast<double>(all);
    }
    std::stable_sort(waste.paths.begin(), waste.paths.end(),
                     [](const RepeatedPath& a, const RepeatedPath& b) {
                       return a.size > b.size;
                     });
    return waste;
  }

 private:
  void Count(const LayerEntry& entry) {
    const int64_t size = entry.type == LayerEntryType::kWhiteout
                             ? RemovedSize(entry.path)
                             : entry.size;
    Occurrences& found = paths_[entry.path];
    found.smallest = found.count == 0 ? size : std::min(found.smallest, size);
    found.size += size;
    ++found.count;
  }

  int64_t RemovedSize(const std::string& path) const {
    auto it = stacked_.find(path);
    if (it == stacked_.end() || !it->second.is_directory) return 0;
    int64_t size = it->second.size;
    for (++it; it != stacked_.end() && IsBelow(it->first, path); ++it) {
      size += it->second.size;
    }
    return size;
  }

  void Stack(const LayerIndex& layer) {
    for (const LayerEntry& entry : layer.entries) {
      if (entry.type != LayerEntryType::kWhiteout) continue;
      auto it = stacked_.lower_bound(entry.path);
      while (it != stacked_.end() &&
             (it->first == entry.path || IsBelow(it->first, entry.path))) {
        it = stacked_.erase(it);
      }
    }
    for (const LayerEntry& entry : layer.entries) {
      if (entry.type == LayerEntryType::kWhiteout ||
          entry.type == LayerEntryType::kOpaque) {
        continue;
      }
      stacked_[entry.path] = {
          .size = entry.size,
          .is_directory = entry.type == LayerEntryType::kDirectory};
    }
  }

  std::map<std::string, Occurrences, PathLess> paths_;
  std::map<std::string, Stacked, PathLess> stacked_;
};

}  // namespace

DiveWaste DiveWasteOf(absl::Span<const LayerIndex> layers) {
  Counter counter;
  for (const LayerIndex& layer : layers) counter.AddLayer(layer);
  return counter.Finish();
}

}  // namespace rules_dockerfile
