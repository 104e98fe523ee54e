#include "lib/explore/image_report.h"

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "lib/explore/build_plan.h"
#include "lib/explore/dive_waste.h"
#include "lib/explore/report_testing.h"
#include "lib/explore/report_words.h"
#include "lib/layer/layer_waste.h"
#include "lib/oci/image_config.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;

// "A f 5 shown 5; R g 0 was 7" for each layer, joined by "|".
std::string EntriesOf(const ImageReport& report) {
  std::vector<std::string> layers;
  for (const ReportLayer& layer : report.layers) {
    std::vector<std::string> entries;
    for (const ReportEntry& entry : layer.entries) {
      std::string text =
          absl::StrCat(std::string(1, MarkLetter(entry.mark)),
                       std::string(1, TypeLetter(entry.type)), " ", entry.path);
      if (!entry.link_target.empty()) {
        absl::StrAppend(&text, "->", entry.link_target);
      }
      if (entry.stored_size > 0) absl::StrAppend(&text, " ", entry.stored_size);
      if (entry.size_before > 0) {
        absl::StrAppend(&text, " was ", entry.size_before);
      }
      if (entry.is_shown) absl::StrAppend(&text, " shown ", entry.shown_size);
      entries.push_back(text);
    }
    layers.push_back(absl::StrJoin(entries, "; "));
  }
  return absl::StrJoin(layers, " | ");
}

std::string HiddenOf(const ImageReport& report) {
  std::vector<std::string> files;
  for (const WastedFile& file : report.hidden) {
    files.push_back(absl::StrCat(file.path, " ", file.size, " ", file.layer,
                                 file.removed ? " removed " : " replaced ",
                                 file.by_layer));
  }
  return absl::StrJoin(files, "; ");
}

struct ReportCase {
  std::string name;
  Layers layers;
  std::string entries;
  std::string hidden;
  int64_t stored;
  int64_t shown;
};

class ReportTest : public testing::TestWithParam<ReportCase> {};

TEST_P(ReportTest, TellsWhatEachLayerDid) {
  const ImageReport report = ReportOf(GetParam().layers);
  EXPECT_EQ(EntriesOf(report), GetParam().entries);
  EXPECT_EQ(HiddenOf(report), GetParam().hidden);
  EXPECT_EQ(report.totals.stored_size, GetParam().stored);
  EXPECT_EQ(report.totals.shown_size, GetParam().shown);
  EXPECT_EQ(report.totals.hidden_size,
            report.totals.stored_size - report.totals.shown_size);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, ReportTest,
    testing::ValuesIn(std::vector<ReportCase>{
        {"Replaced",
         {Layer({"a/", "a/f=5", "g=1"}), Layer({"a/", "a/f=7"})},
         "Ad a shown 0; A- a/f 5; A- g 1 shown 1 | C- a/f 7 was 5 shown 7",
         "a/f 5 0 replaced 1",
         13,
         8},
        {"Removed",
         {Layer({"f=5"}), Layer({"-f"})},
         "A- f 5 | R- f was 5",
         "f 5 0 removed 1",
         5,
         0},
        {"RemovedDirectory",
         {Layer({"d/", "d/e/", "d/e/f=5", "d/g=2"}), Layer({"-d"})},
         "Ad d; Ad d/e; A- d/e/f 5; A- d/g 2 | "
         "Rd d; Rd d/e; R- d/e/f was 5; R- d/g was 2",
         "d/e/f 5 0 removed 1; d/g 2 0 removed 1",
         7,
         0},
        {"OpaqueDirectory",
         {Layer({"d/", "d/f=5"}), Layer({"d/", "!d", "d/g=2"})},
         "Ad d shown 0; A- d/f 5 | R- d/f was 5; A- d/g 2 shown 2",
         "d/f 5 0 removed 1",
         7,
         2},
        {"RemovedAndMadeAgain",
         {Layer({"f=5"}), Layer({"-f"}), Layer({"f=3"})},
         "A- f 5 | R- f was 5 | A- f 3 shown 3",
         "f 5 0 removed 1",
         8,
         3},
        // The data is stored once, and the first name has it.
        {"HardLinks",
         {Layer({"a=5", "b=>a", "c=>a"})},
         "A- a 5 shown 5; Ah b->a shown 0; Ah c->a shown 0",
         "",
         5,
         5},
        // The image still shows the data, under its other name.
        {"FirstNameRemoved",
         {Layer({"a=5", "b=>a"}), Layer({"-a"})},
         "A- a 5; Ah b->a shown 5 | R- a was 5",
         "",
         5,
         5},
        {"LastNameRemoved",
         {Layer({"a=5", "b=>a"}), Layer({"-a"}), Layer({"-b"})},
         "A- a 5; Ah b->a | R- a was 5 | R- b was 5",
         "b 5 0 removed 2",
         5,
         0},
        {"AllNamesRemovedAtOnce",
         {Layer({"a=5", "b=>a"}), Layer({"-b", "-a"})},
         "A- a 5; Ah b->a | R- a was 5; R- b was 5",
         "a 5 0 removed 1",
         5,
         0},
        // Only the mode is other: the data is stored again.
        {"SameDataAgain",
         {Layer({"f=5:x"}), Layer({"f=5:x"})},
         "A- f 5 | C- f 5 was 5 shown 5",
         "f 5 0 replaced 1",
         10,
         5},
        // A path that leads through a symlink is the file that it leads to.
        {"ThroughSymlink",
         {Layer({"usr/", "usr/lib/", "usr/lib/f=5", "lib->usr/lib"}),
          Layer({"lib/f=7"})},
         "Al lib->usr/lib shown 0; Ad usr shown 0; Ad usr/lib shown 0; "
         "A- usr/lib/f 5 | C- usr/lib/f 7 was 5 shown 7",
         "usr/lib/f 5 0 replaced 1",
         12,
         7},
        {"DirectoryBecomesFile",
         {Layer({"d/", "d/f=5"}), Layer({"d=2"})},
         "Ad d; A- d/f 5 | C- d 2 shown 2; R- d/f was 5",
         "d/f 5 0 removed 1",
         7,
         2},
        {"TwiceInOneLayer",
         {Layer({"f=5", "f=7"})},
         "A- f 7 shown 7",
         "f 5 0 replaced 0",
         12,
         7},
        {"EmptyFiles",
         {Layer({"f=0"}), Layer({"-f"})},
         "A- f | R- f",
         "",
         0,
         0},
    }),
    [](const auto& info) { return info.param.name; });

TEST(MakeImageReport, CountsDuplicates) {
  const ImageReport report =
      ReportOf({Layer({"a=5:x", "b=>a", "c=7:y"}), Layer({"d=5:x", "e=5:x"})});
  ASSERT_EQ(report.duplicates.size(), 1);
  EXPECT_EQ(report.duplicates[0], (DuplicateFiles{5, {"a", "d", "e"}}));
  EXPECT_EQ(report.totals.duplicate_size, 10);
}

TEST(MakeImageReport, RefusesOtherNumbersOfLayers) {
  ReportInput input = InputOf({Layer({}), Layer({})});
  input.descriptors.pop_back();
  EXPECT_THAT(MakeImageReport(input),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "expected 2 descriptors and indexes, as the config has "
                       "diff_ids, got 1 and 2"));
}

struct DiveCase {
  std::string name;
  Layers layers;
  int64_t wasted;
  double efficiency;
  std::string paths;  // "path count size, …"
};

class DiveTest : public testing::TestWithParam<DiveCase> {};

TEST_P(DiveTest, CountsAsDive) {
  const DiveWaste waste = DiveWasteOf(GetParam().layers);
  EXPECT_EQ(waste.wasted_size, GetParam().wasted);
  EXPECT_DOUBLE_EQ(waste.efficiency, GetParam().efficiency);
  std::vector<std::string> paths;
  for (const RepeatedPath& path : waste.paths) {
    paths.push_back(
        absl::StrCat(path.path, " ", path.occurrences, " ", path.size));
  }
  EXPECT_EQ(absl::StrJoin(paths, ", "), GetParam().paths);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, DiveTest,
    testing::ValuesIn(std::vector<DiveCase>{
        {"Nothing", {}, 0, 1, ""},
        {"NoData", {Layer({"d/"}), Layer({"d/"})}, 0, 1, "d 2 0"},
        {"Once", {Layer({"a=5"}), Layer({"b=7"})}, 0, 1, ""},
        // Least 5 + 1 of 5 + 7 + 1.
        {"Twice",
         {Layer({"f=5", "g=1"}), Layer({"f=7"})},
         12,
         6.0 / 13,
         "f 2 12"},
        // Least 2 of 2 + 3 + 4: all three occurrences are "wasted".
        {"ThreeTimes",
         {Layer({"f=3"}), Layer({"f=2"}), Layer({"f=4"})},
         9,
         2.0 / 9,
         "f 3 9"},
        // The whiteout of a file has size 0, so its least size is 0.
        {"WhiteoutOfFile",
         {Layer({"f=5", "g=5"}), Layer({"-f"})},
         5,
         0.5,
         "f 2 5"},
        // That of a directory has the size of all in it. The directory itself
        // is no leaf below, so it is found once, and its files are once each:
        // least 7 + 5 + 2 of the same.
        {"WhiteoutOfDirectory",
         {Layer({"d/", "d/f=5", "d/g=2"}), Layer({"-d"})},
         0,
         1,
         ""},
        // And with a leaf of the same path there are two: 0 + 7.
        {"WhiteoutOfDirectoryThatWasALeaf",
         {Layer({"d/"}), Layer({"d/", "d/f=7"}), Layer({"-d"})},
         7,
         7.0 / 14,
         "d 2 7"},
        // What an earlier whiteout removed does not count again.
        {"WhiteoutAfterWhiteout",
         {Layer({"d/"}), Layer({"d/", "d/f=7", "d/g=1"}), Layer({"-d/f"}),
          Layer({"-d"})},
         8,
         1.0 / 9,
         "d/f 2 7, d 2 1"},
        {"OpaqueHidesNothing",
         {Layer({"d/", "d/f=5"}), Layer({"d/", "!d", "d/g=2"})},
         0,
         1,
         ""},
        // A hard link itself has no data.
        {"HardLink", {Layer({"a=5", "b=>a"}), Layer({"b=5"})}, 5, 0.5, "b 2 5"},
        // By the text of the path, not by where it leads.
        {"Symlink",
         {Layer({"usr/", "usr/lib/", "usr/lib/f=5", "lib->usr/lib"}),
          Layer({"lib/f=7"})},
         0,
         1,
         ""},
    }),
    [](const auto& info) { return info.param.name; });

TEST(BuildPlan, IsParsed) {
  const auto plan = ParseBuildPlan(
      R"({"dockerfile":"app/Dockerfile","stage":"build","instructions":[)"
      R"({"line":1,"text":"FROM a","layer":false,"history":false},)"
      R"({"line":2,"text":"RUN x","layer":true,"history":true}]})");
  EXPECT_EQ(
      plan.value(),
      (BuildPlan{"app/Dockerfile",
                 "build",
                 {{1, "FROM a", false, false}, {2, "RUN x", true, true}}}));
}

TEST(BuildPlan, NamesAMissingField) {
  EXPECT_THAT(ParseBuildPlan(R"({"dockerfile":"a","stage":"b"})"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "field \"instructions\" is missing"));
}

std::string InstructionsOf(const std::vector<ReportInstruction>& instructions) {
  std::vector<std::string> lines;
  for (const ReportInstruction& instruction : instructions) {
    lines.push_back(absl::StrCat(instruction.layer, " ",
                                 InstructionPlace(instruction), " ",
                                 InstructionLine(instruction)));
  }
  return absl::StrJoin(lines, "; ");
}

TEST(InstructionsOfImage, HaveTheHistoryOfTheBaseFirst) {
  ImageConfig config = InputOf({Layer({}), Layer({}), Layer({})}).config;
  config.history = {{.created_by = "RUN base # buildkit"},
                    {.created_by = "CMD base", .empty_layer = true},
                    {.created_by = "RUN x"},
                    {.created_by = "ENV y", .empty_layer = true},
                    {.created_by = "COPY z"}};
  const std::vector<BuildPlan> plans = {
      {"D", "0", {{1, "FROM b\n"}, {2, "RUN x", true, true}}},
      {"D",
       "1",
       {{4, "FROM 0"},
        {5, "# escape=`\nENV y", false, true},
        {6, "COPY <<E z\nbody\nE\n", true, true}}}};
  EXPECT_EQ(InstructionsOf(InstructionsOfImage(config, plans).value()),
            "0  RUN base; -1  CMD base; -1 D:1 FROM b; 1 D:2 RUN x; "
            "-1 D:4 FROM 0; -1 D:5 ENV y; 2 D:6 COPY <<E z …");
}

TEST(InstructionsOfImage, RefusePlansWithMoreLayers) {
  const ImageConfig config = InputOf({Layer({})}).config;
  const std::vector<BuildPlan> plans = {
      {"D", "0", {{1, "RUN a", true, true}, {2, "RUN b", true, true}}}};
  EXPECT_THAT(InstructionsOfImage(config, plans),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "the plans have 2 layers: expected at most 1"));
}

}  // namespace
}  // namespace rules_dockerfile
