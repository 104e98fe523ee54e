"""The `image_index` rule: one image for several platforms."""

load("//rules/private/actions:documents.bzl", "archive_action", "layout_action")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

def _for_each_platform_impl(_settings, attr):
    return {
        str(platform): {"//command_line_option:platforms": [platform]}
        for platform in attr.platforms
    }

_for_each_platform = transition(
    implementation = _for_each_platform_impl,
    inputs = [],
    outputs = ["//command_line_option:platforms"],
)

def _image_index_impl(ctx):
    tools = dockerfile_tools(ctx)
    images = [image[ImageInfo] for image in ctx.attr.image]
    platforms = [image.platform for image in images]
    if len(depset(platforms).to_list()) != len(platforms):
        fail("platforms: two of them are one platform of the image: %s" % ", ".join(platforms))
    written = _index_action(ctx, tools, images)
    blobs = [layer.blob for image in images for layer in image.layers]
    layout = layout_action(ctx, tools = tools, images = images, index = written.index, name = ctx.label.name + "/layout")
    archive = archive_action(ctx, tools = tools, images = images, index = written.index, name = ctx.label.name + "/archive.tar", tags = [])
    return [
        ImageIndexInfo(index = written.index, descriptor = written.descriptor, images = images),
        DefaultInfo(
            files = depset([written.index]),
            runfiles = ctx.runfiles([written.index] + blobs),
        ),
        OutputGroupInfo(
            blobs = depset(blobs),
            descriptor = depset([written.descriptor]),
            digest = depset([written.digest]),
            oci_layout = depset([layout]),
            oci_tarball = depset([archive]),
            root_blob = depset([written.index]),
        ),
    ]

def _index_action(ctx, tools, images):
    index = ctx.actions.declare_file(ctx.label.name + "/index.json")
    descriptor = ctx.actions.declare_file(ctx.label.name + "/index.descriptor.json")
    digest = ctx.actions.declare_file(ctx.label.name + "/index.digest")
    descriptors = [image.descriptor for image in images]
    args = ctx.actions.args()
    args.add_all(descriptors, format_each = "--descriptor=%s")
    args.add_all([k + "=" + v for k, v in sorted(ctx.attr.annotations.items())], format_each = "--annotation=%s")
    args.add(index, format = "--index_out=%s")
    args.add(descriptor, format = "--descriptor_out=%s")
    args.add(digest, format = "--digest_out=%s")
    run_tool_action(
        ctx,
        tool = tools.index_write,
        args = args,
        inputs = descriptors,
        outputs = [index, descriptor, digest],
        mnemonic = "DockerfileIndex",
        message = "Writing the image index of %{label}",
    )
    return struct(index = index, descriptor = descriptor, digest = digest)

image_index = rule(
    implementation = _image_index_impl,
    doc = "One image for several platforms: `dockerfile_image(platforms = [...])` declares it.",
    attrs = {
        "annotations": attr.string_dict(
            doc = "Annotations of the index.",
        ),
        "image": attr.label(
            doc = "The image, built for each of the platforms.",
            cfg = _for_each_platform,
            mandatory = True,
            providers = [ImageInfo],
        ),
        "platforms": attr.label_list(
            doc = "Bazel platforms.",
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    provides = [ImageIndexInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
