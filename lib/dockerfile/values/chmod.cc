#include "lib/dockerfile/values/chmod.h"

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace rules_dockerfile {
namespace {

constexpr uint32_t kRead = 0444;
constexpr uint32_t kWrite = 0222;
constexpr uint32_t kExecute = 0111;
constexpr uint32_t kSetId = 06000;
constexpr uint32_t kSticky = 01000;
constexpr uint32_t kUser = 04700;
constexpr uint32_t kGroup = 02070;
constexpr uint32_t kOther = 0007;

std::optional<uint32_t> ParseOctal(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  uint32_t value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '7' || value > 07777) return std::nullopt;
    value = value * 8 + static_cast<uint32_t>(digit - '0');
  }
  if (value > 07777) return std::nullopt;
  return value;
}

// The bits of "u", "g", "o" or "a"; 0 for other characters.
uint32_t ClassBits(char c) {
  switch (c) {
    case 'u':
      return kUser;
    case 'g':
      return kGroup;
    case 'o':
      return kOther;
    case 'a':
      return kUser | kGroup | kOther;
    default:
      return 0;
  }
}

// The permissions of class `c` in `mode`, given to all classes.
uint32_t CopyOf(char c, uint32_t mode) {
  const uint32_t digit = c == 'u' ? mode >> 6 : c == 'g' ? mode >> 3 : mode;
  return (digit & 7) * 0111;
}

}  // namespace

uint32_t Chmod::Apply(uint32_t mode, bool is_directory) const {
  if (octal_.has_value()) return *octal_;
  uint32_t changed = mode;
  for (const Change& change : changes_) {
    changed = ApplyChange(change, mode, changed, is_directory);
  }
  return changed;
}

uint32_t Chmod::ApplyChange(const Change& change, uint32_t original,
                            uint32_t mode, bool is_directory) {
  uint32_t bits = change.bits;
  if (change.execute_if && (is_directory || (original & kExecute) != 0)) {
    bits |= kExecute;
  }
  if (change.copy != '\0') bits |= CopyOf(change.copy, mode);
  bits &= change.who;
  switch (change.operation) {
    case '+':
      return mode | bits;
    case '-':
      return mode & ~bits;
    default:
      return (mode & ~change.who) | bits;
  }
}

// Adds "r", "X" or "u"; false for another letter.
bool Chmod::AddPermission(char letter, Change& change) {
  switch (letter) {
    case 'r':
      change.bits |= kRead;
      return true;
    case 'w':
      change.bits |= kWrite;
      return true;
    case 'x':
      change.bits |= kExecute;
      return true;
    case 'X':
      change.execute_if = true;
      return true;
    case 's':
      change.bits |= kSetId;
      return true;
    case 't':
      // Others have no sticky bit; everyone else's is the same.
      change.bits |= kSticky;
      if (change.who != kOther) change.who |= kSticky;
      return true;
    case 'u':
    case 'g':
    case 'o':
      change.copy = letter;
      return true;
    default:
      return false;
  }
}

// Removes "+rw", "=X" or "-u" from the front of `clause`; false if it is
// malformed.
bool Chmod::TakeChange(absl::string_view& clause, Change& change) {
  const auto is_operation = [](char c) {
    return c == '+' || c == '-' || c == '=';
  };
  if (clause.empty() || !is_operation(clause.front())) return false;
  change.operation = clause.front();
  clause.remove_prefix(1);
  for (; !clause.empty() && !is_operation(clause.front());
       clause.remove_prefix(1)) {
    if (!AddPermission(clause.front(), change)) return false;
  }
  return true;
}

absl::StatusOr<Chmod> ParseChmod(absl::string_view text) {
  Chmod chmod;
  if (text.empty() || absl::ascii_isdigit(text.front())) {
    chmod.octal_ = ParseOctal(text);
    if (chmod.octal_.has_value()) return chmod;
    return absl::InvalidArgumentError(
        absl::StrCat("invalid chmod parameter: '", text,
                     "'. it should be octal string and between 0 and 07777"));
  }
  for (absl::string_view clause : absl::StrSplit(text, ',')) {
    uint32_t who = 0;
    while (!clause.empty() && ClassBits(clause.front()) != 0) {
      who |= ClassBits(clause.front());
      clause.remove_prefix(1);
    }
    do {
      Chmod::Change change = {.who = who == 0 ? ClassBits('a') : who};
      if (!Chmod::TakeChange(clause, change)) {
        return absl::InvalidArgumentError(absl::StrCat(
            "invalid chmod parameter: '", text, "': invalid syntax"));
      }
      chmod.changes_.push_back(change);
    } while (!clause.empty());
  }
  return chmod;
}

}  // namespace rules_dockerfile
