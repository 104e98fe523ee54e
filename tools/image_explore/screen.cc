#include "tools/image_explore/screen.h"

#include <curses.h>
#include <poll.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

// term.h defines macros with common names: "columns", "lines", "tab".
#include <clocale>
#include <cstdlib>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "lib/base/characters.h"
#include "lib/base/printable.h"

namespace rules_dockerfile {
namespace {

attr_t AttributesOf(Ink ink) {
  const bool has_colors = ::has_colors();
  const auto color = [&](int pair, attr_t otherwise) -> attr_t {
    return has_colors ? static_cast<attr_t>(COLOR_PAIR(pair)) : otherwise;
  };
  switch (ink) {
    case Ink::kPlain:
      return A_NORMAL;
    case Ink::kQuiet:
      return A_DIM;
    case Ink::kTitle:
      return A_BOLD;
    case Ink::kAdded:
      return color(1, A_NORMAL);
    case Ink::kChanged:
      return color(2, A_BOLD);
    case Ink::kRemoved:
      return color(3, A_DIM);
    case Ink::kBar:
      return A_REVERSE;
  }
  return A_NORMAL;
}

void StartColors() {
  if (!has_colors()) return;
  start_color();
  use_default_colors();
  init_pair(1, COLOR_GREEN, -1);
  init_pair(2, COLOR_YELLOW, -1);
  init_pair(3, COLOR_RED, -1);
}

// The columns of a character; -1 for one that cannot be shown in a cell.
int CellsOf(const CodePoint& point) {
  if (!point.valid) return -1;
  if (MB_CUR_MAX == 1 && point.value >= 0x80) return -1;
  const int cells = wcwidth(static_cast<wchar_t>(point.value));
  // What has no width, such as a character that joins others, would make what
  // follows stand elsewhere than ncurses believes.
  return cells > 0 ? cells : -1;
}

// Waits for a key, as get_wch() does; ERR at the end of input. ncurses looks
// whether the terminal has a new size before it waits, and misses a signal that
// comes between the two. So it is asked each second.
int WaitForKey(wint_t* key) {
  timeout(0);
  int without_key = 0;
  while (true) {
    const int kind = get_wch(key);
    if (kind != ERR) return kind;
    // Once may be the first byte of a character.
    if (without_key == 2) return ERR;
    pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&input, 1, 1000) > 0) ++without_key;
  }
}

}  // namespace

absl::Status Screen::Open() {
  if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
  }
  int error = 0;
  if (setupterm(nullptr, STDOUT_FILENO, &error) == ERR) {
    const char* const term = std::getenv("TERM");
    return absl::FailedPreconditionError(absl::StrCat(
        "terminal \"", PrintableText(term == nullptr ? "" : term),
        error == 1 ? "\" cannot show a full screen" : "\" is unknown",
        "\nhint: set TERM to a name that the host's terminfo has, such as "
        "xterm, or use --text"));
  }
  if (newterm(nullptr, stdout, stdin) == nullptr) {
    return absl::FailedPreconditionError(
        "the terminal cannot show a full screen\nhint: use --text");
  }
  StartColors();
  cbreak();
  noecho();
  keypad(stdscr, TRUE);
  set_escdelay(25);
  curs_set(0);
  return absl::OkStatus();
}

void Screen::Close() { endwin(); }

int Screen::height() { return getmaxy(stdscr); }
int Screen::width() { return getmaxx(stdscr); }

void Screen::Clear() { erase(); }

int Screen::Write(int y, int x, int width, absl::string_view text, Ink ink,
                  bool is_selected, bool fill) {
  const attr_t attributes =
      AttributesOf(ink) | (is_selected ? A_REVERSE : A_NORMAL);
  attrset(static_cast<int>(attributes));
  int used = 0;
  std::string shown;
  while (!text.empty()) {
    const CodePoint next = DecodeCodePoint(text);
    const int cells = CellsOf(next);
    const int needed = cells < 0 ? 1 : cells;
    if (used + needed > width) break;
    if (cells < 0) {
      shown += '?';
    } else {
      shown.append(text.substr(0, next.width));
    }
    used += needed;
    text.remove_prefix(next.width);
  }
  if (fill && used < width) shown.append(width - used, ' ');
  if (width > 0) mvaddstr(y, x, shown.c_str());
  attrset(A_NORMAL);
  return used;
}

void Screen::Frame(const Area& area, absl::string_view title, bool is_active) {
  const attr_t attributes = is_active ? A_BOLD : A_DIM;
  attrset(static_cast<int>(attributes));
  mvhline(area.top, area.left, 0, area.width);
  attrset(A_NORMAL);
  Write(area.top, area.left + 2, area.width - 4, absl::StrCat(" ", title, " "),
        is_active ? Ink::kBar : Ink::kTitle);
}

void Screen::Refresh() { refresh(); }

void Screen::Redraw() { clearok(curscr, TRUE); }

int Screen::ReadKey() {
  wint_t key = 0;
  const int kind = WaitForKey(&key);
  if (kind == ERR) return 'q';  // the end of input
  if (kind != KEY_CODE_YES) {
    return key == 127 || key == 8 ? static_cast<int>(kKeyBackspace)
                                  : static_cast<int>(key);
  }
  switch (key) {
    case KEY_UP:
      return kKeyUp;
    case KEY_DOWN:
      return kKeyDown;
    case KEY_LEFT:
      return kKeyLeft;
    case KEY_RIGHT:
      return kKeyRight;
    case KEY_PPAGE:
      return kKeyPageUp;
    case KEY_NPAGE:
      return kKeyPageDown;
    case KEY_HOME:
      return kKeyHome;
    case KEY_END:
      return kKeyEnd;
    case KEY_BACKSPACE:
      return kKeyBackspace;
    case KEY_ENTER:
      return '\n';
    case KEY_BTAB:
      return '\t';
    case KEY_RESIZE:
      return kKeyResize;
    default:
      return kKeyNone;
  }
}

}  // namespace rules_dockerfile
