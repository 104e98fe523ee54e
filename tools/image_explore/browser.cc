#include "tools/image_explore/browser.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/printable.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_words.h"
#include "lib/layer/layer_waste.h"
#include "tools/image_explore/browser_model.h"
#include "tools/image_explore/screen.h"

namespace rules_dockerfile {
namespace {

constexpr int kControlA = 1;
constexpr int kControlL = 12;
constexpr int kEscape = 27;

Ink InkOf(char mark) {
  switch (mark) {
    case 'A':
      return Ink::kAdded;
    case 'C':
      return Ink::kChanged;
    case 'R':
      return Ink::kRemoved;
    default:
      return Ink::kPlain;
  }
}

// A list that is longer than its area.
struct Scroll {
  int selected = 0;
  int top = 0;

  void Move(int step, int count) {
    selected = std::max(0, std::min(count - 1, selected + step));
  }
  void Fit(int height, int count) {
    Move(0, count);
    top = std::min(top, selected);
    top = std::max(top, selected - std::max(height, 1) + 1);
    top = std::max(0, std::min(top, count - height));
  }
};

class Browser {
 public:
  explicit Browser(const ImageReport& report)
      : report_(report), model_(&report) {
    layers_.selected = model_.layer();
  }

  void Run() {
    bool goes_on = true;
    while (goes_on) {
      Draw();
      goes_on = HandleKey(Screen::ReadKey());
    }
  }

 private:
  enum class Pane { kLayers, kTree, kHidden };

  int row_count() const { return static_cast<int>(model_.row_count()); }
  int layer_count() const { return static_cast<int>(report_.layers.size()); }
  int hidden_count() const { return static_cast<int>(report_.hidden.size()); }

  void Draw() {
    Screen::Clear();
    const int height = Screen::height();
    const int width = Screen::width();
    if (height < 12 || width < 50) {
      Screen::Write(0, 0, width, "expected a terminal of 50x12 or more",
                    Ink::kPlain);
      Screen::Refresh();
      return;
    }
    const int left = std::clamp(width * 2 / 5, 24, 64);
    const int layers = std::clamp(layer_count() + 2, 4, (height - 1) / 2 - 1);
    DrawLayers({0, 0, layers, left});
    DrawDetails({layers, 0, 5, left});
    DrawImage({layers + 5, 0, height - 1 - layers - 5, left});
    DrawTree({0, left + 1, height - 1, width - left - 1});
    DrawKeys(height - 1, width);
    Screen::Refresh();
  }

  void DrawLayers(const Area& area) {
    Screen::Frame(area, "Layers", pane_ == Pane::kLayers);
    Screen::Write(area.top + 1, area.left, area.width,
                  "  #      size  instruction", Ink::kQuiet);
    layers_.Fit(area.height - 2, layer_count());
    for (int i = 0; i < area.height - 2; ++i) {
      const int number = layers_.top + i;
      if (number >= layer_count()) break;
      const ReportLayer& layer = report_.layers[number];
      Screen::Write(
          area.top + 2 + i, area.left, area.width,
          absl::StrFormat("%3d %9s  %s", number, SizeText(layer.stored_size),
                          InstructionOf(layer)),
          Ink::kPlain, number == layers_.selected, /*fill=*/true);
    }
  }

  std::string InstructionOf(const ReportLayer& layer) const {
    if (layer.instruction < 0) return "";
    return InstructionLine(report_.instructions[layer.instruction]);
  }

  void DrawDetails(const Area& area) {
    Screen::Frame(area, "Layer", false);
    if (report_.layers.empty()) return;
    const ReportLayer& layer = report_.layers[layers_.selected];
    std::string place;
    if (layer.instruction >= 0) {
      place = InstructionPlace(report_.instructions[layer.instruction]);
    }
    const std::vector<std::string> lines = {
        absl::StrCat(place, place.empty() ? "" : ": ", InstructionOf(layer)),
        absl::StrCat(SizeText(layer.stored_size), ", ",
                     SizeText(layer.compressed_size), " compressed, ",
                     SizeText(layer.hidden_size), " hidden"),
        absl::StrCat("+", layer.added.entries, " ~", layer.changed.entries,
                     " -", layer.removed.entries, " paths"),
        layer.digest};
    WriteLines(area, lines);
  }

  static void WriteLines(const Area& area,
                         const std::vector<std::string>& lines) {
    const int count = std::min<int>(area.height - 1, lines.size());
    for (int i = 0; i < count; ++i) {
      Screen::Write(area.top + 1 + i, area.left, area.width, lines[i],
                    Ink::kPlain);
    }
  }

  void DrawImage(const Area& area) {
    if (area.height < 2) return;
    Screen::Frame(area, "Image", pane_ == Pane::kHidden);
    const ReportTotals& totals = report_.totals;
    WriteLines(
        area,
        {PrintableLine(report_.name),
         absl::StrCat(SizeText(totals.shown_size), " shown of ",
                      SizeText(totals.stored_size), " stored, ",
                      SizeText(totals.hidden_size), " hidden"),
         absl::StrCat("dive: efficiency ", PercentText(report_.dive.efficiency),
                      ", ", SizeText(report_.dive.wasted_size), " wasted")});
    const Area list = {area.top + 4, area.left, area.height - 4, area.width};
    if (list.height < 2) return;
    Screen::Write(list.top, list.left, list.width, "   hidden  path",
                  Ink::kQuiet);
    hidden_.Fit(list.height - 1, hidden_count());
    for (int i = 0; i < list.height - 1; ++i) {
      const int number = hidden_.top + i;
      if (number >= hidden_count()) break;
      const WastedFile& file = report_.hidden[number];
      Screen::Write(list.top + 1 + i, list.left, list.width,
                    absl::StrFormat("%9s  %s", SizeText(file.size),
                                    PrintableLine(file.path)),
                    file.removed ? Ink::kRemoved : Ink::kChanged,
                    pane_ == Pane::kHidden && number == hidden_.selected, true);
    }
  }

  void DrawTree(const Area& area) {
    std::string title = model_.is_aggregated() ? "All layers to " : "Layer ";
    absl::StrAppend(&title, layers_.selected);
    if (!model_.filter().empty() || is_typing_) {
      absl::StrAppend(&title, "  filter: ", PrintableLine(model_.filter()),
                      is_typing_ ? "_" : "");
    }
    Screen::Frame(area, title, pane_ == Pane::kTree);
    Screen::Write(area.top + 1, area.left, area.width,
                  "  mode       owner         size  tree", Ink::kQuiet);
    tree_.Fit(area.height - 2, row_count());
    for (int i = 0; i < area.height - 2; ++i) {
      if (tree_.top + i >= row_count()) break;
      DrawRow(area.top + 2 + i, area, tree_.top + i);
    }
  }

  void DrawRow(int y, const Area& area, int number) {
    const BrowserRow row = model_.Row(number);
    const std::string text = absl::StrFormat(
        "%c %-10s %-10s %9s  %s%s%s%s%s", row.mark, row.mode, row.owner,
        SizeText(row.size), std::string(std::min(2 * row.depth, 60), ' '),
        !row.is_directory ? "  "
        : row.is_open     ? "- "
                          : "+ ",
        row.name, row.is_directory ? "/" : "", row.link);
    Screen::Write(y, area.left, area.width, text, InkOf(row.mark),
                  pane_ == Pane::kTree && number == tree_.selected, true);
  }

  void DrawKeys(int y, int width) {
    const auto state = [](bool is_on, absl::string_view name) {
      return absl::StrCat(is_on ? "[x] " : "[ ] ", name, "  ");
    };
    const std::string text =
        is_typing_
            ? "Type to filter. Enter: keep it. Esc: no filter."
            : absl::StrCat("q quit  Tab pane  / filter  Space fold  s size  ",
                           state(model_.is_aggregated(), "a all layers"),
                           state(model_.shows('A'), "A added"),
                           state(model_.shows('C'), "C changed"),
                           state(model_.shows('R'), "R removed"),
                           state(model_.shows(' '), "u unchanged"));
    Screen::Write(y, 0, width - 1, text, Ink::kBar, false, true);
  }

  // Whether the browser goes on.
  bool HandleKey(int key) {
    if (key == kKeyResize || key == kKeyNone) return true;
    if (is_typing_) {
      Type(key);
      return true;
    }
    if (key == 'q' || key == 3) return false;
    if (!Move(key)) Command(key);
    return true;
  }

  void Type(int key) {
    std::string text = model_.filter();
    if (key == '\n' || key == '\r') {
      is_typing_ = false;
      return;
    }
    if (key == kEscape) {
      is_typing_ = false;
      text.clear();
    } else if (key == kKeyBackspace) {
      while (!text.empty() && (text.back() & 0xc0) == 0x80) text.pop_back();
      if (!text.empty()) text.pop_back();
    } else if (key >= ' ' && key < kKeyUp) {
      AppendCodePoint(static_cast<char32_t>(key), text);
    } else {
      return;
    }
    model_.SetFilter(text);
    tree_ = {};
  }

  Scroll& Active() {
    return pane_ == Pane::kLayers ? layers_
           : pane_ == Pane::kTree ? tree_
                                  : hidden_;
  }
  int ActiveCount() const {
    return pane_ == Pane::kLayers ? layer_count()
           : pane_ == Pane::kTree ? row_count()
                                  : hidden_count();
  }

  bool Move(int key) {
    const int page = std::max(1, Screen::height() - 4);
    int step = 0;
    switch (key) {
      case kKeyUp:
      case 'k':
        step = -1;
        break;
      case kKeyDown:
      case 'j':
        step = 1;
        break;
      case kKeyPageUp:
        step = -page;
        break;
      case kKeyPageDown:
        step = page;
        break;
      case kKeyHome:
        step = -ActiveCount();
        break;
      case kKeyEnd:
        step = ActiveCount();
        break;
      default:
        return false;
    }
    Active().Move(step, ActiveCount());
    if (pane_ == Pane::kLayers) model_.SelectLayer(layers_.selected);
    return true;
  }

  void Command(int key) {
    switch (key) {
      case '\t':
        pane_ = pane_ == Pane::kLayers ? Pane::kTree
                : pane_ == Pane::kTree ? Pane::kHidden
                                       : Pane::kLayers;
        return;
      case '/':
        is_typing_ = true;
        pane_ = Pane::kTree;
        return;
      case kEscape:
        model_.SetFilter("");
        return;
      case 'a':
      case kControlA:
        model_.ToggleAggregated();
        return;
      case 'A':
      case 'C':
      case 'R':
        model_.ToggleMark(static_cast<char>(key));
        return;
      case 'u':
        model_.ToggleMark(' ');
        return;
      case 's':
        model_.ToggleOrder();
        return;
      case '+':
      case '-':
        model_.SetAllOpen(key == '+');
        return;
      case kControlL:
        Screen::Redraw();
        return;
      default:
        TreeCommand(key);
    }
  }

  void TreeCommand(int key) {
    if (pane_ != Pane::kTree || row_count() == 0) return;
    const BrowserRow row = model_.Row(tree_.selected);
    const bool is_open = row.is_directory && row.is_open;
    if (key == ' ' || key == '\n' || key == '\r' ||
        (key == kKeyRight && !is_open) || (key == kKeyLeft && is_open)) {
      model_.ToggleOpen(tree_.selected);
    } else if (key == kKeyRight) {
      tree_.Move(1, row_count());
    } else if (key == kKeyLeft) {
      tree_.selected = static_cast<int>(model_.ParentRow(tree_.selected));
    }
  }

  const ImageReport& report_;
  BrowserModel model_;
  Pane pane_ = Pane::kLayers;
  Scroll layers_, tree_, hidden_;
  bool is_typing_ = false;
};

}  // namespace

absl::Status BrowseReport(const ImageReport& report) {
  ABSL_RETURN_IF_ERROR(Screen::Open());
  const absl::Cleanup close = [] { Screen::Close(); };
  Browser(report).Run();
  return absl::OkStatus();
}

}  // namespace rules_dockerfile
