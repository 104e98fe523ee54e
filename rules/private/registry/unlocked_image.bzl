"""The `unlocked_image` rule: an image that cannot be had."""

load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _unlocked_image_impl(ctx):
    fail(printable(ctx.attr.message))

unlocked_image = rule(
    implementation = _unlocked_image_impl,
    doc = "Fails: no lock has the image. Its analysis says what to do.",
    attrs = {
        "message": attr.string(
            doc = "What is missing, and the command that locks it.",
            mandatory = True,
        ),
    },
    provides = [ImageInfo],
)
