"""The `unlocked_image` rule: an image that is not locked."""

load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _unlocked_image_impl(ctx):
    fail(printable(ctx.attr.message))

unlocked_image = rule(
    implementation = _unlocked_image_impl,
    doc = "Fails in analysis, because no lock has the image.",
    attrs = {
        "message": attr.string(
            doc = "The message, with the command that locks the image.",
            mandatory = True,
        ),
    },
    provides = [ImageInfo],
)
