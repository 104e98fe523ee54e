"""The `reproducible_test` macro: builds an image twice and compares the results."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _other_conditions_impl(_settings, _attr):
    return {"//rules/settings:other_conditions": True}

_other_conditions = transition(
    implementation = _other_conditions_impl,
    inputs = [],
    outputs = ["//rules/settings:other_conditions"],
)

def _image_pair_test_impl(ctx):
    tools = dockerfile_tools(ctx)
    require_layers(ctx.attr.image[ImageInfo], ctx.attr.image.label, ctx.label)
    again = ctx.attr.again[0] if type(ctx.attr.again) == "list" else ctx.attr.again
    layouts = [image[OutputGroupInfo].oci_layout.to_list()[0] for image in [ctx.attr.image, again]]
    second = "/".join([part for part in [ctx.label.package, ctx.label.name + ".again"] if part])
    tool = tools.image_compare.executable
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {
            "{again}": second,
            "{executable}": tool.short_path,
            "{image}": layouts[0].short_path,
            "{platform}": again[ImageInfo].platform,
        },
        is_executable = True,
    )

    # The layouts have the same path in two configurations, and runfiles only have one.
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(
            [tool, layouts[0]],
            symlinks = {second: layouts[1]},
        ).merge(tools.runfiles["image_compare"]),
    )]

_image_pair_test = rule(
    implementation = _image_pair_test_impl,
    attrs = {
        "again": attr.label(
            cfg = _other_conditions,
            doc = "The image, built again under other conditions.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
        "_launcher": attr.label(
            default = "//rules/private:reproducible_test.sh.template",
            allow_single_file = True,
        ),
    },
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def reproducible_test(name, image, **kwargs):
    """Tests that an image is the same when it is built again.

    The image and its bases are built a second time, in another directory, at
    another time, and with RUN under other conditions: emulated ids instead of
    root's, a copy instead of an overlay, a disk instead of memory, one core. The
    test fails if a byte differs, and reports the instruction, the file, the first
    byte that differs, and the likely cause.

    ```starlark
    reproducible_test(
        name = "image_reproducible_test",
        image = ":image",
    )
    ```

    Args:
      name: name of the test.
      image: a `dockerfile_image` of one platform.
      **kwargs: attributes of the test.
    """
    _image_pair_test(
        name = name,
        again = image,
        image = image,
        **kwargs
    )
