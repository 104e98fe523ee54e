"""Images that are analyzed and not built: what several tests of rules share."""

load("//rules/private:dockerfile_image.bzl", "dockerfile_image")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")

# Settings of an analysis test: tools that cannot be run.
FAKE_TOOLCHAIN = {"//command_line_option:extra_toolchains": str(Label("//rules/tests:fake_toolchain"))}

def test_image(name, dockerfile, platform = "linux/amd64", **kwargs):
    """Declares the image of a Dockerfile for an analysis test.

    Args:
      name: the target's name.
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
