#ifndef TOOLS_IMAGE_EXPLORE_BROWSER_MODEL_H_
#define TOOLS_IMAGE_EXPLORE_BROWSER_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "lib/explore/image_report.h"

namespace rules_dockerfile {

// A line of the tree. All texts are tame for a terminal (PrintableLine()).
struct BrowserRow {
  std::string mode;   // "drwxr-xr-x"
  std::string owner;  // "0:0"
  int64_t size = 0;   // of a directory with all that is shown below it
  int depth = 0;      // 0 below the root
  std::string name;
  std::string link;  // " -> target" or ""
  char mark = ' ';   // 'A', 'C', 'R', or ' ' for what the layer left alone
  bool is_directory = false;
  bool is_open = false;

  friend bool operator==(const BrowserRow&, const BrowserRow&) = default;
};

// The tree after a layer, as the terminal browser shows it: what was applied up
// to a layer, with marks of what that layer did or, aggregated, of what all
// layers above the base did.
class BrowserModel {
 public:
  // `report` must outlive this object. It begins with the topmost layer.
  explicit BrowserModel(const ImageReport* report);

  int layer() const { return layer_; }
  void SelectLayer(int layer);

  bool is_aggregated() const { return is_aggregated_; }
  void ToggleAggregated();

  // Whether rows with this mark are shown: 'A', 'C', 'R' or ' '.
  bool shows(char mark) const { return hidden_marks_.count(mark) == 0; }
  void ToggleMark(char mark);

  // Only paths that have `text`, and the directories that lead there. Not
  // case-sensitive in ASCII.
  const std::string& filter() const { return filter_; }
  void SetFilter(const std::string& text);

  bool is_by_size() const { return is_by_size_; }
  void ToggleOrder();

  size_t row_count() const { return rows_.size(); }
  BrowserRow Row(size_t row) const;
  // The path of a row, for a terminal.
  std::string PathOf(size_t row) const;
  void ToggleOpen(size_t row);
  // The row of the directory that has this one; itself at the top.
  size_t ParentRow(size_t row) const;
  // Opens or closes all directories.
  void SetAllOpen(bool is_open);

 private:
  struct Node {
    std::string path;
    int parent = -1;
    int depth = 0;
    // What layers did to it, base first: indexes into their entries.
    std::vector<std::pair<int, size_t>> entries;
  };
  // What the layer left of a node.
  struct State {
    const ReportEntry* entry = nullptr;  // nullptr: the tree does not have it
    char mark = ' ';
    int64_t size = 0;  // with all below
    bool matches = false;
  };

  void AddNodes();
  void Update();  // states and rows
  void UpdateRows();
  State StateOf(const Node& node) const;
  void AddRows(int parent);
  bool IsDirectory(int node) const;

  const ImageReport* report_;
  int layer_;
  bool is_aggregated_ = false;
  bool is_by_size_ = false;
  std::string filter_;
  std::set<char> hidden_marks_;
  std::vector<Node> nodes_;  // in tree order
  std::vector<std::vector<int>> children_;
  std::vector<State> states_;
  std::vector<bool> is_closed_;
  std::vector<int> rows_;  // nodes
};

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_EXPLORE_BROWSER_MODEL_H_
