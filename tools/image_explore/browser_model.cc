#include "tools/image_explore/browser_model.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_words.h"
#include "lib/layer/layer_entry.h"
#include "lib/layer/node_map.h"

namespace rules_dockerfile {
namespace {

// From this depth on directories are closed at first.
constexpr int kOpenDepth = 2;

std::string ParentOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

std::string ModeText(const ReportEntry& entry) {
  std::string text(1, TypeLetter(entry.type));
  if (text == "h") text = "-";
  for (int bit = 0; bit < 9; ++bit) {
    text += (entry.mode & (0400 >> bit)) != 0 ? "rwx"[bit % 3] : '-';
  }
  const auto special = [&](uint32_t bit, size_t at, char low, char high) {
    if ((entry.mode & bit) != 0) text[at] = text[at] == 'x' ? low : high;
  };
  special(04000, 3, 's', 'S');
  special(02000, 6, 's', 'S');
  special(01000, 9, 't', 'T');
  return text;
}

}  // namespace

BrowserModel::BrowserModel(const ImageReport* report)
    : report_(report), layer_(static_cast<int>(report->layers.size()) - 1) {
  AddNodes();
  Update();
}

void BrowserModel::AddNodes() {
  std::map<std::string, Node, PathLess> nodes;
  nodes[""];
  for (size_t layer = 0; layer < report_->layers.size(); ++layer) {
    const std::vector<ReportEntry>& entries = report_->layers[layer].entries;
    for (size_t i = 0; i < entries.size(); ++i) {
      nodes[entries[i].path].entries.emplace_back(static_cast<int>(layer), i);
    }
  }
  std::map<std::string, int> numbers;
  for (auto& [path, node] : nodes) {
    const int number = static_cast<int>(nodes_.size());
    node.path = path;
    if (!path.empty()) {
      node.parent = numbers.at(ParentOf(path));
      node.depth = nodes_[node.parent].depth + 1;
    }
    numbers[path] = number;
    nodes_.push_back(std::move(node));
  }
  children_.resize(nodes_.size());
  is_closed_.resize(nodes_.size());
  for (size_t i = 1; i < nodes_.size(); ++i) {
    children_[nodes_[i].parent].push_back(static_cast<int>(i));
    is_closed_[i] = nodes_[i].depth >= kOpenDepth;
  }
}

BrowserModel::State BrowserModel::StateOf(const Node& node) const {
  const ReportEntry* first = nullptr;
  const ReportEntry* last = nullptr;
  int last_layer = -1;
  int first_layer = -1;
  for (const auto& [layer, index] : node.entries) {
    if (layer > layer_) break;
    last = &report_->layers[layer].entries[index];
    last_layer = layer;
    if (first == nullptr) {
      first = last;
      first_layer = layer;
    }
  }
  if (last == nullptr) return {};
  const bool is_removed = last->mark == EntryMark::kRemoved;
  State state = {.entry = last};
  if (is_aggregated_ && last_layer > 0) {
    // What came and went above the base is not there.
    if (is_removed && first_layer > 0) return {};
    state.mark = is_removed ? 'R' : first_layer > 0 ? 'A' : 'C';
  } else if (!is_aggregated_ && last_layer == layer_) {
    state.mark = MarkLetter(last->mark);
  } else if (is_removed) {
    return {};
  }
  state.size = is_removed ? last->size_before : last->stored_size;
  return state;
}

void BrowserModel::Update() {
  const std::string wanted = absl::AsciiStrToLower(filter_);
  states_.assign(nodes_.size(), {});
  for (size_t i = nodes_.size() - 1; i > 0; --i) {
    State state = StateOf(nodes_[i]);
    const bool was_matched = states_[i].matches;  // something below it does
    const int64_t below = states_[i].size;
    state.matches = was_matched;
    if (state.entry != nullptr && shows(state.mark) &&
        (wanted.empty() ||
         absl::StrContains(absl::AsciiStrToLower(nodes_[i].path), wanted))) {
      state.matches = true;
    } else {
      state.size = 0;
    }
    state.size += below;
    states_[i] = state;
    if (!state.matches) continue;
    State& parent = states_[nodes_[i].parent];
    parent.matches = true;
    parent.size += state.size;
  }
  UpdateRows();
}

void BrowserModel::UpdateRows() {
  rows_.clear();
  AddRows(0);
}

void BrowserModel::AddRows(int parent) {
  std::vector<int> shown;
  for (const int child : children_[parent]) {
    if (states_[child].matches) shown.push_back(child);
  }
  if (is_by_size_) {
    std::stable_sort(shown.begin(), shown.end(), [this](int a, int b) {
      return states_[a].size > states_[b].size;
    });
  }
  for (const int child : shown) {
    rows_.push_back(child);
    if (!is_closed_[child]) AddRows(child);
  }
}

void BrowserModel::SelectLayer(int layer) {
  const int last = static_cast<int>(report_->layers.size()) - 1;
  layer_ = std::max(std::min(layer, last), std::min(0, last));
  Update();
}

void BrowserModel::ToggleAggregated() {
  is_aggregated_ = !is_aggregated_;
  Update();
}

void BrowserModel::ToggleMark(char mark) {
  if (hidden_marks_.erase(mark) == 0) hidden_marks_.insert(mark);
  Update();
}

void BrowserModel::SetFilter(const std::string& text) {
  filter_ = text;
  Update();
}

void BrowserModel::ToggleOrder() {
  is_by_size_ = !is_by_size_;
  UpdateRows();
}

bool BrowserModel::IsDirectory(int node) const {
  const ReportEntry* const entry = states_[node].entry;
  return entry == nullptr || entry->type == LayerEntryType::kDirectory;
}

BrowserRow BrowserModel::Row(size_t row) const {
  const int number = rows_[row];
  const Node& node = nodes_[number];
  const State& state = states_[number];
  const size_t slash = node.path.rfind('/');
  BrowserRow text = {.size = state.size,
                     .depth = node.depth - 1,
                     .name = PrintableLine(slash == std::string::npos
                                               ? node.path
                                               : node.path.substr(slash + 1)),
                     .mark = state.mark,
                     .is_directory = IsDirectory(number),
                     .is_open = !is_closed_[number]};
  if (state.entry == nullptr) return text;
  text.mode = ModeText(*state.entry);
  text.owner = absl::StrCat(state.entry->uid, ":", state.entry->gid);
  if (!state.entry->link_target.empty()) {
    const bool is_hard = state.entry->type == LayerEntryType::kHardLink;
    text.link = absl::StrCat(is_hard ? " => " : " -> ",
                             PrintableLine(state.entry->link_target));
  }
  return text;
}

std::string BrowserModel::PathOf(size_t row) const {
  return PrintableLine(nodes_[rows_[row]].path);
}

void BrowserModel::ToggleOpen(size_t row) {
  if (row >= rows_.size() || !IsDirectory(rows_[row])) return;
  is_closed_[rows_[row]] = !is_closed_[rows_[row]];
  UpdateRows();
}

size_t BrowserModel::ParentRow(size_t row) const {
  if (row >= rows_.size()) return row;
  const auto parent =
      std::find(rows_.begin(), rows_.end(), nodes_[rows_[row]].parent);
  return parent == rows_.end() ? row
                               : static_cast<size_t>(parent - rows_.begin());
}

void BrowserModel::SetAllOpen(bool is_open) {
  is_closed_.assign(nodes_.size(), !is_open);
  UpdateRows();
}

}  // namespace rules_dockerfile
