#include "lib/dockerfile/expand/shell_word.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_macros.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/base/characters.h"
#include "lib/dockerfile/expand/shell_pattern.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr int kMaxDepth = 300;
constexpr absl::string_view kReplacementCharacter = "\xef\xbf\xbd";

absl::Status SyntaxError(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("syntax error: ", what));
}

absl::Status UnsupportedModifier(absl::string_view modifier) {
  return absl::InvalidArgumentError(
      absl::StrCat("unsupported modifier (", modifier, ") in substitution"));
}

// Collects words while text is read.
class WordList {
 public:
  // Text that belongs to a word, white space included.
  void AddQuoted(absl::string_view text) { word_ += text; }

  // Text in which white space ends a word.
  void AddUnquoted(absl::string_view text) {
    while (!text.empty()) {
      const CodePoint next = DecodeCodePoint(text);
      if (IsSpace(next.value)) {
        EndWord();
      } else {
        word_ += text.substr(0, next.width);
      }
      text.remove_prefix(next.width);
    }
  }

  std::vector<std::string> Take() {
    EndWord();
    return std::move(words_);
  }

 private:
  void EndWord() {
    if (word_.empty()) return;
    words_.push_back(std::move(word_));
    word_.clear();
  }

  std::string word_;
  std::vector<std::string> words_;
};

// Reads one text from left to right. `rest_` is what has not been read.
class ShellWordReader {
 public:
  ShellWordReader(absl::string_view text, const VariableLookup& lookup,
                  const ShellWordOptions& options)
      : rest_(text), lookup_(lookup), options_(options) {}

  absl::StatusOr<ShellWordResult> ReadAll() {
    ShellWordResult result;
    WordList words;
    absl::StatusOr<std::string> text =
        ReadUntil(std::nullopt, options_.keep_escapes, &words);
    // It may look like a syntax error around it.
    if (expanded_size_ > kMaxExpandedSize) return TooLarge();
    ABSL_ASSIGN_OR_RETURN(result.text, std::move(text));
    result.words = words.Take();
    result.undefined = std::move(undefined_);
    return result;
  }

 private:
  struct Piece {
    std::string text;
    bool quoted;  // white space in it ends no word
  };

  // Reads up to and with `stop`; nullopt reads to the end.
  absl::StatusOr<std::string> ReadUntil(std::optional<char> stop,
                                        bool keep_escapes, WordList* words);
  // A variable, a quoted text, or a character.
  absl::StatusOr<Piece> ReadPiece(bool keep_escapes);
  absl::StatusOr<std::string> ReadSingleQuoted();
  absl::StatusOr<std::string> ReadDoubleQuoted(bool keep_escapes);
  absl::StatusOr<std::string> ReadDollar();
  absl::StatusOr<std::string> ReadBraces();
  absl::StatusOr<std::string> ReadModifier(absl::string_view name);
  absl::StatusOr<std::string> ReadReplacement(absl::string_view name);
  absl::StatusOr<std::string> Modify(absl::string_view name,
                                     absl::string_view modifier,
                                     absl::string_view word);
  // The operand that ends at `stop`.
  absl::StatusOr<std::string> ReadOperand(char stop, bool keep_escapes,
                                          absl::string_view missing);

  // ReadDollar() without its limit.
  absl::StatusOr<std::string> ReadVariable();
  static absl::Status TooLarge();

  std::string ReadName();
  std::string ReadCharacter();
  std::string ReadSpace();
  std::optional<std::string> Lookup(absl::string_view name);
  bool At(char c) const { return !rest_.empty() && rest_[0] == c; }

  absl::string_view rest_;
  const VariableLookup& lookup_;
  const ShellWordOptions& options_;
  std::vector<std::string> undefined_;
  int depth_ = 0;
  int64_t expanded_size_ = 0;  // of all that variables gave
};

std::string ShellWordReader::ReadCharacter() {
  const size_t width = DecodeCodePoint(rest_).width;
  std::string character(rest_.substr(0, width));
  rest_.remove_prefix(width);
  return character;
}

std::string ShellWordReader::ReadSpace() {
  const absl::string_view trimmed = TrimLeadingSpace(rest_);
  std::string space(rest_.substr(0, rest_.size() - trimmed.size()));
  rest_ = trimmed;
  return space;
}

absl::StatusOr<ShellWordReader::Piece> ShellWordReader::ReadPiece(
    bool keep_escapes) {
  if (At('$')) {
    ABSL_ASSIGN_OR_RETURN(std::string value, ReadDollar());
    return Piece{std::move(value), /*quoted=*/false};
  }
  if (options_.process_quotes && At('\'')) {
    ABSL_ASSIGN_OR_RETURN(std::string text, ReadSingleQuoted());
    return Piece{std::move(text), /*quoted=*/true};
  }
  if (options_.process_quotes && At('"')) {
    ABSL_ASSIGN_OR_RETURN(std::string text, ReadDoubleQuoted(keep_escapes));
    return Piece{std::move(text), /*quoted=*/true};
  }
  if (At(options_.escape)) {
    const std::string escape = ReadCharacter();
    const std::string character = ReadCharacter();
    return Piece{keep_escapes ? escape + character : character,
                 /*quoted=*/true};
  }
  if (options_.join_heredocs && absl::ConsumePrefix(&rest_, "<<")) {
    return Piece{absl::StrCat("<<", ReadSpace()), /*quoted=*/true};
  }
  return Piece{ReadCharacter(), /*quoted=*/false};
}

absl::StatusOr<std::string> ShellWordReader::ReadUntil(std::optional<char> stop,
                                                       bool keep_escapes,
                                                       WordList* words) {
  std::string text;
  while (!rest_.empty()) {
    if (stop && At(*stop)) {
      rest_.remove_prefix(1);
      return text;
    }
    ABSL_ASSIGN_OR_RETURN(const Piece piece, ReadPiece(keep_escapes));
    text += piece.text;
    if (words == nullptr) continue;
    if (piece.quoted) {
      words->AddQuoted(piece.text);
    } else {
      words->AddUnquoted(piece.text);
    }
  }
  if (stop) {
    return absl::InvalidArgumentError(
        absl::StrCat("unexpected end of statement while looking for matching ",
                     std::string(1, *stop)));
  }
  return text;
}

absl::StatusOr<std::string> ShellWordReader::ReadSingleQuoted() {
  const size_t end = rest_.find('\'', 1);
  if (end == absl::string_view::npos) {
    rest_ = "";
    return absl::InvalidArgumentError(
        "unexpected end of statement while looking for matching single-quote");
  }
  const absl::string_view with_quotes = rest_.substr(0, end + 1);
  rest_.remove_prefix(with_quotes.size());
  if (options_.keep_quotes) return std::string(with_quotes);
  return std::string(with_quotes.substr(1, with_quotes.size() - 2));
}

absl::StatusOr<std::string> ShellWordReader::ReadDoubleQuoted(
    bool keep_escapes) {
  rest_.remove_prefix(1);
  std::string text = options_.keep_quotes ? "\"" : "";
  while (!rest_.empty()) {
    if (At('"')) {
      rest_.remove_prefix(1);
      if (options_.keep_quotes) text += '"';
      return text;
    }
    if (At('$')) {
      ABSL_ASSIGN_OR_RETURN(const std::string value, ReadDollar());
      text += value;
    } else if (At(options_.escape)) {
      const std::string escape = ReadCharacter();
      if (keep_escapes) text += escape;
      if (rest_.empty()) break;
      const bool escapable = At('"') || At('$') || At(options_.escape);
      text += escapable ? ReadCharacter() : escape;
    } else {
      text += ReadCharacter();
    }
  }
  return absl::InvalidArgumentError(
      "unexpected end of statement while looking for matching double-quote");
}

// A name, a run of digits, or one special parameter; "" if none follows.
std::string ShellWordReader::ReadName() {
  static const RE2& name_pattern =
      *new RE2(R"((\p{Nd}+|[@*#?\-$!0]|[\pL_][\pL\p{Nd}_]*))");
  std::string name;
  RE2::Consume(&rest_, name_pattern, &name);
  return name;
}

std::optional<std::string> ShellWordReader::Lookup(absl::string_view name) {
  std::optional<std::string> value = lookup_(name);
  if (!value && std::find(undefined_.begin(), undefined_.end(), name) ==
                    undefined_.end()) {
    undefined_.emplace_back(name);
  }
  return value;
}

absl::Status ShellWordReader::TooLarge() {
  return absl::InvalidArgumentError(absl::StrCat(
      "variables expand to more than ", kMaxExpandedSize, " bytes"));
}

absl::StatusOr<std::string> ShellWordReader::ReadDollar() {
  absl::StatusOr<std::string> value = ReadVariable();
  if (value.ok()) expanded_size_ += static_cast<int64_t>(value->size());
  if (expanded_size_ > kMaxExpandedSize) return TooLarge();
  return value;
}

absl::StatusOr<std::string> ShellWordReader::ReadVariable() {
  rest_.remove_prefix(1);
  if (At('{')) {
    if (depth_ == kMaxDepth) {
      return SyntaxError("substitutions are nested too deeply");
    }
    ++depth_;
    absl::StatusOr<std::string> value = ReadBraces();
    --depth_;
    return value;
  }
  const std::string name = ReadName();
  if (name.empty()) return "$";
  const std::optional<std::string> value = Lookup(name);
  if (!value && options_.keep_unset) return absl::StrCat("$", name);
  return value.value_or("");
}

absl::StatusOr<std::string> ShellWordReader::ReadBraces() {
  rest_.remove_prefix(1);
  if (rest_.empty()) return SyntaxError("missing '}'");
  if (At('{') || At('}') || At(':')) return SyntaxError("bad substitution");
  const std::string name = ReadName();
  // The frontend reads the end of the word as a modifier.
  if (rest_.empty()) return UnsupportedModifier(kReplacementCharacter);
  if (At('/')) return ReadReplacement(name);
  if (!At('}')) return ReadModifier(name);
  rest_.remove_prefix(1);
  const std::optional<std::string> value = Lookup(name);
  if (!value && options_.keep_unset) return absl::StrCat("${", name, "}");
  return value.value_or("");
}

absl::StatusOr<std::string> ShellWordReader::ReadOperand(
    char stop, bool keep_escapes, absl::string_view missing) {
  absl::StatusOr<std::string> operand =
      ReadUntil(stop, keep_escapes, /*words=*/nullptr);
  if (!operand.ok() && rest_.empty()) return SyntaxError(missing);
  return operand;
}

// ${name:-word} and the like. `rest_` is at the modifier.
absl::StatusOr<std::string> ShellWordReader::ReadModifier(
    absl::string_view name) {
  std::string modifier = ReadCharacter();
  const bool has_colon = modifier == ":";
  if (has_colon) modifier += ReadCharacter();
  const absl::string_view symbol =
      has_colon ? absl::string_view(modifier).substr(1) : modifier;
  const bool is_pattern = symbol == "#" || symbol == "%";
  if (has_colon
          ? is_pattern
          : !is_pattern && symbol != "-" && symbol != "+" && symbol != "?") {
    return UnsupportedModifier(modifier);
  }
  ABSL_ASSIGN_OR_RETURN(const std::string word,
                        ReadOperand('}', is_pattern, "missing '}'"));
  if (!is_pattern && symbol != "-" && symbol != "+" && symbol != "?") {
    return UnsupportedModifier(modifier);
  }
  return Modify(name, modifier, word);
}

absl::StatusOr<std::string> ShellWordReader::Modify(absl::string_view name,
                                                    absl::string_view modifier,
                                                    absl::string_view word) {
  const std::optional<std::string> value = Lookup(name);
  if (!value && options_.keep_unset) {
    return absl::StrCat("${", name, modifier, word, "}");
  }
  const bool has_colon = modifier[0] == ':';
  const bool absent = !value || (has_colon && value->empty());
  const std::string set_value = value.value_or("");
  switch (modifier.back()) {
    case '-':
      return absent ? std::string(word) : set_value;
    case '+':
      return absent ? "" : std::string(word);
    case '?': {
      if (!absent) return set_value;
      const absl::string_view reason = !word.empty() ? word
                                       : value ? "is not allowed to be empty"
                                               : "is not allowed to be unset";
      return absl::InvalidArgumentError(absl::StrCat(name, ": ", reason));
    }
    default: {
      const bool longest = absl::StartsWith(word, modifier);
      const absl::string_view pattern = word.substr(longest ? 1 : 0);
      return modifier == "#" ? RemovePrefix(set_value, pattern, longest)
                             : RemoveSuffix(set_value, pattern, longest);
    }
  }
}

// ${name/pattern/text} and ${name//pattern/text}. `rest_` is at the slash.
absl::StatusOr<std::string> ShellWordReader::ReadReplacement(
    absl::string_view name) {
  rest_.remove_prefix(1);
  const bool all = At('/');
  if (all) rest_.remove_prefix(1);
  ABSL_ASSIGN_OR_RETURN(
      const std::string pattern,
      ReadOperand('/', /*keep_escapes=*/true, "missing '/' in ${}"));
  ABSL_ASSIGN_OR_RETURN(const std::string replacement,
                        ReadOperand('}', /*keep_escapes=*/true, "missing '}'"));
  const std::optional<std::string> value = Lookup(name);
  if (!value && options_.keep_unset) {
    return absl::StrCat("${", name, all ? "//" : "/", pattern, "/", replacement,
                        "}");
  }
  ABSL_ASSIGN_OR_RETURN(std::optional<std::string> replaced,
                        ReplaceMatches(value.value_or(""), pattern, replacement,
                                       all, kMaxExpandedSize));
  if (replaced.has_value()) return *std::move(replaced);
  expanded_size_ = kMaxExpandedSize + 1;
  return TooLarge();
}

}  // namespace

absl::StatusOr<ShellWordResult> ProcessShellWord(
    absl::string_view text, const VariableLookup& lookup,
    const ShellWordOptions& options) {
  return ShellWordReader(text, lookup, options).ReadAll();
}

}  // namespace rules_dockerfile
