"""The `nested_test` macro: a test that runs a nested Bazel."""

load("@rules_shell//shell:sh_test.bzl", "sh_test")
load("//rules/private/providers:dockerfile_tools_info.bzl", "TOOLS")

def nested_test(name, src, data = [], env = {}, tags = [], timeout = "long", **kwargs):
    """Declares a shell test that sources e2e/support/nested/nested.sh.

    Args:
      name: name of the test.
      src: the script.
      data: more files that it reads.
      env: more of its environment.
      tags: more tags.
      timeout: of the test.
      **kwargs: attributes of the test.
    """
    sh_test(
        name = name,
        srcs = [src],
        data = data + [
            "//e2e/support/box",
            "//e2e/support/nested:nested.sh",
        ] + ["//tools/" + tool for tool in TOOLS],
        env = env | {"TOOLS": " ".join(TOOLS)},
        env_inherit = ["HOME", "PATH", "RD_BAZEL", "RD_TOOLROOT_DIR", "USER", "XDG_CACHE_HOME"],
        tags = tags + [
            "exclusive",
            "nested-bazel",
            "no-sandbox",
            "requires-network",
            "requires-userns",
        ],
        timeout = timeout,
        **kwargs
    )
