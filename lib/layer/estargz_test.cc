#include "lib/layer/estargz.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status_matchers.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "lib/base/byte_sink.h"
#include "lib/compression/decompressor.h"
#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/tar/entry.h"
#include "lib/tar/reader.h"
#include "lib/tar/writer.h"

namespace rules_dockerfile {
namespace {

using ::absl_testing::IsOk;
using ::absl_testing::StatusIs;
using Strings = std::vector<std::string>;

constexpr int kFooterSize = 51;

struct Member {
  TarEntry entry;
  std::string data;
};

std::string TarOf(std::vector<Member> members) {
  StringSink sink;
  TarWriter writer(&sink);
  for (Member& member : members) {
    member.entry.size = static_cast<int64_t>(member.data.size());
    EXPECT_THAT(writer.Add(member.entry, member.data), IsOk());
  }
  EXPECT_THAT(writer.Finish(), IsOk());
  return sink.contents();
}

std::string Unzip(absl::string_view bytes) {
  const absl::StatusOr<std::string> text = DecompressToString(bytes);
  EXPECT_THAT(text, IsOk());
  return text.value_or("");
}

std::vector<TarMember> MembersOf(absl::string_view tar) {
  std::vector<TarMember> members;
  TarReader reader(tar);
  while (true) {
    const auto member = reader.Next();
    EXPECT_THAT(member, IsOk());
    if (!member.ok() || !member->has_value()) return members;
    members.push_back(**member);
  }
}

// A blob, and what a reader of eStargz makes of it: the footer first, then the
// TOC, then a file by its offset.
struct Blob {
  std::string bytes;
  EstargzDigests digests;
  int64_t toc_offset = 0;
  Json toc;

  // What is decompressed from the chunk's offset to the next one.
  std::string Chunk(const Json& chunk, int64_t size) const {
    std::set<int64_t> offsets = {toc_offset};
    for (const Json& entry : toc["entries"]) {
      if (entry.contains("offset"))
        offsets.insert(entry["offset"].get<int64_t>());
    }
    const int64_t begin = chunk["offset"];
    const int64_t end = *offsets.upper_bound(begin);
    return Unzip(absl::string_view(bytes).substr(begin, end - begin))
        .substr(0, size);
  }

  // The data of a file, chunk by chunk, each compared with its digest.
  std::string Data(const std::string& name) const {
    std::string data;
    int64_t size = 0;
    std::string digest;
    for (const Json& entry : toc["entries"]) {
      if (entry["name"] != name) continue;
      if (entry["type"] == "reg") {
        size = entry.value("size", int64_t{0});
        digest = entry["digest"];
      }
      if (!entry.contains("offset")) continue;
      const auto begin = static_cast<int64_t>(data.size());
      EXPECT_EQ(entry.value("chunkOffset", int64_t{0}), begin);
      const std::string chunk =
          Chunk(entry, entry.value("chunkSize", size - begin));
      EXPECT_EQ(entry["chunkDigest"], DigestOf(chunk));
      data += chunk;
    }
    EXPECT_EQ(digest, DigestOf(data));
    return data;
  }
};

Blob Write(absl::string_view tar, const EstargzOptions& options = {}) {
  Blob blob;
  StringSink sink;
  const absl::StatusOr<EstargzDigests> digests =
      WriteEstargz(tar, options, &sink);
  EXPECT_THAT(digests, IsOk());
  if (!digests.ok()) return blob;
  blob.digests = *digests;
  blob.bytes = sink.contents();

  // 10 bytes of header with FEXTRA, 6 of XLEN, SI1, SI2 and LEN, 16 digits.
  const std::string footer = blob.bytes.substr(blob.bytes.size() - kFooterSize);
  EXPECT_EQ(absl::BytesToHexString(footer.substr(0, 16)),
            "1f8b080400000000"
            "00ff"
            "1a00"
            "5347"
            "1600");
  EXPECT_EQ(footer.substr(32, 6), "STARGZ");
  EXPECT_EQ(absl::BytesToHexString(footer.substr(38)),
            "010000ffff"
            "0000000000000000");
  EXPECT_EQ(Unzip(footer), "");
  EXPECT_TRUE(absl::SimpleHexAtoi(footer.substr(16, 16), &blob.toc_offset));

  const std::string end =
      Unzip(absl::string_view(blob.bytes)
                .substr(blob.toc_offset,
                        blob.bytes.size() - kFooterSize - blob.toc_offset));
  const std::vector<TarMember> members = MembersOf(end);
  EXPECT_EQ(members.size(), 1u);
  EXPECT_EQ(members[0].entry.path, "stargz.index.json");
  EXPECT_EQ(blob.digests.toc, DigestOf(members[0].data));
  blob.toc = ParseJson(members[0].data).value();
  EXPECT_EQ(blob.digests.diff_id, DigestOf(Unzip(blob.bytes)));
  return blob;
}

std::vector<Member> Files() {
  std::string large;
  while (large.size() < 25000) absl::StrAppend(&large, large.size(), ",");
  large.resize(25000);
  return {
      {{.path = "etc", .type = TarEntryType::kDirectory, .mode = 0755}, ""},
      {{.path = "etc/hi", .mode = 0644, .uid = 1, .gid = 2, .mtime = 7}, "hi"},
      {{.path = "etc/empty", .mode = 04755}, ""},
      {{.path = "etc/link",
        .type = TarEntryType::kSymlink,
        .mode = 0777,
        .link_target = "hi"},
       ""},
      {{.path = "etc/same",
        .type = TarEntryType::kHardLink,
        .mode = 0644,
        .link_target = "etc/hi"},
       ""},
      {{.path = "null",
        .type = TarEntryType::kCharDevice,
        .mode = 0666,
        .device_major = 1,
        .device_minor = 3},
       ""},
      {{.path = "large", .mode = 0600, .xattrs = {{"user.a", "b\xff"}}}, large},
      {{.path = "whole", .mode = 0600}, large.substr(0, 20000)},
      {{.path = "etc/.wh.gone", .mode = 0}, ""},
      {{.path = std::string(150, 'n'), .mode = 0600}, "long"},
  };
}

TEST(Estargz, IsTheLayerWithALandmarkAndATocWhenDecompressed) {
  const std::string tar = TarOf(Files());
  const Blob blob = Write(tar);
  const std::string unzipped = Unzip(blob.bytes);
  // The members of the layer, to the byte.
  EXPECT_TRUE(absl::StrContains(unzipped, tar.substr(0, tar.size() - 2 * 512)));
  Strings names;
  for (const TarMember& member : MembersOf(unzipped)) {
    names.push_back(member.entry.path);
  }
  Strings want = {".no.prefetch.landmark"};
  for (const Member& member : Files()) want.push_back(member.entry.path);
  want.push_back("stargz.index.json");
  EXPECT_EQ(names, want);
  EXPECT_EQ(MembersOf(unzipped)[0].data, "\x0f");
}

TEST(Estargz, HasEachFileAtItsOffset) {
  for (const int chunk_size : {4 << 20, 10000}) {
    const Blob blob = Write(TarOf(Files()), {.chunk_size = chunk_size});
    for (const Member& member : Files()) {
      if (member.entry.type != TarEntryType::kFile) continue;
      EXPECT_EQ(blob.Data(member.entry.path), member.data) << member.entry.path;
    }
    EXPECT_EQ(blob.Data(".no.prefetch.landmark"), "\x0f");
  }
}

TEST(Estargz, DescribesAllMembersButTheToc) {
  const std::string tar = TarOf(Files());
  Json toc = Write(tar, {.chunk_size = 10000}).toc;
  EXPECT_EQ(toc["version"], 1);
  Strings lines;
  for (Json& entry : toc["entries"]) {
    for (const char* key : {"offset", "digest", "chunkDigest"}) {
      entry.erase(key);
    }
    lines.push_back(entry.dump());
  }
  EXPECT_EQ(
      lines,
      (Strings{
          R"({"name":".no.prefetch.landmark","type":"reg","size":1,"mode":292,"uid":0,"gid":0})",
          R"({"name":"etc/","type":"dir","mode":493,"uid":0,"gid":0})",
          R"({"name":"etc/hi","type":"reg","size":2,"modtime":"1970-01-01T00:00:07Z","mode":420,"uid":1,"gid":2})",
          R"({"name":"etc/empty","type":"reg","mode":2541,"uid":0,"gid":0})",
          R"({"name":"etc/link","type":"symlink","linkName":"hi","mode":511,"uid":0,"gid":0})",
          R"({"name":"etc/same","type":"hardlink","linkName":"etc/hi","mode":420,"uid":0,"gid":0})",
          R"({"name":"null","type":"char","mode":438,"uid":0,"gid":0,"devMajor":1,"devMinor":3})",
          R"({"name":"large","type":"reg","size":25000,"mode":384,"uid":0,"gid":0,"xattrs":{"user.a":"Yv8="},"chunkSize":10000})",
          R"({"name":"large","type":"chunk","chunkOffset":10000,"chunkSize":10000})",
          R"({"name":"large","type":"chunk","chunkOffset":20000})",
          R"({"name":"whole","type":"reg","size":20000,"mode":384,"uid":0,"gid":0,"chunkSize":10000})",
          R"({"name":"whole","type":"chunk","chunkOffset":10000})",
          R"({"name":"etc/.wh.gone","type":"reg","mode":0,"uid":0,"gid":0})",
          absl::StrCat(
              R"({"name":")", std::string(150, 'n'),
              R"(","type":"reg","size":4,"mode":384,"uid":0,"gid":0})"),
      }));
}

TEST(Estargz, DependsOnTheLayerAlone) {
  std::string data;
  while (data.size() < (5 << 20)) absl::StrAppend(&data, data.size());
  const std::string tar = TarOf({{{.path = "a", .mode = 0600}, data},
                                 {{.path = "b", .mode = 0600}, "b"}});
  const Blob one = Write(tar);
  EXPECT_EQ(one.bytes, Write(tar, {.threads = 4}).bytes);
  EXPECT_EQ(one.Data("a"), data);
  EXPECT_NE(one.bytes, Write(tar, {.level = 9}).bytes);
}

TEST(Estargz, MadeOfItselfIsItself) {
  const Blob once = Write(TarOf(Files()));
  EXPECT_EQ(Write(Unzip(once.bytes)).bytes, once.bytes);
}

TEST(Estargz, OfAnEmptyLayerHasItsOwnFilesOnly) {
  const Blob blob = Write(TarOf({}));
  EXPECT_EQ(blob.toc["entries"].size(), 1u);
  EXPECT_EQ(MembersOf(Unzip(blob.bytes)).size(), 2u);
}

TEST(Estargz, RefusesNamesThatJsonCannotHold) {
  const TarEntry entries[] = {
      {.path = "a\xe4", .mode = 0600},
      {.path = "a",
       .type = TarEntryType::kSymlink,
       .mode = 0777,
       .link_target = "a\xe4"},
      {.path = "a", .mode = 0600, .xattrs = {{"a\xe4", "b"}}},
  };
  for (const TarEntry& entry : entries) {
    StringSink sink;
    EXPECT_THAT(WriteEstargz(TarOf({{entry, ""}}), {}, &sink).status(),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "estargz cannot hold the name \"a\xe4\", which is not "
                         "UTF-8\nhint: use gzip"));
  }
}

TEST(Estargz, HasTimesOfTheYears0To9999) {
  const struct {
    int64_t mtime;
    absl::string_view modtime;
  } cases[] = {
      {253402300798, "9999-12-31T23:59:58Z"},
      {253402300800, "9999-12-31T23:59:59Z"},
      {std::numeric_limits<int64_t>::max(), "9999-12-31T23:59:59Z"},
      {-62167219200, "0000-01-01T00:00:00Z"},
      {-62167219201, "0000-01-01T00:00:00Z"},
  };
  for (const auto& [mtime, modtime] : cases) {
    const TarEntry entry = {.path = "a", .mode = 0600, .mtime = mtime};
    EXPECT_EQ(Write(TarOf({{entry, ""}})).toc["entries"][1]["modtime"], modtime)
        << mtime;
  }
}

TEST(Estargz, RefusesWhatIsNoTar) {
  StringSink sink;
  EXPECT_THAT(WriteEstargz(std::string(512, 'x'), {}, &sink),
              StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string tar = TarOf(Files());
  EXPECT_THAT(WriteEstargz(tar, {.level = 12}, &sink).status(),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "gzip has no level 12: expected 1 to 9"));
}

}  // namespace
}  // namespace rules_dockerfile
