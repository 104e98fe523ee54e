#ifndef LIB_CONTAINER_RAW_TERMINAL_H_
#define LIB_CONTAINER_RAW_TERMINAL_H_

#include <termios.h>

#include <optional>

namespace rules_dockerfile {

// A terminal that passes on every key unchanged and without echo while this
// object lives; after it, it is as it was.
class RawTerminal {
 public:
  explicit RawTerminal(int fd);
  RawTerminal(const RawTerminal&) = delete;
  ~RawTerminal() { Restore(); }

  void Restore() const;

 private:
  int fd_;
  std::optional<termios> modes_;  // none if `fd` is not a terminal
};

}  // namespace rules_dockerfile

#endif  // LIB_CONTAINER_RAW_TERMINAL_H_
