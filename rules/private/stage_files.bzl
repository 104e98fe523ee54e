"""The `stage_files` macro and its rule: files of an image or a stage as a target."""

load("//rules/private/actions:param_line.bzl", "add_values")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _stage_files_impl(ctx):
    image = ctx.attr.image[ImageInfo]
    require_layers(image, ctx.attr.image.label, ctx.label)
    if ctx.attr.tar and ctx.attr.out:
        fail("%s: expected at most one of tar and out" % ctx.label)
    if ctx.attr.out and len(ctx.attr.paths) != 1:
        fail("%s: out: expected one path, got %d" % (ctx.label, len(ctx.attr.paths)))
    args = ctx.actions.args()
    layers = [layer.tar for layer in image.layers]
    indexes = [layer.index for layer in image.layers]
    args.add_all(layers, format_each = "--layer=%s")
    args.add_all(indexes, format_each = "--index=%s")
    add_values(args, "--path", ctx.attr.paths)
    args.add(str(ctx.label), format = "--wanted_by=%s")
    if ctx.attr.tar:
        output = ctx.actions.declare_file(ctx.label.name + ".tar")
        args.add(output, format = "--tar_out=%s")
    elif ctx.attr.out:
        output = ctx.actions.declare_file(ctx.attr.out)
        args.add(output, format = "--file_out=%s")
    else:
        output = ctx.actions.declare_directory(ctx.label.name)
        args.add_all([output], format_each = "--directory_out=%s", expand_directories = False)
    run_tool_action(
        ctx,
        tool = dockerfile_tools(ctx).stage_extract,
        args = args,
        inputs = layers + indexes,
        outputs = [output],
        mnemonic = "DockerfileFiles",
        message = "Extracting files of %s" % ctx.attr.image.label,
    )
    return [DefaultInfo(
        files = depset([output]),
        runfiles = ctx.runfiles([output]),
    )]

_stage_files = rule(
    implementation = _stage_files_impl,
    doc = "Files of an image as a target. `stage_files` declares it.",
    attrs = {
        "image": attr.label(
            doc = "The image, or the target of a stage.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "out": attr.string(
            doc = "Name of the output if `paths` names one file, relative to the package.",
        ),
        "paths": attr.string_list(
            doc = "Paths in the image.",
            allow_empty = False,
            mandatory = True,
        ),
        "tar": attr.bool(
            doc = "Whether to write a tar.",
        ),
    },
    toolchains = [TOOLCHAIN_TYPE],
)

def stage_files(name, *, image, stage = None, paths = ["/"], out = "", tar = False, **kwargs):
    """Extracts files of an image or a stage, as `docker build --output` does.

    ```starlark
    stage_files(
        name = "app",
        image = ":image",
        stage = "build",
        paths = ["/out/app"],
        out = "app",
    )
    ```

    The output is one of

    - a directory `NAME` with the files at their paths in the image. It has regular
      files and directories only. A symlink becomes a copy of its target in the image;
      it is omitted if the target does not exist or contains the symlink. Devices and
      FIFOs are omitted. Owners and set-user-ID bits are dropped. Bazel makes all
      outputs read-only and executable
    - with `tar = True`, a tar `NAME.tar` of the files as they are in the image, with
      owners, modes, times, symlinks, hard links, devices and capabilities
    - with `out`, one file of that name: the file that `paths` names

    Args:
      name: name of the target.
      image: a `dockerfile_image` or `base_image` of one platform; `image.image` of a
        `dockerfile_image` with `platforms`.
      stage: name or number of a stage that the image needs (the target
        `image.stage.NAME`); by default the image itself.
      paths: paths in the image. Symlinks are resolved in the image.
      out: name of the output, for one file.
      tar: whether to write a tar.
      **kwargs: attributes that all rules have: `tags`, `visibility`, …
    """
    label = native.package_relative_label(image)
    if stage != None:
        label = label.same_package_label("%s.stage.%s" % (label.name, stage))
    _stage_files(
        name = name,
        image = label,
        out = out,
        paths = paths,
        tar = tar,
        **kwargs
    )
