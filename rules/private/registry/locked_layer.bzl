"""The `locked_layer` rule: a fetched layer of a registry."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/providers:layer_info.bzl", "LayerInfo")

def _locked_layer_impl(ctx):
    tar = ctx.actions.declare_file(ctx.label.name + ".tar")
    index = ctx.actions.declare_file(ctx.label.name + ".index")
    args = ctx.actions.args()
    args.add(ctx.file.blob, format = "--blob=%s")
    args.add(ctx.attr.media_type, format = "--media_type=%s")
    args.add(ctx.attr.diff_id, format = "--diff_id=%s")
    args.add(tar, format = "--tar_out=%s")
    args.add(index, format = "--index_out=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).layer_import,
        args = args,
        inputs = [ctx.file.blob],
        outputs = [tar, index],
        mnemonic = "DockerfileLayer",
        message = "Importing layer %s" % ctx.attr.diff_id[:19],
    )
    return [
        DefaultInfo(files = depset([ctx.file.blob])),
        LayerInfo(tar = tar, index = index, blob = ctx.file.blob, descriptor = None, origin = None),
    ]

locked_layer = rule(
    implementation = _locked_layer_impl,
    doc = "A locked layer. `locked_blob_repo` declares it. Its descriptor is that of the image.",
    attrs = {
        "blob": attr.label(
            doc = "The layer as in the registry.",
            allow_single_file = True,
            mandatory = True,
        ),
        "diff_id": attr.string(
            doc = "The digest of the uncompressed layer.",
            mandatory = True,
        ),
        "media_type": attr.string(
            doc = "The media type of the blob.",
            mandatory = True,
        ),
    },
    provides = [LayerInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
