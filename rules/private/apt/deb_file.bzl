"""The `deb_file` rule: one file of a Debian package."""

load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")

def _deb_file_impl(ctx):
    output = ctx.actions.declare_file(ctx.label.name)
    args = ctx.actions.args()
    args.add(ctx.file.deb, format = "--deb=%s")
    args.add(ctx.attr.path, format = "--path=%s")
    args.add(output, format = "--file_out=%s")
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).deb_file,
        args = args,
        inputs = [ctx.file.deb],
        outputs = [output],
        mnemonic = "DebFile",
        message = "Extracting %s of %s" % (ctx.attr.path, ctx.file.deb.basename),
    )
    return [DefaultInfo(files = depset([output]))]

deb_file = rule(
    implementation = _deb_file_impl,
    doc = "Extracts one file of a Debian package. The output has the name of the target.",
    attrs = {
        "deb": attr.label(
            doc = "The package.",
            allow_single_file = [".deb"],
            mandatory = True,
        ),
        "path": attr.string(
            doc = "The path of the file in the package.",
            mandatory = True,
        ),
    },
    toolchains = [TOOLCHAIN_TYPE],
)
