#include "tools/dev/docs/reference_page.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/dev/docs/starlark_module.h"

namespace rules_dockerfile {
namespace {

constexpr char kHead[] =
    "<!-- Written by `bazel run //docs:update` from the docstrings: edit "
    "those. "
    "-->\n"
    "\n"
    "# a.bzl\n";

TEST(ReferencePage, ShowsARuleWithMandatoryAttributesFirst) {
  EXPECT_EQ(
      ReferencePage(
          "a.bzl", "@rules//:a.bzl",
          {.doc = "Some rules.",
           .symbols = {{.kind = StarlarkKind::kRule,
                        .name = "image",
                        .doc = "An image.\n\n```starlark\nimage(\n)\n```",
                        .members = {{.name = "base",
                                     .doc = "The base.",
                                     .type = "label",
                                     .default_value = "None",
                                     .providers = {"ImageInfo", "FileInfo"}},
                                    {.name = "name",
                                     .doc = "The name.",
                                     .type = "name",
                                     .mandatory = true}}}}}),
      std::string(kHead) +
          "\n"
          "Some rules.\n"
          "\n"
          "## image\n"
          "\n"
          "```starlark\n"
          "load(\"@rules//:a.bzl\", \"image\")\n"
          "```\n"
          "\n"
          "An image.\n"
          "\n"
          "```starlark\n"
          "image(\n"
          ")\n"
          "```\n"
          "\n"
          "Attributes:\n"
          "\n"
          "- **`name`** (name, required): The name.\n"
          "- **`base`** (label, with ImageInfo or FileInfo, default `None`): "
          "The base.\n");
}

TEST(ReferencePage, ShowsAFunctionAndAProvider) {
  EXPECT_EQ(
      ReferencePage("a.bzl", "@rules//:a.bzl",
                    {.symbols = {{.kind = StarlarkKind::kFunction,
                                  .name = "f",
                                  .members = {{.name = "a", .doc = "An a."}},
                                  .returns = "a list."},
                                 {.kind = StarlarkKind::kProvider,
                                  .name = "Info",
                                  .members = {{.name = "b", .doc = "A b."}}}}}),
      std::string(kHead) +
          "\n"
          "## f\n"
          "\n"
          "```starlark\n"
          "load(\"@rules//:a.bzl\", \"f\")\n"
          "```\n"
          "\n"
          "Arguments:\n"
          "\n"
          "- **`a`**: An a.\n"
          "\n"
          "Returns: a list.\n"
          "\n"
          "## Info\n"
          "\n"
          "```starlark\n"
          "load(\"@rules//:a.bzl\", \"Info\")\n"
          "```\n"
          "\n"
          "Fields:\n"
          "\n"
          "- **`b`**: A b.\n");
}

TEST(ReferencePage, ShowsTheTagsOfAModuleExtension) {
  EXPECT_EQ(ReferencePage(
                "a.bzl", "@rules//:a.bzl",
                {.symbols = {{.kind = StarlarkKind::kModuleExtension,
                              .name = "apt",
                              .tags = {{.kind = StarlarkKind::kTag,
                                        .name = "base",
                                        .doc = "A base.",
                                        .members = {{.name = "lock",
                                                     .doc = "The lock.",
                                                     .type = "label",
                                                     .mandatory = true}}}}}}}),
            std::string(kHead) +
                "\n"
                "## apt\n"
                "\n"
                "```starlark\n"
                "apt = use_extension(\"@rules//:a.bzl\", \"apt\")\n"
                "```\n"
                "\n"
                "### apt.base\n"
                "\n"
                "A base.\n"
                "\n"
                "Attributes:\n"
                "\n"
                "- **`lock`** (label, required): The lock.\n");
}

}  // namespace
}  // namespace rules_dockerfile
