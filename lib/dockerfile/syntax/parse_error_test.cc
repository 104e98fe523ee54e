// The messages of Dockerfiles that must not parse, in the words of BuildKit.
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/dockerfile/syntax/diagnostic.h"
#include "lib/dockerfile/syntax/dockerfile.h"
#include "lib/dockerfile/syntax/line_range.h"

namespace rules_dockerfile {
namespace {

// "lines 2-3: message" of a text that must not parse.
std::string ErrorOf(absl::string_view text) {
  const auto result = ParseDockerfile(text);
  const auto* error = std::get_if<Diagnostic>(&result);
  if (error == nullptr) return "parsed";
  std::string where;
  for (const LineRange& range : error->ranges) {
    absl::StrAppend(&where, range.first, "-", range.last, ": ");
  }
  return where + error->message;
}

struct ErrorCase {
  const char* name;
  std::string text;
  std::string want;
};

class ParseErrorTest : public testing::TestWithParam<ErrorCase> {};

TEST_P(ParseErrorTest, HasTheFrontendsMessage) {
  EXPECT_EQ(ErrorOf(GetParam().text), GetParam().want);
}

std::string NameOf(const testing::TestParamInfo<ErrorCase>& info) {
  return info.param.name;
}

// The text after a FROM on line 1.
std::string InStage(absl::string_view text) {
  return absl::StrCat("FROM a\n", text, "\n");
}

constexpr absl::string_view kLine2 = "2-2: dockerfile parse error on line 2: ";

std::string OnLine2(absl::string_view message) {
  return absl::StrCat(kLine2, message);
}

INSTANTIATE_TEST_SUITE_P(
    Files, ParseErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"Empty", "", "the Dockerfile cannot be empty"},
        {"OnlyComments", "# a\n\n  \n", "3-3: file with no instructions"},
        {"OnlyArg", "ARG A\nARG B\n",
         "2-2: dockerfile contains no stages to build"},
        {"InstructionBeforeFrom", "ARG A\nRUN x\nFROM a\n",
         "2-2: no build stage in current context"},
        {"UnknownInstruction", InStage("FOOBAR x"),
         OnLine2("unknown instruction: FOOBAR")},
        {"UnknownInstructionSuggestion", InStage("copi x"),
         OnLine2("unknown instruction: copi (did you mean copy?)")},
        {"UnknownBeforeFrom", "RUNN x\n",
         "1-1: dockerfile parse error on line 1: unknown instruction: RUNN "
         "(did you mean RUN?)"},
        {"LoneEscapeAtTheEnd", InStage("\\"), OnLine2("unknown instruction: ")},
        {"LoneEscapeAndComments", InStage(" \\ \n# b\n\n"),
         "2-5: dockerfile parse error on line 2: unknown instruction: "},
        {"LoneEscapeAlone", "\\",
         "1-1: dockerfile parse error on line 1: unknown instruction: "},
        {"LoneEscapeGoesOn", InStage("\\\n\nRUN x"), "parsed"},
        {"NbspDoesNotEndAKeyword", InStage("RUN\xc2\xa0x"),
         OnLine2("unknown instruction: RUN\xc2\xa0x")},
        {"LongLine", InStage("RUN " + std::string(65532, 'x')),
         "1-1: dockerfile line greater than max allowed size of 65535"},
        {"LongLineFirst", std::string(65536, 'x'),
         "0-0: file with no instructions"},
        {"UnterminatedHeredoc", InStage("RUN <<EOF\na\nEOF "),
         "2-4: unterminated heredoc"},
        {"RangeOfContinuation", InStage("FOOBAR \\\n\n# c\nx"),
         "2-5: dockerfile parse error on line 2: unknown instruction: FOOBAR"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Directives, ParseErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"Twice", "# escape=`\n#ESCAPE = \\\nFROM a",
         "2-2: only one escape parser directive can be used"},
        {"BadEscape", "# escape=x\nFROM a",
         "1-1: invalid escape token 'x' does not match ` or \\"},
        {"TwoEscapes", "# escape=``\nFROM a",
         "1-1: invalid escape token '``' does not match ` or \\"},
        {"AfterCommentIsComment", "# x\n# escape=x\nFROM a", "parsed"},
        {"AfterBlankIsComment", "\n# escape=x\nFROM a", "parsed"},
        {"AfterUnknownIsComment", "# unknown=1\n# escape=x\nFROM a", "parsed"},
        {"WithoutValueIsComment", "# escape=\n# escape=x\nFROM a", "parsed"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Flags, ParseErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"Unknown", InStage("COPY --form=x a b"),
         OnLine2("unknown flag: --form (did you mean from?)")},
        {"UnknownFar", InStage("RUN --nothing x"),
         OnLine2("unknown flag: --nothing")},
        {"CaseSensitive", InStage("COPY --From=x a b"),
         OnLine2("unknown flag: --From (did you mean from?)")},
        {"NoneKnown", InStage("ENV --x a=b"), OnLine2("unknown flag: --x")},
        {"MissingValue", InStage("COPY --from a b"),
         OnLine2("missing a value on flag: --from")},
        {"EmptyValue", InStage("COPY --chown= a b"), "parsed"},
        {"EmptyBool", InStage("COPY --link= a b"),
         OnLine2("missing a value on flag: --link")},
        {"BadBool", InStage("COPY --link=x a b"),
         OnLine2("expecting boolean value for flag --link, not: x")},
        {"BoolAnyCase", InStage("COPY --link=TRUE a b"), "parsed"},
        {"Duplicate", InStage("COPY --from=a --from=a a b"),
         OnLine2("duplicate flag specified: --from")},
        {"ListRepeats", InStage("COPY --exclude=a --exclude=b a b"), "parsed"},
        {"IgnoredByArg", InStage("ARG --x A"), "parsed"},
        {"IgnoredByStopsignal", InStage("STOPSIGNAL --x 9"), "parsed"},
        {"NotParsedForHealthcheckNone", InStage("HEALTHCHECK --x NONE"),
         "parsed"},
        {"AllStagesAreChecked", "FROM a\nFROM b\nRUN --x y\nFROM c\n",
         "3-3: dockerfile parse error on line 3: unknown flag: --x"},
        {"Network", InStage("RUN --network=x y"),
         OnLine2("invalid network mode \"x\"")},
        {"Security", InStage("RUN --security=x y"),
         OnLine2("security \"x\" is not valid")},
        {"MountFromVariable", InStage("RUN --mount=from=$x,target=/y z"),
         OnLine2("'from' doesn't support variable expansion, define alias "
                 "stage instead")},
        {"MountKeysAreForLater", InStage("RUN --mount=typ=x y"), "parsed"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Arguments, ParseErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"From", "FROM a b\n",
         "1-1: dockerfile parse error on line 1: FROM requires either one or "
         "three arguments"},
        {"FromComment", "FROM a # b\n",
         "1-1: dockerfile parse error on line 1: FROM requires either one or "
         "three arguments"},
        {"StageName", "FROM a AS 1a\n",
         "1-1: dockerfile parse error on line 1: invalid name for build "
         "stage: \"1a\", name can't start with a number or contain symbols"},
        {"Copy", InStage("COPY a"),
         OnLine2("COPY requires at least two arguments, but only one was "
                 "provided. Destination could not be determined")},
        {"AddJson", InStage("ADD []"),
         OnLine2("ADD requires at least two arguments, but only one was "
                 "provided. Destination could not be determined")},
        {"CopyHeredocDestination", InStage("COPY a <<EOF\nEOF"),
         "2-3: dockerfile parse error on line 2: COPY cannot accept a heredoc "
         "as a destination"},
        {"CopyHeredocOfTwoWords", InStage("COPY << EOF /x\nEOF"),
         "2-3: dockerfile parse error on line 2: COPY cannot use the heredoc "
         "\"EOF\": it must be one word without blanks"},
        {"Env", InStage("ENV"), OnLine2("ENV requires at least one argument")},
        {"EnvOneWord", InStage("ENV A"), "2-2: ENV must have two arguments"},
        {"EnvNoEquals", InStage("ENV A=1 B"),
         "2-2: Syntax error - can't find = in \"B\". Must be of the form: "
         "name=value"},
        {"EnvBlankName", InStage("ENV =x"),
         OnLine2("ENV names can not be blank")},
        {"LabelOneWord", InStage("LABEL A"),
         "2-2: LABEL must have two arguments"},
        {"Arg", InStage("ARG"), OnLine2("ARG requires at least one argument")},
        {"ArgBlankName", InStage("ARG =x"),
         OnLine2("ARG names can not be blank")},
        {"JsonOfNumbers", InStage("CMD [1]"),
         "2-2: when using JSON array syntax, arrays must be comprised of "
         "strings only"},
        {"ShellNotJson", InStage("SHELL /bin/sh"),
         OnLine2("SHELL requires the arguments to be in JSON form")},
        {"ShellEmpty", InStage("SHELL []"),
         OnLine2("SHELL requires at least one argument")},
        {"Workdir", InStage("WORKDIR"),
         OnLine2("WORKDIR requires exactly one argument")},
        {"User", InStage("USER"),
         OnLine2("USER requires exactly one argument")},
        {"Expose", InStage("EXPOSE"),
         OnLine2("EXPOSE requires at least one argument")},
        {"Volume", InStage("VOLUME"),
         OnLine2("VOLUME requires at least one argument")},
        {"VolumeBlank", InStage("VOLUME [\" \"]"),
         OnLine2("VOLUME specified can not be an empty string")},
        {"Stopsignal", InStage("STOPSIGNAL"),
         OnLine2("STOPSIGNAL requires exactly one argument")},
        {"Onbuild", InStage("ONBUILD"),
         OnLine2("ONBUILD requires at least one argument")},
        {"OnbuildOnbuild", InStage("ONBUILD onbuild RUN x"),
         OnLine2("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")},
        {"OnbuildFrom", InStage("ONBUILD from x"),
         OnLine2("FROM isn't allowed as an ONBUILD trigger")},
        {"OnbuildMaintainer", InStage("ONBUILD MAINTAINER x"),
         OnLine2("MAINTAINER isn't allowed as an ONBUILD trigger")},
        {"OnbuildUnknownIsForLater", InStage("ONBUILD FOO x"), "parsed"},
        {"OnbuildJson", InStage("ONBUILD CMD [1]"),
         "2-2: when using JSON array syntax, arrays must be comprised of "
         "strings only"},
    }),
    NameOf);

INSTANTIATE_TEST_SUITE_P(
    Healthcheck, ParseErrorTest,
    testing::ValuesIn(std::vector<ErrorCase>{
        {"Nothing", InStage("HEALTHCHECK"),
         OnLine2("HEALTHCHECK requires at least one argument")},
        {"NoneWithArguments", InStage("HEALTHCHECK NONE x"),
         OnLine2("HEALTHCHECK NONE takes no arguments")},
        {"Type", InStage("HEALTHCHECK foo x"),
         OnLine2("Unknown type \"FOO\" in HEALTHCHECK (try CMD)")},
        {"NoCommand", InStage("HEALTHCHECK CMD"),
         OnLine2("Missing command after HEALTHCHECK CMD")},
        {"NoUnit", InStage("HEALTHCHECK --interval=5 CMD x"),
         OnLine2("time: missing unit in duration \"5\"")},
        {"TooShort", InStage("HEALTHCHECK --timeout=999us CMD x"),
         OnLine2("Interval \"timeout\" cannot be less than 1ms")},
        {"Zero", InStage("HEALTHCHECK --timeout=0s CMD x"), "parsed"},
        {"Retries", InStage("HEALTHCHECK --retries=-1 CMD x"),
         OnLine2("--retries cannot be negative (-1)")},
        {"RetriesText", InStage("HEALTHCHECK --retries=x CMD x"),
         OnLine2("strconv.ParseInt: parsing \"x\": invalid syntax")},
        {"RetriesRange", InStage("HEALTHCHECK --retries=2147483648 CMD x"),
         OnLine2("strconv.ParseInt: parsing \"2147483648\": value out of "
                 "range")},
    }),
    NameOf);

TEST(ParseDockerfile, SurvivesDeepOnbuild) {
  std::string line;
  for (int i = 0; i < 100000; ++i) line += "ONBUILD \\\n";
  EXPECT_NE(ErrorOf(InStage(line + "RUN x")), "parsed");
}

TEST(FormatDiagnostic, ShowsLinesAround) {
  const std::string text = "FROM a\nRUN b\nRUNN c\nRUN d\nRUN e\nRUN f\n";
  const auto result = ParseDockerfile(text);
  EXPECT_EQ(
      FormatDiagnostic("app/Dockerfile", text, std::get<Diagnostic>(result)),
      "app/Dockerfile:3\n"
      "--------------------\n"
      "   1 |     FROM a\n"
      "   2 |     RUN b\n"
      "   3 | >>> RUNN c\n"
      "   4 |     RUN d\n"
      "   5 |     RUN e\n"
      "--------------------\n"
      "error: dockerfile parse error on line 3: unknown instruction: "
      "RUNN (did you mean RUN?)\n");
}

TEST(FormatDiagnostic, ShowsOneLineAroundSeveral) {
  EXPECT_EQ(FormatDiagnostic("D", "a\nb\nc\nd\ne", {{{2, 3}}, "m"}),
            "D:2\n"
            "--------------------\n"
            "   1 |     a\n"
            "   2 | >>> b\n"
            "   3 | >>> c\n"
            "   4 |     d\n"
            "--------------------\n"
            "error: m\n");
}

TEST(FormatDiagnostic, NeedsNoLines) {
  EXPECT_EQ(FormatDiagnostic("D", "a", {{}, "m"}), "error: m\n");
  EXPECT_EQ(FormatDiagnostic("D", "a", {{{7, 9}}, "m"}), "error: m\n");
}

}  // namespace
}  // namespace rules_dockerfile
