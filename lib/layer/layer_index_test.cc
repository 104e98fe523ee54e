#include "lib/layer/layer_index.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/status_matchers.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/tar/entry.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::IsOkAndHolds;
using ::absl_testing::StatusIs;

constexpr char kDigestOfHi[] =
    "sha256:8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";

struct Member {
  TarEntry entry;
  std::string data;
};

std::string TarOf(const std::vector<Member>& members) {
  StringSink sink;
  TarWriter writer(&sink);
  for (Member member : members) {
    member.entry.size = static_cast<int64_t>(member.data.size());
    EXPECT_THAT(writer.Add(member.entry, member.data), IsOk());
  }
  EXPECT_THAT(writer.Finish(), IsOk());
  return sink.contents();
}

TEST(LayerIndex, HasATextFormOfOneLineAnEntry) {
  const std::string tar = TarOf({
      {{.path = "./", .type = TarEntryType::kDirectory, .mode = 0755}, ""},
      {{.path = "./etc", .type = TarEntryType::kDirectory, .mode = 0755}, ""},
      {{.path = "etc/passwd", .mode = 0644, .mtime = 7}, "hi"},
      {{.path = "etc/group",
        .type = TarEntryType::kHardLink,
        .link_target = "./etc/passwd"},
       ""},
      {{.path = "bin",
        .type = TarEntryType::kSymlink,
        .mode = 0777,
        .link_target = "/usr/bin/"},
       ""},
      {{.path = "null",
        .type = TarEntryType::kCharDevice,
        .mode = 0666,
        .uid = 1,
        .gid = 2,
        .device_major = 1,
        .device_minor = 3},
       ""},
      {{.path = "ping",
        .mode = 04755,
        .mtime = -1,
        .xattrs = {{"security.capability", std::string("\0\1", 2)}}},
       ""},
      {{.path = "latin\xe9"}, ""},
      {{.path = "etc/.wh.old"}, ""},
      {{.path = "var/.wh..wh..opq"}, ""},
  });
  const absl::StatusOr<LayerIndex> index = IndexLayer(tar);
  ASSERT_THAT(index.status(), IsOk());
  const std::string text = LayerIndexToText(*index);
  constexpr char kEmpty[] =
      "sha256:"
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  EXPECT_EQ(
      text,
      absl::StrCat(
          R"({"version":1,"passwd":"hi","group":"hi"})"
          "\n"
          R"({"path":"","type":"directory","mode":"0755","uid":0,"gid":0,"mtime":0})"
          "\n"
          R"({"path":"etc","type":"directory","mode":"0755","uid":0,"gid":0,"mtime":0})"
          "\n"
          R"({"path":"etc/passwd","type":"file","mode":"0644","uid":0,"gid":0,"mtime":7,"size":2,"offset":1536,"digest":")",
          kDigestOfHi,
          "\"}\n"
          R"({"path":"etc/group","type":"hardlink","mode":"0000","uid":0,"gid":0,"mtime":0,"link":"etc/passwd"})"
          "\n"
          R"({"path":"bin","type":"symlink","mode":"0777","uid":0,"gid":0,"mtime":0,"link":"/usr/bin/"})"
          "\n"
          R"({"path":"null","type":"char","mode":"0666","uid":1,"gid":2,"mtime":0,"major":1,"minor":3})"
          "\n"
          R"({"path":"ping","type":"file","mode":"4755","uid":0,"gid":0,"mtime":-1,"xattrs":{"security.capability":"AAE="},"size":0,"offset":5120,"digest":")",
          kEmpty,
          "\"}\n"
          R"({"path":{"base64":"bGF0aW7p"},"type":"file","mode":"0000","uid":0,"gid":0,"mtime":0,"size":0,"offset":6656,"digest":")",
          kEmpty,
          "\"}\n"
          R"({"path":"etc/old","type":"whiteout"})"
          "\n"
          R"({"path":"var","type":"opaque"})"
          "\n"));
  EXPECT_THAT(ParseLayerIndex(text), IsOkAndHolds(*index));
}

TEST(LayerIndex, TextHasWhatTheTarLacks) {
  const LayerIndex index = {
      .entries = {{.path = "a", .type = LayerEntryType::kWhiteout}},
      .snapshot = {{.path = "", .xattrs = {}},
                   {.path = "f", .xattrs = {{"user.x", "1"}}},
                   {.path = "latin\xe9", .link_target = "f"}}};
  const std::string text = LayerIndexToText(index);
  EXPECT_EQ(text,
            R"({"version":1,"passwd":null,"group":null})"
            "\n"
            R"({"path":"a","type":"whiteout"})"
            "\n"
            R"({"path":"","type":"snapshot","xattrs":{}})"
            "\n"
            R"({"path":"f","type":"snapshot","xattrs":{"user.x":"MQ=="}})"
            "\n"
            R"({"path":{"base64":"bGF0aW7p"},"type":"snapshot","link":"f"})"
            "\n");
  EXPECT_THAT(ParseLayerIndex(text), IsOkAndHolds(index));
}

TEST(LayerIndex, TextEscapesWhatJsonDoes) {
  const LayerIndex index = {
      .entries = {{.path = "q\"b\\n\n", .type = LayerEntryType::kDirectory},
                  {.path = "\x7f", .type = LayerEntryType::kFifo, .mtime = -2},
                  {.path = "\xc3\xa4", .type = LayerEntryType::kWhiteout},
                  {.path = "s",
                   .type = LayerEntryType::kSymlink,
                   .mtime_nanos = 3,
                   .link_target = "\"x\"\t"}}};
  const std::string text = LayerIndexToText(index);
  EXPECT_EQ(text,
            R"({"version":1,"passwd":null,"group":null})"
            "\n"
            R"({"path":"q\"b\\n\n","type":"directory",)"
            R"("mode":"0000","uid":0,"gid":0,"mtime":0})"
            "\n{\"path\":\"\x7f\","
            R"("type":"fifo","mode":"0000","uid":0,"gid":0,"mtime":-2})"
            "\n{\"path\":\"\xc3\xa4\","
            R"("type":"whiteout"})"
            "\n"
            R"({"path":"s","type":"symlink","mode":"0000","uid":0,"gid":0,)"
            R"("mtime":0,"mtime_nanos":3,"link":"\"x\"\t"})"
            "\n");
  EXPECT_THAT(ParseLayerIndex(text), IsOkAndHolds(index));
}

TEST(LayerIndex, KnowsADatabaseThatIsALinkToAnyFile) {
  const auto link = [](const char* path, const char* target) {
    return Member{
        {.path = path, .type = TarEntryType::kHardLink, .link_target = target},
        ""};
  };
  const absl::StatusOr<LayerIndex> index =
      IndexLayer(TarOf({{{.path = "a"}, "old"},
                        {{.path = "a"}, "A"},
                        link("b", "./a"),
                        link("etc/passwd", "b"),
                        {{.path = "b"}, "B"},
                        link("etc/group", "b"),
                        {{.path = "a"}, "new"}}));
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_EQ(index->passwd, "A");
  EXPECT_EQ(index->group, "B");
}

TEST(LayerIndex, KnowsADatabaseBehindSymlinksOfItsLayer) {
  const auto link = [](const char* path, const char* target) {
    return Member{
        {.path = path, .type = TarEntryType::kSymlink, .link_target = target},
        ""};
  };
  absl::StatusOr<LayerIndex> index =
      IndexLayer(TarOf({{{.path = "usr/lib/users"}, "U"},
                        link("etc/passwd", "../usr/../run/users"),
                        link("etc/group", "group"),
                        link("run", "/usr/lib")}));
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_EQ(index->passwd, "U");
  EXPECT_EQ(index->group, std::nullopt);  // a circle

  index = IndexLayer(TarOf({link("etc", "usr/etc"),
                            {{.path = "usr/etc/passwd"}, "U"},
                            link("usr/etc/group", "passwd")}));
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_EQ(index->passwd, "U");
  EXPECT_EQ(index->group, "U");
}

TEST(LayerIndex, IsWrittenInPiecesAndVisited) {
  LayerIndex index = {.passwd = "p"};
  for (int i = 0; i < 10000; ++i) {
    index.entries.push_back({.path = absl::StrCat("directory/file", i),
                             .type = LayerEntryType::kSymlink,
                             .link_target = "target"});
  }
  index.snapshot = {{.path = "x", .link_target = "y"}};
  StringSink sink;
  ASSERT_THAT(WriteLayerIndex(index, &sink), IsOk());
  EXPECT_EQ(sink.contents(), LayerIndexToText(index));
  LayerIndex visited;
  const absl::StatusOr<LayerIndex> rest =
      VisitLayerIndex(sink.contents(), [&](LayerEntry entry) {
        visited.entries.push_back(std::move(entry));
        return absl::OkStatus();
      });
  ASSERT_THAT(rest.status(), IsOk());
  EXPECT_TRUE(rest->entries.empty());
  visited.passwd = rest->passwd;
  visited.snapshot = rest->snapshot;
  EXPECT_EQ(visited, index);
  EXPECT_THAT(VisitLayerIndex(sink.contents(),
                              [](const LayerEntry& entry) {
                                return absl::AbortedError(entry.path);
                              }),
              StatusIs(absl::StatusCode::kAborted, "directory/file0"));
}

TEST(LayerIndex, HasNoDatabaseWhereALinkReplacedIt) {
  const std::string tar = TarOf({{{.path = "etc/passwd"}, "hi"},
                                 {{.path = "etc/passwd",
                                   .type = TarEntryType::kSymlink,
                                   .link_target = "p"},
                                  ""}});
  const absl::StatusOr<LayerIndex> index = IndexLayer(tar);
  ASSERT_THAT(index.status(), IsOk());
  EXPECT_EQ(index->passwd, std::nullopt);
}

struct BadPathCase {
  const char* name;
  const char* path;
  const char* error;
};

class BadLayerPathTest : public testing::TestWithParam<BadPathCase> {};

TEST_P(BadLayerPathTest, IsRefused) {
  EXPECT_THAT(IndexLayer(TarOf({{{.path = GetParam().path}, ""}})),
              StatusIs(absl::StatusCode::kInvalidArgument, GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    IndexLayer, BadLayerPathTest,
    testing::ValuesIn<BadPathCase>({
        {"BareWhiteout", "a/.wh.",
         "layer entry \"a/.wh.\": whiteout without a file name"},
        {"WhiteoutOfDot", "a/.wh..",
         "layer entry \"a/.wh..\": whiteout without a file name"},
        {"WhiteoutOfDotDot", "a/.wh...",
         "layer entry \"a/.wh...\": whiteout without a file name"},
        {"UnknownMarker", "a/.wh..wh.plnk",
         "layer entry \"a/.wh..wh.plnk\": unknown whiteout"},
        {"BelowAWhiteout", "a/.wh.b/c",
         "layer entry \"a/.wh.b/c\": below a whiteout"},
        {"FileAsRoot", "/..",
         "layer entry \"/..\": the root must be a directory"},
    }),
    [](const auto& info) { return info.param.name; });

struct BadTextCase {
  const char* name;
  const char* text;
  const char* error;
};

class BadIndexTextTest : public testing::TestWithParam<BadTextCase> {};

TEST_P(BadIndexTextTest, IsRefused) {
  EXPECT_THAT(ParseLayerIndex(GetParam().text),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       absl::StrCat("layer index ", GetParam().error)));
}

#define HEADER                                  \
  R"({"version":1,"passwd":null,"group":null})" \
  "\n"

INSTANTIATE_TEST_SUITE_P(
    ParseLayerIndex, BadIndexTextTest,
    testing::ValuesIn<BadTextCase>({
        {"Empty", "", "line 1: expected a JSON object"},
        {"OtherVersion", R"({"version":2,"passwd":null,"group":null})",
         "line 1: \"version\": expected a number in range"},
        {"NoDatabase", R"({"version":1,"passwd":null})",
         "line 1: no \"group\""},
        {"NotJson", HEADER "{", "line 2: expected a JSON object"},
        {"BlankLine", HEADER "\n", "line 2: expected a JSON object"},
        {"UncleanPath", HEADER R"({"path":"../a","type":"whiteout"})",
         "line 2: \"path\": expected a clean relative path"},
        {"UnknownType", HEADER R"({"path":"a","type":"door"})",
         "line 2: unknown type \"door\""},
        {"ModeOutOfRange",
         HEADER R"({"path":"a","type":"fifo","mode":"100644"})",
         "line 2: \"mode\": expected four octal digits"},
        {"NegativeSize",
         HEADER
         R"({"path":"a","type":"file","mode":"0644","uid":0,"gid":0,"mtime":0,"size":-1})",
         "line 2: \"size\": expected a number in range"},
        {"SizeOverInt64",
         HEADER
         R"({"path":"a","type":"file","mode":"0644","uid":0,"gid":0,"mtime":0,"size":18446744073709551615})",
         "line 2: \"size\": expected a number in range"},
        {"BadDigest",
         HEADER
         R"({"path":"a","type":"file","mode":"0644","uid":0,"gid":0,"mtime":0,"size":1,"offset":2,"digest":"x"})",
         "line 2: digest \"x\": expected \"sha256:<64 lower-case hex "
         "digits>\""},
        {"BadBase64", HEADER R"({"path":{"base64":"%"},"type":"fifo"})",
         "line 2: \"path\": expected a string, or {\"base64\": string}"},
        {"SnapshotWithoutLinkOrXattrs",
         HEADER R"({"path":"a","type":"snapshot"})", "line 2: no \"link\""},
        {"SnapshotOfAnUncleanLink",
         HEADER R"({"path":"a","type":"snapshot","link":"/b"})",
         "line 2: \"link\": expected a clean relative path"},
        {"SnapshotLinkToTheRoot",
         HEADER R"({"path":"a","type":"snapshot","link":""})",
         "line 2: \"link\": expected a path"},
        {"SnapshotWithLinkAndXattrs",
         HEADER R"({"path":"a","type":"snapshot","link":"b","xattrs":{}})",
         "line 2: unexpected \"link\""},
        {"UnknownKey", HEADER R"({"path":"a","type":"whiteout","mode":"0644"})",
         "line 2: unexpected \"mode\""},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
