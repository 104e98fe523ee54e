"""Images for analysis tests, and tests of failures."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules/private:dockerfile_image.bzl", "dockerfile_image")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")

# Settings of an analysis test: fake tools, which cannot run.
FAKE_TOOLCHAIN = {"//command_line_option:extra_toolchains": str(Label("//rules/tests:fake_toolchain"))}

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

# Tests that the analysis of `target_under_test` fails with `message`.
failure_test = analysistest.make(
    _failure_test_impl,
    attrs = {"message": attr.string(doc = "The message of the failure.")},
    config_settings = FAKE_TOOLCHAIN,
    expect_failure = True,
)

def test_image(name, dockerfile, platform = "linux/amd64", **kwargs):
    """Declares the image of a Dockerfile for an analysis test.

    Args:
      name: name of the target.
      dockerfile: the text of the Dockerfile.
      platform: as of dockerfile_image.
      **kwargs: more attributes of dockerfile_image.
    """
    dockerfile_image(
        name = name,
        dockerfile = "//rules/tests:Dockerfile",
        outline = outline_dockerfile(dockerfile),
        platform = platform,
        tags = ["manual"],
        testonly = True,
        **kwargs
    )
