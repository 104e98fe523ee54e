#include "tools/image_lock/lock_plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "lib/network/locked_image.h"
#include "lib/reference/reference.h"

namespace rules_dockerfile {
namespace {

// "sha256:aaa…a".
std::string Digest(char c) {
  return absl::StrCat("sha256:", std::string(64, c));
}

// `text` with "@a" for the digest of "a".
std::string Long(absl::string_view text) {
  const size_t at = text.find('@');
  if (at == text.npos) return std::string(text);
  return absl::StrCat(text.substr(0, at + 1), Digest(text[at + 1]),
                      text.substr(at + 2));
}

ImageReference Parse(const std::string& text) {
  return AsLocked(ParseImageReference(Long(text)).value());
}

// Of "h.x/a:1@a amd64" each.
std::vector<LockedImage> Images(const std::vector<std::string>& texts) {
  std::vector<LockedImage> images;
  for (const std::string& text : texts) {
    const std::pair<std::string, std::string> parts = absl::StrSplit(text, ' ');
    images.push_back({.image = Long(parts.first),
                      .platform = parts.second,
                      .manifest = {},
                      .config = {},
                      .layers = {},
                      .onbuild = {}});
  }
  return images;
}

// Of "amd64 debian:12" each; "--update=x" and "--only" are what they say.
LockRequest Request(const std::vector<std::string>& texts) {
  LockRequest request;
  for (const std::string& text : texts) {
    if (text == "--only") {
      request.only = true;
    } else if (text == "--update=all") {
      request.update_all = true;
    } else if (absl::StartsWith(text, "--update=")) {
      request.update.push_back(Parse(text.substr(9)));
    } else {
      const std::pair<std::string, std::string> parts =
          absl::StrSplit(text, ' ');
      request.wanted.push_back(
          {.reference = Parse(parts.second), .platform = parts.first});
    }
  }
  return request;
}

// "docker.io/library/debian:12 at 12 for amd64,arm64" of each.
std::vector<std::string> Texts(const std::vector<Resolution>& resolutions) {
  std::vector<std::string> texts;
  for (const Resolution& resolution : resolutions) {
    texts.push_back(absl::StrCat(ReferenceText(resolution.reference), " at ",
                                 resolution.at, " for ",
                                 absl::StrJoin(resolution.platforms, ",")));
  }
  return texts;
}

using Strings = std::vector<std::string>;

struct PlanCase {
  const char* name;
  Strings locked;
  Strings request;
  Strings asked;
};

class PlanResolutionsTest : public testing::TestWithParam<PlanCase> {};

TEST_P(PlanResolutionsTest, AsksForWhatIsNotLockedAndForUpdates) {
  EXPECT_EQ(Texts(PlanResolutions(Images(GetParam().locked),
                                  Request(GetParam().request))),
            GetParam().asked);
}

INSTANTIATE_TEST_SUITE_P(
    LockPlan, PlanResolutionsTest,
    testing::ValuesIn<PlanCase>({
        {"Nothing", {}, {}, {}},
        {"New",
         {},
         {"arm64 debian", "amd64 docker.io/library/debian:latest"},
         {"docker.io/library/debian:latest at latest for amd64,arm64"}},
        {"LockedStays", {"h.x/a:1@a amd64"}, {"amd64 h.x/a:1"}, {}},
        {"AnotherPlatformAtTheLockedDigest",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/a:1", "arm64 h.x/a:1"},
         {absl::StrCat("h.x/a:1 at ", Digest('a'), " for arm64")}},
        {"AnotherTagIsAnotherReference",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/a:2"},
         {"h.x/a:2 at 2 for amd64"}},
        {"ADigestIsAskedFor",
         {},
         {"amd64 h.x/a:1@a"},
         {absl::StrCat("h.x/a@", Digest('a'), " at ", Digest('a'),
                       " for amd64")}},
        {"ADigestThatIsLocked", {"h.x/a@a amd64"}, {"amd64 h.x/a:1@a"}, {}},
        {"ATagIsNotLockedByItsDigest",
         {"h.x/a@a amd64"},
         {"amd64 h.x/a:1"},
         {"h.x/a:1 at 1 for amd64"}},
        {"AnUpdateIsOfAllPlatforms",
         {"h.x/a:1@a amd64", "h.x/b:1@a amd64"},
         {"arm64 h.x/a:1", "amd64 h.x/b:1", "--update=h.x/a:1"},
         {"h.x/a:1 at 1 for amd64,arm64"}},
        {"AnUpdateOfADigestIsNone",
         {"h.x/a@a amd64"},
         {"amd64 h.x/a@a", "--update=h.x/a@a", "--update=all"},
         {}},
        {"AnUpdateOfAllIsOfWhatIsOnlyLocked",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/b:1", "--update=all"},
         {"h.x/a:1 at 1 for amd64", "h.x/b:1 at 1 for amd64"}},
        {"OnlyAsksForNothingThatIsDropped",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/b:1", "--update=all", "--only"},
         {"h.x/b:1 at 1 for amd64"}},
    }),
    [](const auto& info) { return info.param.name; });

TEST(CheckUpdates, ListsRequestedImages) {
  EXPECT_EQ(CheckUpdates(
                Request({"amd64 docker.io/library/debian:12", "arm64 debian:12",
                         "amd64 h.x/a:1", "--update=library/debian:12"})),
            absl::OkStatus());
  EXPECT_EQ(CheckUpdates(Request(
                {"amd64 debian:12", "amd64 h.x/a:1", "--update=debian"})),
            absl::InvalidArgumentError(
                "--update=debian:latest: expected one of \"all\", "
                "\"debian:12\", \"h.x/a:1\""));
}

struct UpdateCase {
  const char* name;
  Strings locked;
  Strings request;
  Strings resolved;
  Strings images;
  Strings lines;
};

class UpdateImagesTest : public testing::TestWithParam<UpdateCase> {};

TEST_P(UpdateImagesTest, SaysWhatChanges) {
  EXPECT_EQ(UpdateImages(Images(GetParam().locked), Request(GetParam().request),
                         Images(GetParam().resolved)),
            (UpdatedImages{Images(GetParam().images), GetParam().lines}));
}

INSTANTIATE_TEST_SUITE_P(
    LockPlan, UpdateImagesTest,
    testing::ValuesIn<UpdateCase>({
        {"NothingNew",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/a:1"},
         {},
         {"h.x/a:1@a amd64"},
         {}},
        {"Sorted",
         {"h.x/b:1@a amd64"},
         {"arm64 h.x/a:1", "amd64 h.x/a:1"},
         {"h.x/a:1@b arm64", "h.x/a:1@b amd64"},
         {"h.x/a:1@b amd64", "h.x/a:1@b arm64", "h.x/b:1@a amd64"},
         {absl::StrCat("h.x/a:1 for amd64: locked ", Digest('b')),
          absl::StrCat("h.x/a:1 for arm64: locked ", Digest('b'))}},
        {"Moved",
         {"h.x/a:1@a amd64", "h.x/b:1@a amd64"},
         {"amd64 h.x/a:1"},
         {"h.x/a:1@b amd64"},
         {"h.x/a:1@b amd64", "h.x/b:1@a amd64"},
         {absl::StrCat("h.x/a:1 for amd64: locked ", Digest('b'), ", was ",
                       Digest('a'))}},
        {"NotMoved",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/a:1", "--update=all"},
         {"h.x/a:1@a amd64"},
         {"h.x/a:1@a amd64"},
         {}},
        {"Only",
         {"h.x/a:1@a amd64", "h.x/b:1@a amd64", "h.x/b:1@a arm64"},
         {"amd64 h.x/b:1", "--only"},
         {},
         {"h.x/b:1@a amd64", "h.x/b:1@a arm64"},
         {"h.x/a:1 for amd64: dropped"}},
    }),
    [](const auto& info) { return info.param.name; });

TEST(UpdateImages, SaysThatAnEntryOfTheSameDigestDiffers) {
  const std::vector<LockedImage> old = Images({"h.x/a:1@a amd64"});
  std::vector<LockedImage> resolved = old;
  resolved[0].onbuild = {"RUN x"};
  EXPECT_EQ(
      UpdateImages(old, Request({"amd64 h.x/a:1", "--update=all"}), resolved),
      (UpdatedImages{
          resolved, {"h.x/a:1 for amd64: another entry for the same digest"}}));
}

TEST(UpdateRegistries, KeepsThoseOfTheImagesAndTheMirrors) {
  const auto images = Images({"a.x/a:1@a amd64", "b.x/b:1@a amd64"});
  EXPECT_EQ(
      UpdateRegistries({{"a.x", "https://old/", "s"},
                        {"b.x", "https://b.x/", "s"},
                        {"c.x", "https://c.x/", "s"},
                        {"d.x", "https://d.x/", "s"}},
                       images, {"d.x", "e.x"}, {{"a.x", "https://new/", "t"}}),
      (std::vector<LockedRegistry>{{"a.x", "https://new/", "t"},
                                   {"b.x", "https://b.x/", "s"},
                                   {"d.x", "https://d.x/", "s"}}));
}

struct CheckCase {
  const char* name;
  Strings locked;
  Strings request;
  Strings asked;
  std::map<std::string, std::string> current;
  Strings lines;
};

class CheckImagesTest : public testing::TestWithParam<CheckCase> {};

TEST_P(CheckImagesTest, SaysWhatIsOutOfDate) {
  const std::vector<LockedImage> old = Images(GetParam().locked);
  const LockRequest request = Request(GetParam().request);
  Strings asked;
  for (const ImageReference& reference : PlanCheck(old, request)) {
    asked.push_back(ReferenceText(reference));
  }
  EXPECT_EQ(asked, GetParam().asked);
  EXPECT_EQ(CheckImages(old, request, GetParam().current), GetParam().lines);
}

INSTANTIATE_TEST_SUITE_P(
    LockPlan, CheckImagesTest,
    testing::ValuesIn<CheckCase>({
        {"UpToDate",
         {"h.x/a:1@a amd64", "h.x/b@a amd64"},
         {"amd64 h.x/a:1", "amd64 h.x/b@a"},
         {"h.x/a:1"},
         {{"h.x/a:1", Digest('a')}},
         {}},
        {"Moved",
         {"h.x/a:1@a amd64", "h.x/a:1@a arm64"},
         {"amd64 h.x/a:1", "arm64 h.x/a:1"},
         {"h.x/a:1"},
         {{"h.x/a:1", Digest('b')}},
         {absl::StrCat("h.x/a:1: expected ", Digest('a'), " (locked), got ",
                       Digest('b'), " from the registry")}},
        {"NotLocked",
         {"h.x/a:1@a amd64"},
         {"amd64 h.x/a:1", "arm64 h.x/a:1", "amd64 h.x/b:1"},
         {"h.x/a:1"},
         {{"h.x/a:1", Digest('a')}},
         {"h.x/a:1 for arm64: expected an entry, got none",
          "h.x/b:1 for amd64: expected an entry, got none"}},
        {"NotRequested",
         {"h.x/a:1@a amd64"},
         {"--only"},
         {},
         {},
         {"h.x/a:1: expected no entry, as nothing requires it"}},
        {"NotRequestedButKept", {"h.x/a:1@a amd64"}, {}, {}, {}, {}},
        {"UpdatesAlone",
         {"h.x/a:1@a amd64", "h.x/b:1@a amd64"},
         {"amd64 h.x/a:1", "amd64 h.x/b:1", "amd64 h.x/c:1",
          "--update=h.x/b:1"},
         {"h.x/b:1"},
         {{"h.x/b:1", Digest('a')}},
         {}},
    }),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace rules_dockerfile
