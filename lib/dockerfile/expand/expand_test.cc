#include "lib/dockerfile/expand/expand.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/go_quote.h"
#include "lib/dockerfile/expand/shell_word.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::vector<std::string>& Environment() {
  static const auto& environment =
      *new std::vector<std::string>{"A=one",
                                    "EMPTY=",
                                    "FILE=a/b.tar.gz",
                                    "PORTS=80 443/udp",
                                    "GR\xc3\xbc=umlaut",
                                    "STAR=a*b*c",
                                    "MULTI=x\ny",
                                    "UTF=\xc3\xa4\xc3\xb6"};
  return environment;
}

std::string Expanded(absl::string_view word, const ExpandOptions& options) {
  const absl::StatusOr<Expansion> result =
      ExpandWord(word, LookupIn(Environment()), options);
  return result.ok() ? result->text
                     : absl::StrCat("error: ", result.status().message());
}

struct WordCase {
  const char* name;
  std::string word;
  std::string want;  // "error: …" if it fails
  ExpandOptions options = {};
};

class ExpandWordTest : public testing::TestWithParam<WordCase> {};

TEST_P(ExpandWordTest, ReturnsTextOrError) {
  EXPECT_EQ(Expanded(GetParam().word, GetParam().options), GetParam().want);
}

std::string NameOf(const testing::TestParamInfo<WordCase>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Quotes, ExpandWordTest,
    testing::ValuesIn(std::vector<WordCase>{
        {"Plain", "a b", "a b"},
        {"Empty", "", ""},
        {"SingleQuotesAreLiteral", R"('$A \x "y"')", R"($A \x "y")"},
        {"SingleQuoteOpen", "a'b",
         R"(error: failed to process "a'b": unexpected end of statement while )"
         "looking for matching single-quote"},
        {"DoubleQuotesExpand", R"("$A 'x'")", "one 'x'"},
        {"DoubleQuotesEscapeThree", R"("\"\$\\")", R"("$\)"},
        {"DoubleQuotesKeepOtherEscapes", R"("\a\'")", R"(\a\')"},
        {"DoubleQuoteOpen", "\"b",
         R"(error: failed to process "\"b": unexpected end of statement while )"
         "looking for matching double-quote"},
        {"DoubleQuoteEndsInEscape", "\"b\\",
         R"(error: failed to process "\"b\\": unexpected end of statement )"
         "while looking for matching double-quote"},
        {"EscapeAnyCharacter", R"(\a\ \$A\'\")", R"(a $A'")"},
        {"EscapeAtEndVanishes", "a\\", "a"},
        {"AdjacentQuotes", R"("x"y'z')", "xyz"},
        {"Backtick", "`$A\\", "$A\\", {.escape = '`'}},
        {"BacktickInQuotes", "\"`\"`$``\\x\"", "\"$`\\x", {.escape = '`'}},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Names, ExpandWordTest,
    testing::ValuesIn(std::vector<WordCase>{
        {"Simple", "x$A.y", "xone.y"},
        {"Longest", "$AB", ""},
        {"Underscore", "$A_", ""},
        {"UnicodeLetters", "$GR\xc3\xbc!", "umlaut!"},
        {"Digits", "$12a", "a"},
        {"DollarDollar", "$$A", "A"},
        {"SpecialParameters", "$@$*$#$?$-$!$0.", "."},
        {"DollarAlone", "$ $. $", "$ $. $"},
        {"Unset", "[$NOPE]", "[]"},
        {"Braces", "${A}b", "oneb"},
        {"BracesUnset", "${NOPE}b", "b"},
        {"BadSubstitutionEmpty", "${}",
         R"(error: failed to process "${}": syntax error: bad substitution)"},
        {"BadSubstitutionColon", "${:x}",
         R"(error: failed to process "${:x}": syntax error: bad substitution)"},
        {"BadSubstitutionBrace", "${{A}}",
         R"(error: failed to process "${{A}}": syntax error: bad )"
         "substitution"},
        {"MissingBrace", "${A",
         "error: failed to process \"${A\": unsupported modifier "
         "(\xef\xbf\xbd) in substitution"},
        {"EndsAfterAColon", "${A:",
         R"(error: failed to process "${A:": syntax error: missing '}')"},
        {"EndsAfterAColonAndALetter", "${A:x",
         R"(error: failed to process "${A:x": syntax error: missing '}')"},
        {"MissingAll", "${",
         R"(error: failed to process "${": syntax error: missing '}')"},
        {"Command", "$(id) `id`", "$(id) `id`"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Operators, ExpandWordTest,
    testing::ValuesIn(std::vector<WordCase>{
        {"DefaultUnset", "${NOPE-d}", "d"},
        {"DefaultEmptyIsSet", "${EMPTY-d}", ""},
        {"DefaultColonEmpty", "${EMPTY:-d}", "d"},
        {"DefaultSet", "${A:-d}${A-d}", "oneone"},
        {"LongDefault", "${NOPE:-/a/default/of/a/long/name/${NADA-and/more}}",
         "/a/default/of/a/long/name/and/more"},
        {"LongReason", "${NOPE?this is not here, and the build needs it}",
         R"(error: failed to process "${NOPE?this is not here, and the build )"
         R"(needs it}": NOPE: this is not here, and the build needs it)"},
        {"AlternateUnset", "${NOPE+a}", ""},
        {"AlternateEmptyIsSet", "${EMPTY+a}", "a"},
        {"AlternateColonEmpty", "${EMPTY:+a}", ""},
        {"AlternateSet", "${A:+a}", "a"},
        {"RequiredSet", "${A:?no}${A?no}${EMPTY?no}", "oneone"},
        {"RequiredUnset", "${NOPE?gone away}",
         R"(error: failed to process "${NOPE?gone away}": NOPE: gone away)"},
        {"RequiredUnsetDefaultText", "${NOPE?}",
         R"(error: failed to process "${NOPE?}": NOPE: is not allowed to be )"
         "unset"},
        {"RequiredEmptyDefaultText", "${EMPTY:?}",
         R"(error: failed to process "${EMPTY:?}": EMPTY: is not allowed to )"
         "be empty"},
        {"Assign", "${A:=x}",
         R"(error: failed to process "${A:=x}": unsupported modifier (:=) in )"
         "substitution"},
        {"AssignWithoutColon", "${A=x}",
         R"(error: failed to process "${A=x}": unsupported modifier (=) in )"
         "substitution"},
        {"ColonHash", "${A:#x}",
         R"(error: failed to process "${A:#x}": unsupported modifier (:#) in )"
         "substitution"},
        {"Nested", "${NOPE:-${NADA:-$A}}", "one"},
        {"OperandQuotes", R"(${NOPE:-"a } b"})", "a } b"},
        {"OperandBlanks", "${NOPE:-a b}", "a b"},
        {"OperandOpen", "${NOPE:-a",
         R"(error: failed to process "${NOPE:-a": syntax error: missing '}')"},
        {"PrefixShortest", "${FILE#*.}", "tar.gz"},
        {"PrefixLongest", "${FILE##*.}", "gz"},
        {"SuffixShortest", "${FILE%.*}", "a/b.tar"},
        {"SuffixLongest", "${FILE%%.*}", "a/b"},
        {"PrefixNoMatch", "${FILE#x}", "a/b.tar.gz"},
        {"QuestionMark", "${A#?}${A%?}", "neon"},
        {"QuestionMarkIsACharacter", "${UTF#?}", "\xc3\xb6"},
        {"SuffixOfCharacters", "${UTF%?}", "\xc3\xa4"},
        {"EscapedStar", R"(${STAR#a\*})", "b*c"},
        {"SuffixEscapedStar", R"(${STAR%\*c})", "a*b"},
        {"NoBrackets", "${A#[o]}", "one"},
        {"StarStopsAtLineEnd", "${MULTI##*}", "\ny"},
        {"PatternFromVariable", "${FILE%${NOPE:-.gz}}", "a/b.tar"},
        {"InvalidEscape", R"(${A#\o})",
         R"(error: failed to process "${A#\\o}": invalid pattern (\o) in )"
         R"(substitution: invalid escape '\o')"},
        {"ReplaceFirst", "${FILE/a/X}", "X/b.tar.gz"},
        {"ReplaceAll", "${FILE//a/X}", "X/b.tXr.gz"},
        {"ReplaceWithNothing", "${FILE/.gz/}", "a/b.tar"},
        {"ReplaceEscapedSlash", R"(${FILE/\//-})", "a-b.tar.gz"},
        {"ReplaceGreedy", "${FILE/.*/}", "a/b"},
        {"ReplaceIsLiteral", "${A/n/\\$1}", "o\\$1e"},
        {"ReplaceAllIsLiteral", "${A//n/'$1'}", "o$1e"},
        {"ReplaceNotAnchored", "${A/#o/x}", "one"},
        {"ReplaceMissingSlash", "${A/o}",
         R"(error: failed to process "${A/o}": syntax error: missing '/' in )"
         "${}"},
        {"ReplaceMissingBrace", "${A/o/x",
         R"(error: failed to process "${A/o/x": syntax error: missing '}')"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    HeredocBodies, ExpandWordTest,
    testing::ValuesIn(std::vector<WordCase>{
        {"QuotesArePlain",
         "'$A' \"${A}\"\n",
         "'one' \"one\"\n",
         {.process_quotes = false}},
        {"EscapesGo", R"(\$A \\ \x)", R"($A \ x)", {.process_quotes = false}},
        {"BackslashNewline", "a\\\nb", "a\nb", {.process_quotes = false}},
    }),
    NameOf);

TEST(ExpandWord, RecordsUnsetNamesOnceInOrder) {
  EXPECT_THAT(
      ExpandWord("$X ${Y:-d} $X $A", LookupIn(Environment())),
      IsOkAndHolds(Expansion{.text = " d  one", .undefined = {"X", "Y"}}));
}

TEST(ExpandWord, RefusesUnlimitedNesting) {
  std::string word;
  for (int i = 0; i < 100000; ++i) word += "${X:-";
  EXPECT_THAT(
      ExpandWord(word, LookupIn({})),
      StatusIs(absl::StatusCode::kInvalidArgument,
               testing::HasSubstr("substitutions are nested too deeply")));
}

TEST(ExpandWord, NestsDeep) {
  std::string word = "x";
  for (int i = 0; i < 280; ++i) word = absl::StrCat("${X:-", word, "}");
  EXPECT_EQ(Expanded(word, {}), "x");
}

TEST(ExpandWord, LimitsTheSizeOfVariables) {
  const std::string half(kMaxExpandedSize / 2, 'x');
  const std::vector<std::string> environment = {
      absl::StrCat("H=", half), "K=" + std::string(2048, 'k'), "O=o"};
  const VariableLookup lookup = LookupIn(environment);
  EXPECT_THAT(ExpandWord("$H${H}", lookup),
              IsOkAndHolds(Expansion{.text = half + half}));
  for (const char* word :
       {"$H$H$O", "'a'\"$H$H$O\"", "${O:+$H$H$O}", "${H}${NO:-$H$O}",
        // One match per character, and each becomes as long as the value.
        "${K//k/$K}", "${O+${K//?/$K}"}) {
    EXPECT_THAT(ExpandWord(word, lookup),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         absl::StrCat("failed to process ", GoQuote(word),
                                      ": variables expand to more than 1048576 "
                                      "bytes")))
        << word;
  }
  EXPECT_THAT(
      ExpandWords("$H$H$O", lookup),
      StatusIs(absl::StatusCode::kInvalidArgument,
               "failed to process \"$H$H$O\": variables expand to more than "
               "1048576 bytes"));
}

TEST(LookupIn, TakesTheLastEntryOfAName) {
  const std::vector<std::string> environment = {"A=1", "AB=2", "A=3", "C"};
  EXPECT_EQ(LookupIn(environment)("A"), "3");
  EXPECT_EQ(LookupIn(environment)("C"), std::nullopt);
}

std::vector<std::string> Words(absl::string_view word) {
  const absl::StatusOr<WordsExpansion> result =
      ExpandWords(word, LookupIn(Environment()));
  if (!result.ok()) return {std::string(result.status().message())};
  return result->words;
}

TEST(ExpandWords, SplitsUnquotedValues) {
  EXPECT_THAT(Words("$PORTS"), ElementsAre("80", "443/udp"));
  EXPECT_THAT(Words("1$PORTS"), ElementsAre("180", "443/udp"));
}

TEST(ExpandWords, KeepsQuotedValuesWhole) {
  EXPECT_THAT(Words("\"$PORTS\""), ElementsAre("80 443/udp"));
}

TEST(ExpandWords, DropsEmptyWords) {
  EXPECT_THAT(Words("$EMPTY"), IsEmpty());
  EXPECT_THAT(Words("''"), IsEmpty());
}

// The frontend loses the text before a nested word here; we do not.
TEST(ExpandWords, KeepsTextBeforeNestedWord) {
  EXPECT_THAT(Words("80${NOPE:-81}"), ElementsAre("8081"));
}

}  // namespace
}  // namespace rules_dockerfile
