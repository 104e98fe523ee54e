#ifndef TOOLS_IMAGE_EXPLORE_SCREEN_H_
#define TOOLS_IMAGE_EXPLORE_SCREEN_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {

// Colours of texts. Without colours in the terminal all are plain, and bold or
// reverse where that tells something.
enum class Ink { kPlain, kQuiet, kTitle, kAdded, kChanged, kRemoved, kBar };

// A rectangle of the screen, in cells.
struct Area {
  int top = 0;
  int left = 0;
  int height = 0;
  int width = 0;
};

// What a user did: a key, of these or a character.
enum Key : int {
  kKeyNone = 0,
  kKeyUp = 0x110000,  // above all characters
  kKeyDown,
  kKeyLeft,
  kKeyRight,
  kKeyPageUp,
  kKeyPageDown,
  kKeyHome,
  kKeyEnd,
  kKeyBackspace,
  kKeyResize,
};

// The full screen of a terminal, through ncurses. One at a time.
class Screen {
 public:
  // FailedPrecondition if the terminal is unknown.
  static absl::Status Open();
  // Gives the terminal back as it was.
  static void Close();

  static int height();
  static int width();

  static void Clear();
  // Writes printable text, cut to `width` columns, where characters have the
  // width that the C library says; what has none is `?`. The rest of the width
  // is filled if `fill`. Returns the columns that the text took.
  static int Write(int y, int x, int width, absl::string_view text, Ink ink,
                   bool is_selected = false, bool fill = false);
  // A frame with a title, drawn brighter if it has the keyboard.
  static void Frame(const Area& area, absl::string_view title, bool is_active);
  static void Refresh();
  // Draws everything again at the next Refresh(): the screen was overwritten.
  static void Redraw();

  // Waits for a key. The end of input is the key 'q'.
  static int ReadKey();
};

}  // namespace rules_dockerfile

#endif  // TOOLS_IMAGE_EXPLORE_SCREEN_H_
