#include "lib/explore/report_text.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "lib/digest/digest.h"
#include "lib/explore/image_difference.h"
#include "lib/explore/image_packages.h"
#include "lib/explore/image_report.h"
#include "lib/explore/report_page.h"
#include "lib/explore/report_testing.h"
#include "lib/json/json.h"
#include "lib/layer/layer_index.h"
#include "lib/testing/golden.h"

namespace rules_dockerfile {
namespace {

using absl_testing::StatusIs;

// Names as a malicious image may have them.
const char* const kHostile[] = {
    "</script><script>alert(1)</script>",
    "<!--<script>",
    "\u202egnp.exe",
    "\u2066x\u2069\u200f",
    "\033]0;title\007\033[2J",
    "line\nfeed\ttab\r",
    "\u009b31m",
    "not\xff\xfeutf8",
    "\u2028\u2029",
    "quote\"'&amp;{{report}}{{script}}",
};

ImageReport HostileReport() {
  LayerIndex layer;
  int64_t offset = 512;
  for (const char* name : kHostile) {
    layer.entries.push_back(
        {.path = absl::StrCat("x", name[0] == '<' ? "" : "y",
                              // A slash makes a directory.
                              absl::StrReplaceAll(name, {{"/", "\\"}})),
         .mode = 0644,
         .size = 5,
         .offset = offset += 1024,
         .digest = DigestOf(name)});
  }
  ReportInput input = InputOf({layer, Layer({"-x<!--<script>"})});
  input.name = kHostile[0];
  input.config.history[0].created_by = absl::StrJoin(kHostile, " ");
  input.config.config["Labels"][kHostile[0]] = kHostile[2];
  input.packages.packages.push_back(
      {.ecosystem = "deb", .name = kHostile[0], .version = kHostile[4]});
  return MakeImageReport(input).value();
}

// Whether a text has nothing that a terminal obeys or that turns text around.
bool IsTame(const std::string& text) {
  for (const unsigned char c : text) {
    if ((c < 0x20 && c != '\n') || c == 0x7f) return false;
  }
  for (const char* bad : {"\u202e", "\u2066", "\u200f", "\u009b", "\xff"}) {
    if (absl::StrContains(text, bad)) return false;
  }
  return true;
}

TEST(ReportText, IsTameForATerminal) {
  const ImageReport report = HostileReport();
  const std::string text = ReportText(report, 100);
  EXPECT_TRUE(IsTame(text)) << text;
  EXPECT_TRUE(absl::StrContains(text, "xy\\x1b]0;title\\x07\\x1b[2J\n"));
  EXPECT_TRUE(absl::StrContains(text, "xyline\\nfeed\\ttab\\x0d\n"));
}

TEST(ReportPage, HoldsHostileNamesAsData) {
  const PageParts parts = {.html = "<p>{{title}}<script>{{report}}</script>",
                           .css = "",
                           .script = ""};
  const ImageReport report = HostileReport();
  const std::string page =
      ReportPage(report, DifferenceOf(ReportOf({}), report), parts);
  EXPECT_TRUE(IsTame(page)) << page;
  const std::string start =
      "<p>&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;<script>";
  ASSERT_EQ(page.substr(0, start.size()), start);
  const std::string json =
      page.substr(start.size(), page.size() - start.size() - 9);
  EXPECT_EQ(page.substr(page.size() - 9), "</script>");
  for (const char* bad : {"<", ">", "&", "\u2028", "\u2029"}) {
    EXPECT_FALSE(absl::StrContains(json, bad)) << bad;
  }
  // And nothing of it is lost.
  EXPECT_EQ(ParseJson(json).value()["name"], kHostile[0]);
}

TEST(ReportPage, AllowsOnlyItsOwnScriptAndStyle) {
  // echo -n a | sha256sum | xxd -r -p | base64; then b.
  EXPECT_EQ(ReportPage(ReportOf({}), std::nullopt,
                       {.html = "{{policy}}", .css = "a", .script = "b"}),
            "default-src 'none'; script-src "
            "'sha256-PiPoFgA5WUoziU9lZOGxNIu9egCI1CxKy3PurtWcAJ0='; style-src "
            "'sha256-ypeBEsobvcr6wjGzmiPcTaeG7/gUfE5yuYB3ha/uSLs='; "
            "base-uri 'none'; form-action 'none'");
}

TEST(ReportPage, HasPartsThatFitIntoTheirElements) {
  const PageParts parts = EmbeddedPage();
  EXPECT_FALSE(absl::StrContains(parts.script, "</script"));
  EXPECT_FALSE(absl::StrContains(parts.script, "<!--"));
  EXPECT_FALSE(absl::StrContains(parts.css, "</style"));
  // Neither addresses nor HTML from text.
  for (const char* bad : {"innerHTML", "insertAdjacent", "document.write",
                          "http:", "https:", "url(", "eval(", "fetch("}) {
    EXPECT_FALSE(absl::StrContains(parts.script, bad)) << bad;
    EXPECT_FALSE(absl::StrContains(parts.css, bad)) << bad;
    EXPECT_FALSE(absl::StrContains(parts.html, bad)) << bad;
  }
}

TEST(ReportJson, HasColumnsForThePage) {
  const ImageReport report =
      ReportOf({Layer({"a/", "a/f=5", "l->a"}), Layer({"a/f=7", "-l"})});
  const Json json = ReportJson(report, std::nullopt);
  EXPECT_EQ(json["nodes"].dump(),
            R"({"name":["","a","f","l"],"parent":[-1,0,1,0]})");
  EXPECT_EQ(json["entries"].dump(),
            R"({"node":[1,2,3,2,3],"layer":[0,0,0,1,1],"mark":"AAACR",)"
            R"("type":"d-l-l","isShown":"10010","mode":[493,420,511,420,511],)"
            R"("owner":[0,0,0,0,0],"owners":["0:0"],"stored":[0,5,0,7,0],)"
            R"("before":[0,0,0,5,0],"links":[[2,"a"],[4,"a"]],)"
            R"("shownSizes":[]})");
  EXPECT_EQ(json["layers"][1]["removed"].dump(), "[1,0]");
}

TEST(DifferenceOf, TellsFilesConfigAndPackages) {
  ReportInput before = InputOf({Layer({"a=1:x", "b=2", "c=3:z", "l->a"})});
  ReportInput after = InputOf({Layer({"a=4:y", "b=2", "c=3:z", "l->b"})});
  before.layers[0].entries[1] = after.layers[0].entries[1];
  after.layers[0].entries[2].mode = 0600;
  after.layers[0].entries.push_back(Layer({"d=9"}).entries[0]);
  after.layers[0].entries.back().offset = 9216;
  before.layers[0].entries.push_back(Layer({"e=8"}).entries[0]);
  before.layers[0].entries.back().offset = 9216;
  before.config.config["Env"] = {"A=1", "B=1"};
  after.config.config["Env"] = {"A=2", "B=1"};
  before.packages.packages = {
      {.ecosystem = "deb", .name = "x", .version = "1"}};
  after.packages.packages = {{.ecosystem = "deb", .name = "x", .version = "2"}};
  const ImageReport now = MakeImageReport(after).value();
  EXPECT_EQ(DifferenceText(
                now, DifferenceOf(MakeImageReport(before).value(), now), 10),
            "\ncompared with app/image: 14 B -> 18 B\n"
            "\nfiles\n"
            "  C      1 B ->      4 B  a  data\n"
            "  C      3 B ->      3 B  c  mode 0644 -> 0600\n"
            "  A      0 B ->      9 B  d\n"
            "  R      8 B ->      0 B  e\n"
            "  C      0 B ->      0 B  l  link a -> b\n"
            "\npackages\n"
            "  - deb x 1\n"
            "  + deb x 2\n"
            "\nconfig\n"
            "  - Env A=1\n"
            "  + Env A=2\n");
}

TEST(ParseImagePackages, ReadsAnInventory) {
  const auto packages = ParseImagePackages(
      R"({"version":1,"os":{"id":"debian","pretty_name":"Debian 12"},)"
      R"("layers":[{},{}],)"
      R"("packages":[{"ecosystem":"deb","name":"a","version":"1","layer":0,)"
      R"("size":2},)"
      R"({"ecosystem":"pypi","name":"b","version":"3","layer":1,"size":7,)"
      R"("licenses":["MIT"],"files":["x","y"]}],"notes":["n"]})");
  EXPECT_EQ(packages.value(),
            (ImagePackages{"Debian 12",
                           {{"pypi", "b", "3", {"MIT"}, 1, 2, 7},
                            {"deb", "a", "1", {}, 0, 0, 2}},
                           {"n"}}));
  EXPECT_THAT(ParseImagePackages(R"({"version":2})"),
              StatusIs(absl::StatusCode::kUnimplemented,
                       "inventory: expected version 1, got 2"));
}

TEST(ReportText, IsAsInItsGolden) {
  ReportInput input =
      InputOf({Layer({"bin/", "bin/sh=120000:sh", "bin/bash=>bin/sh", "etc/",
                      "etc/passwd=900", "var/", "var/cache/",
                      "var/cache/lists=5400000"}),
               Layer({"etc/", "etc/passwd=950", "-var/cache", "opt/",
                      "opt/sh=120000:sh", "opt/link->sh", "opt/app=1234567"})});
  input.config.config =
      ParseJson(R"({"Env":["PATH=/bin"],"Cmd":["app","-x"],)"
                R"("Labels":{"a":"b"},"ExposedPorts":{"80/tcp":{}}})")
          .value();
  input.config.history = {{.created_by = "/bin/sh -c #(nop) ADD file:x in / "},
                          {.created_by = "COPY"},
                          {.created_by = "CMD", .empty_layer = true}};
  input.plans = {{"app/Dockerfile",
                  "0",
                  {{1, "FROM debian\n"},
                   {3, "COPY . /opt/\n", true, true},
                   {4, "CMD [\"app\", \"-x\"]\n", false, true}}}};
  input.packages = {
      "Debian GNU/Linux 12",
      {{.ecosystem = "deb", .name = "dash", .version = "0.5", .size = 120000}},
      {}};
  EXPECT_TRUE(MatchesGolden("lib/explore/testdata/report.golden",
                            ReportText(MakeImageReport(input).value(), 20)));
}

}  // namespace
}  // namespace rules_dockerfile
