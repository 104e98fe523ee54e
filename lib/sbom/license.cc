#include "lib/sbom/license.h"

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lib/digest/digest.h"
#include "re2/re2.h"

namespace rules_dockerfile {
namespace {

constexpr size_t kMaxText = 2000;  // a longer one is a licence, not its name
constexpr size_t kMaxWords = 4;    // a name of more words is a sentence
constexpr int kMaxDepth = 16;
constexpr size_t kMaxRef = 60;

bool IsOneOf(absl::string_view word,
             std::initializer_list<absl::string_view> words) {
  return absl::c_any_of(words, [&](absl::string_view other) {
    return absl::EqualsIgnoreCase(word, other);
  });
}

bool IsRef(absl::string_view id) {
  static const RE2& ref = *new RE2("LicenseRef-[A-Za-z0-9.-]+");
  return RE2::FullMatch(id, ref);
}

// "GPL-2+", "GPLv2", "LGPL-2.1+": the names of Debian's machine-readable
// copyright files (DEP-5, "Short name") and of Fedora before SPDX; "" for
// others.
std::string GnuLicense(absl::string_view name) {
  static const RE2& gnu =
      *new RE2("(?i)(A?GPL|LGPL|GFDL)(?:-|v)(\\d)(?:\\.(\\d))?(\\+?)");
  std::string kind, major, minor, later;
  if (!RE2::FullMatch(name, gnu, &kind, &major, &minor, &later)) return "";
  return absl::StrCat(absl::AsciiStrToUpper(kind), "-", major, ".",
                      minor.empty() ? "0" : minor,
                      later.empty() ? "-only" : "-or-later");
}

// The SPDX identifier of a name, "" if there is none.
std::string KnownLicense(absl::string_view name) {
  // SPDX keeps "GPL-2.0" and "GPL-2.0+" as deprecated identifiers.
  if (std::string gnu = GnuLicense(name); !SpdxLicenseId(gnu).empty()) {
    return gnu;
  }
  if (const absl::string_view id = SpdxLicenseId(name); !id.empty()) {
    return std::string(id);
  }
  if (IsRef(name)) return std::string(name);
  if (IsOneOf(name, {"Expat", "MIT License", "The MIT License"})) return "MIT";
  if (IsOneOf(name, {"ASL 2.0", "Apache 2.0", "Apache License 2.0",
                     "Apache License, Version 2.0"})) {
    return "Apache-2.0";
  }
  absl::string_view plain = name;
  if (!absl::ConsumeSuffix(&plain, "+") || SpdxLicenseId(plain).empty()) {
    return "";
  }
  return absl::StrCat(SpdxLicenseId(plain), "+");
}

// A LicenseRef for `text`, noted in `added` if it is not in `known`.
std::string RefOf(absl::string_view text, const LicenseRefs& known,
                  LicenseRefs& added) {
  std::string ref = "LicenseRef-";
  for (const char c : text.substr(0, kMaxRef)) {
    const bool plain =
        absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.';
    if (plain) {
      ref.push_back(c);
    } else if (c == '+') {
      ref += "plus";
    } else if (ref.back() != '-') {
      ref.push_back('-');
    }
  }
  while (ref.size() > 11 && ref.back() == '-') ref.pop_back();
  const auto is_other = [&](const LicenseRefs& refs) {
    const auto other = refs.find(ref);
    return other != refs.end() && other->second != text;
  };
  if (ref.size() == 11 || text.size() > kMaxRef || is_other(added) ||
      is_other(known)) {
    absl::StrAppend(&ref, ref.back() == '-' ? "" : "-",
                    DigestHex(DigestOf(text)).substr(0, 12));
  }
  if (!known.contains(ref)) added.emplace(ref, text);
  return ref;
}

License IdOf(std::string id) { return {.id = std::move(id)}; }

License Joined(License::Kind kind, std::vector<License> operands) {
  if (operands.size() == 1) return std::move(operands[0]);
  License joined = {.kind = kind};
  for (License& operand : operands) {
    if (operand.kind == kind) {
      for (License& inner : operand.operands) {
        joined.operands.push_back(std::move(inner));
      }
    } else {
      joined.operands.push_back(std::move(operand));
    }
  }
  return joined;
}

// Joined() of `license` and `operand`, whose operands stay where they are.
void Append(License::Kind kind, License operand, License& license) {
  if (license.kind != kind) {
    License joined = {.kind = kind};
    joined.operands.push_back(std::move(license));
    license = std::move(joined);
  }
  if (operand.kind != kind) {
    license.operands.push_back(std::move(operand));
    return;
  }
  for (License& inner : operand.operands) {
    license.operands.push_back(std::move(inner));
  }
}

// Reads an expression; fails where it is none, or a sentence. What `known` does
// not have of references it adds to `added`.
class LicenseParser {
 public:
  LicenseParser(absl::string_view text, const LicenseRefs& known,
                LicenseRefs& added)
      : known_(known), added_(added) {
    std::string spaced;
    for (const char c : text) {
      const bool alone = c == '(' || c == ')' || c == ',';
      absl::StrAppend(&spaced, alone ? " " : "", std::string(1, c),
                      alone ? " " : "");
    }
    words_ = absl::StrSplit(spaced, absl::ByAnyChar(" \t\r\n\v\f"),
                            absl::SkipEmpty());
  }

  std::optional<License> Parse() {
    std::optional<License> license = ParseCommas(0);
    if (at_ != words_.size()) return std::nullopt;
    return license;
  }

 private:
  absl::string_view Next() const {
    return at_ < words_.size() ? words_[at_] : absl::string_view();
  }
  bool Take(absl::string_view word) {
    if (!absl::EqualsIgnoreCase(Next(), word)) return false;
    ++at_;
    return true;
  }

  // DEP-5, "Syntax": a comma before "and" or "or" binds less than either.
  std::optional<License> ParseCommas(int depth) {
    std::optional<License> license = ParseChoice(depth);
    while (license.has_value() && Take(",")) {
      const bool is_choice = absl::EqualsIgnoreCase(Next(), "or");
      if (!is_choice) Take("and");
      if (is_choice) Take("or");
      std::optional<License> next = ParseChoice(depth);
      if (!next.has_value()) return std::nullopt;
      Append(is_choice ? License::Kind::kOr : License::Kind::kAnd,
             *std::move(next), *license);
    }
    return license;
  }

  std::optional<License> ParseChoice(int depth) {
    std::vector<License> operands;
    do {
      std::optional<License> operand = ParseAll(depth);
      if (!operand.has_value()) return std::nullopt;
      operands.push_back(*std::move(operand));
    } while (Take("or"));
    return Joined(License::Kind::kOr, std::move(operands));
  }

  std::optional<License> ParseAll(int depth) {
    std::vector<License> operands;
    do {
      std::optional<License> operand = ParseOne(depth);
      if (!operand.has_value()) return std::nullopt;
      operands.push_back(*std::move(operand));
    } while (Take("and"));
    return Joined(License::Kind::kAnd, std::move(operands));
  }

  std::optional<License> ParseOne(int depth) {
    if (Take("(")) {
      if (depth == kMaxDepth) return std::nullopt;
      std::optional<License> inner = ParseCommas(depth + 1);
      if (!Take(")")) return std::nullopt;
      return inner;
    }
    const std::optional<std::string> name = ParseName();
    if (!name.has_value()) return std::nullopt;
    const std::string known = KnownLicense(*name);
    if (IsRef(known) && !known_.contains(known)) added_.emplace(known, known);
    if (!Take("with")) {
      return IdOf(known.empty() ? RefOf(*name, known_, added_) : known);
    }
    const std::optional<std::string> exception = ParseName();
    if (!exception.has_value()) return std::nullopt;
    const absl::string_view exception_id = SpdxExceptionId(*exception);
    if (known.empty() || IsRef(known) || exception_id.empty()) {
      return IdOf(
          RefOf(absl::StrCat(*name, " with ", *exception), known_, added_));
    }
    return IdOf(absl::StrCat(known, " WITH ", exception_id));
  }

  std::optional<std::string> ParseName() {
    std::vector<absl::string_view> words;
    while (at_ < words_.size() &&
           !IsOneOf(Next(), {"and", "or", "with", "(", ")", ","})) {
      words.push_back(words_[at_++]);
    }
    if (words.empty() || words.size() > kMaxWords) return std::nullopt;
    return absl::StrJoin(words, " ");
  }

  const LicenseRefs& known_;
  LicenseRefs& added_;
  std::vector<std::string> words_;
  size_t at_ = 0;
};

}  // namespace

std::optional<License> NormalizedLicense(absl::string_view text,
                                         LicenseRefs& refs) {
  text = absl::StripAsciiWhitespace(text);
  if (text.empty() || IsOneOf(text, {"UNKNOWN", "NOASSERTION", "NONE"})) {
    return std::nullopt;
  }
  if (const std::string known = KnownLicense(text); !known.empty()) {
    if (IsRef(known)) refs.emplace(known, text);
    return IdOf(known);
  }
  if (text.size() <= kMaxText && !absl::StrContains(text, '\n')) {
    LicenseRefs added;
    std::optional<License> license = LicenseParser(text, refs, added).Parse();
    if (license.has_value()) {
      refs.merge(added);
      return license;
    }
  }
  return IdOf(RefOf(text.substr(0, kMaxText), refs, refs));
}

std::string LicenseText(const License& license) {
  if (license.kind == License::Kind::kId) return license.id;
  const bool is_and = license.kind == License::Kind::kAnd;
  return absl::StrJoin(
      license.operands, is_and ? " AND " : " OR ",
      [&](std::string* out, const License& operand) {
        const bool parentheses = is_and && operand.kind == License::Kind::kOr;
        absl::StrAppend(out, parentheses ? "(" : "", LicenseText(operand),
                        parentheses ? ")" : "");
      });
}

License ParseLicenseText(absl::string_view text) {
  const LicenseRefs known;
  LicenseRefs added;
  return LicenseParser(text, known, added)
      .Parse()
      .value_or(IdOf(std::string(text)));
}

std::optional<std::string> DeniedLicense(
    const License& license,
    absl::FunctionRef<bool(absl::string_view id)> is_denied) {
  if (license.kind == License::Kind::kId) {
    if (is_denied(license.id)) return license.id;
    return std::nullopt;
  }
  std::optional<std::string> first;
  for (const License& operand : license.operands) {
    std::optional<std::string> denied = DeniedLicense(operand, is_denied);
    if (license.kind == License::Kind::kAnd && denied.has_value()) {
      return denied;
    }
    if (license.kind == License::Kind::kOr && !denied.has_value()) {
      return std::nullopt;
    }
    if (!first.has_value()) first = std::move(denied);
  }
  return first;
}

}  // namespace rules_dockerfile
