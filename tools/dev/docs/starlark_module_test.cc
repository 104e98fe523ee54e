#include "tools/dev/docs/starlark_module.h"

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// A field of a message, in at most 127 bytes.
std::string Bytes(int field, absl::string_view value) {
  return absl::StrCat(std::string{static_cast<char>(field << 3 | 2),
                                  static_cast<char>(value.size())},
                      value);
}
std::string Number(int field, int value) {
  return {static_cast<char>(field << 3), static_cast<char>(value)};
}

TEST(ParseStarlarkModule, ReadsARule) {
  const std::string attribute =
      Bytes(1, "base") + Bytes(2, "The base.") + Number(3, 3) + Number(4, 1) +
      Bytes(5, Bytes(1, "ImageInfo")) + Bytes(6, "None");
  const absl::StatusOr<StarlarkModule> module =
      ParseStarlarkModule(Bytes(1, Bytes(1, "image") + Bytes(2, "An image.") +
                                       Bytes(3, attribute)) +
                          Bytes(5, "Rules."));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->doc, "Rules.");
  ASSERT_THAT(module->symbols, SizeIs(1));
  const StarlarkSymbol& rule = module->symbols[0];
  EXPECT_EQ(rule.kind, StarlarkKind::kRule);
  EXPECT_EQ(rule.name, "image");
  EXPECT_EQ(rule.doc, "An image.");
  ASSERT_THAT(rule.members, SizeIs(1));
  EXPECT_EQ(rule.members[0].name, "base");
  EXPECT_EQ(rule.members[0].doc, "The base.");
  EXPECT_EQ(rule.members[0].type, "label");
  EXPECT_TRUE(rule.members[0].mandatory);
  EXPECT_EQ(rule.members[0].default_value, "None");
  EXPECT_THAT(rule.members[0].providers, ElementsAre("ImageInfo"));
}

TEST(ParseStarlarkModule, ReadsAFunction) {
  const absl::StatusOr<StarlarkModule> module = ParseStarlarkModule(
      Bytes(3, Bytes(1, "f") + Bytes(2, Bytes(1, "a") + Bytes(3, "[]")) +
                   Bytes(3, "Does it.") + Bytes(4, Bytes(1, "A list."))));
  ASSERT_TRUE(module.ok()) << module.status();
  const StarlarkSymbol& function = module->symbols.at(0);
  EXPECT_EQ(function.kind, StarlarkKind::kFunction);
  EXPECT_EQ(function.doc, "Does it.");
  EXPECT_EQ(function.returns, "A list.");
  EXPECT_EQ(function.members.at(0).type, "");
  EXPECT_FALSE(function.members.at(0).mandatory);
  EXPECT_EQ(function.members.at(0).default_value, "[]");
}

TEST(ParseStarlarkModule, NamesKeywordArgumentsWithTheirStars) {
  const absl::StatusOr<StarlarkModule> module =
      ParseStarlarkModule(Bytes(3, Bytes(2, Bytes(1, "a") + Number(4, 1)) +
                                       Bytes(2, Bytes(1, "b") + Bytes(3, "1")) +
                                       Bytes(2, Bytes(1, "kwargs"))));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->symbols.at(0).members.at(0).name, "a");
  EXPECT_EQ(module->symbols.at(0).members.at(1).name, "b");
  EXPECT_EQ(module->symbols.at(0).members.at(2).name, "**kwargs");
}

TEST(ParseStarlarkModule, MakesTextUtf8ThatWasTakenForLatin1) {
  // "…" is e2 80 a6.
  absl::StatusOr<StarlarkModule> module =
      ParseStarlarkModule(Bytes(5, "a\xc3\xa2\xc2\x80\xc2\xa6z"));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->doc, "a…z");
  module = ParseStarlarkModule(Bytes(5, "a…z"));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->doc, "a…z");
}

TEST(ParseStarlarkModule, ReadsTheTagsOfAnExtension) {
  const absl::StatusOr<StarlarkModule> module = ParseStarlarkModule(
      Bytes(7, Bytes(1, "e") + Bytes(2, "Doc.") +
                   Bytes(3, Bytes(1, "tag") + Bytes(2, "A tag.") +
                                Bytes(3, Bytes(1, "a") + Number(3, 5)))));
  ASSERT_TRUE(module.ok()) << module.status();
  const StarlarkSymbol& extension = module->symbols.at(0);
  EXPECT_EQ(extension.kind, StarlarkKind::kModuleExtension);
  EXPECT_THAT(extension.members, SizeIs(0));
  EXPECT_EQ(extension.tags.at(0).name, "tag");
  EXPECT_EQ(extension.tags.at(0).doc, "A tag.");
  EXPECT_EQ(extension.tags.at(0).members.at(0).type, "list of strings");
}

TEST(ParseStarlarkModule, SortsSymbolsOfAllKindsByName) {
  const absl::StatusOr<StarlarkModule> module =
      ParseStarlarkModule(Bytes(8, Bytes(1, "a")) + Bytes(1, Bytes(1, "c")) +
                          Bytes(2, Bytes(1, "b")));
  ASSERT_TRUE(module.ok()) << module.status();
  EXPECT_EQ(module->symbols.at(0).kind, StarlarkKind::kRepositoryRule);
  EXPECT_EQ(module->symbols.at(1).kind, StarlarkKind::kProvider);
  EXPECT_EQ(module->symbols.at(2).kind, StarlarkKind::kRule);
}

TEST(ParseStarlarkModule, RefusesOtherData) {
  EXPECT_EQ(ParseStarlarkModule("x").status(),
            absl::InvalidArgumentError(
                "expected a protocol buffer, got other data at byte 0"));
  EXPECT_EQ(ParseStarlarkModule(Bytes(1, "x")).status(),
            absl::InvalidArgumentError(
                "expected a protocol buffer, got other data at byte 0"));
}

}  // namespace
}  // namespace rules_dockerfile
