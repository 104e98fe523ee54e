#include "lib/sbom/license.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rules_dockerfile {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

struct LicenseCase {
  const char* name;
  std::string text;
  std::string license;   // "" for none
  std::string ref = "";  // "LicenseRef-x: x", if there is one
};

void PrintTo(const LicenseCase& c, std::ostream* out) { *out << c.name; }

class LicenseTest : public testing::TestWithParam<LicenseCase> {};

TEST_P(LicenseTest, IsNormalized) {
  LicenseRefs refs;
  const std::optional<License> license =
      NormalizedLicense(GetParam().text, refs);
  ASSERT_EQ(license.has_value(), !GetParam().license.empty());
  if (license.has_value()) {
    EXPECT_EQ(LicenseText(*license), GetParam().license);
    EXPECT_EQ(ParseLicenseText(LicenseText(*license)), *license);
  }
  std::string ref;
  for (const auto& [id, text] : refs) absl::StrAppend(&ref, id, ": ", text);
  EXPECT_EQ(ref, GetParam().ref);
}

INSTANTIATE_TEST_SUITE_P(
    All, LicenseTest,
    testing::Values(
        LicenseCase{"Id", "MIT", "MIT"},
        LicenseCase{"IdInAnotherCase", "apache-2.0", "Apache-2.0"},
        LicenseCase{"Nothing", " ", ""}, LicenseCase{"Unknown", "UNKNOWN", ""},
        LicenseCase{"Choice", "MIT or Apache-2.0", "MIT OR Apache-2.0"},
        LicenseCase{"Precedence", "MIT AND (ISC OR Zlib)",
                    "MIT AND (ISC OR Zlib)"},
        LicenseCase{"NeedlessParentheses", "((MIT) OR (ISC AND Zlib))",
                    "MIT OR ISC AND Zlib"},
        LicenseCase{"Exception", "GPL-2.0-only with Classpath-exception-2.0",
                    "GPL-2.0-only WITH Classpath-exception-2.0"},
        LicenseCase{"UnknownException", "GPL-2+ with OpenSSL exception",
                    "LicenseRef-GPL-2plus-with-OpenSSL-exception",
                    "LicenseRef-GPL-2plus-with-OpenSSL-exception: GPL-2+ with "
                    "OpenSSL exception"},
        LicenseCase{"DeprecatedGnu", "GPL-2.0+", "GPL-2.0-or-later"},
        LicenseCase{"DebianGnu", "LGPL-2.1+", "LGPL-2.1-or-later"},
        LicenseCase{"DebianOnly", "GPL-3", "GPL-3.0-only"},
        LicenseCase{"DebianExpat", "Expat", "MIT"},
        LicenseCase{"DebianComma", "GPL-2+ or MIT, and ISC",
                    "(GPL-2.0-or-later OR MIT) AND ISC"},
        LicenseCase{"DebianCommas",
                    "MIT, and ISC and Zlib, Expat, or ISC, or MIT",
                    "MIT AND ISC AND Zlib AND MIT OR ISC OR MIT"},
        LicenseCase{"Fedora", "GPLv2+ and ASL 2.0",
                    "GPL-2.0-or-later AND Apache-2.0"},
        LicenseCase{"LaterVersions", "Artistic-2.0+", "Artistic-2.0+"},
        LicenseCase{"NotListed", "BSD-like", "LicenseRef-BSD-like",
                    "LicenseRef-BSD-like: BSD-like"},
        LicenseCase{"PartNotListed", "MIT AND custom",
                    "MIT AND LicenseRef-custom", "LicenseRef-custom: custom"},
        LicenseCase{"OwnReference", "LicenseRef-Proprietary",
                    "LicenseRef-Proprietary",
                    "LicenseRef-Proprietary: LicenseRef-Proprietary"},
        LicenseCase{"Sentence", "You may all use it and so may they",
                    "LicenseRef-You-may-all-use-it-and-so-may-they",
                    "LicenseRef-You-may-all-use-it-and-so-may-they: You may "
                    "all use it and so may they"},
        LicenseCase{"OpenParenthesis", "(MIT", "LicenseRef-MIT",
                    "LicenseRef-MIT: (MIT"},
        LicenseCase{"NoName", "\xff\xfe", "LicenseRef-b3d510ef0427",
                    "LicenseRef-b3d510ef0427: \xff\xfe"},
        LicenseCase{"DeepParentheses",
                    std::string(100, '(') + "MIT" + std::string(100, ')'),
                    "LicenseRef-93e8781a16da",
                    "LicenseRef-93e8781a16da: " + std::string(100, '(') +
                        "MIT" + std::string(100, ')')}),
    [](const auto& info) { return info.param.name; });

TEST(NormalizedLicense, KeepsTextsWithTheSameReferenceApart) {
  LicenseRefs refs;
  EXPECT_EQ(NormalizedLicense("my license", refs)->id, "LicenseRef-my-license");
  const std::string other = NormalizedLicense("my-license", refs)->id;
  EXPECT_EQ(other.substr(0, 22), "LicenseRef-my-license-");
  EXPECT_THAT(refs, ElementsAre(Pair("LicenseRef-my-license", "my license"),
                                Pair(other, "my-license")));
}

// The references are those of a whole image: copied for each text, they cost
// the square of their number.
TEST(NormalizedLicense, AddsReferencesInPlace) {
  LicenseRefs refs;
  NormalizedLicense("first", refs);
  const std::string* const first = &refs.at("LicenseRef-first");
  NormalizedLicense("second and first, or MIT", refs);
  EXPECT_EQ(&refs.at("LicenseRef-first"), first);
  NormalizedLicense("third and (", refs);
  EXPECT_THAT(refs, ElementsAre(Pair("LicenseRef-first", "first"),
                                Pair("LicenseRef-second", "second"),
                                Pair("LicenseRef-third-and", "third and (")));
}

TEST(NormalizedLicense, TakesALongTextAsOneWithinABound) {
  LicenseRefs refs;
  const auto license = NormalizedLicense(std::string(1 << 20, 'x'), refs);
  ASSERT_EQ(refs.size(), 1u);
  EXPECT_EQ(refs.begin()->second.size(), 2000u);
  EXPECT_LT(license->id.size(), 100u);
}

TEST(DeniedLicense, IsOneThatCannotBeAvoided) {
  const auto denied = [](absl::string_view text) {
    return DeniedLicense(
               ParseLicenseText(text),
               [](absl::string_view id) { return id == "ISC" || id == "Zlib"; })
        .value_or("none");
  };
  EXPECT_EQ(denied("MIT"), "none");
  EXPECT_EQ(denied("MIT AND Zlib"), "Zlib");
  EXPECT_EQ(denied("MIT OR Zlib"), "none");
  EXPECT_EQ(denied("ISC OR Zlib"), "ISC");
  EXPECT_EQ(denied("MIT AND (ISC OR Zlib)"), "ISC");
  EXPECT_EQ(denied("MIT OR ISC AND Zlib"), "none");
}

}  // namespace
}  // namespace rules_dockerfile
