"""The `image_size_test` macro and its rule: limits for the size of an image."""

load("//rules/private/actions:image_files.bzl", "image_launcher", "short_path")
load("//rules/private/actions:param_line.bzl", "add_values", "param_line")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")
load("//rules/private/providers:image_steps_info.bzl", "ImageStepsInfo")
load(":image_steps.bzl", "image_steps")

def _image_size_test_impl(ctx):
    image = ctx.attr.image[ImageInfo]
    require_layers(image, ctx.attr.image.label, ctx.label)
    tools = dockerfile_tools(ctx)
    executable = tools.image_size.executable
    indexes = [layer.index for layer in image.layers]
    descriptors = [layer.descriptor for layer in image.layers]
    args = ctx.actions.args()
    args.set_param_file_format("multiline")
    args.add(param_line("--name=" + str(ctx.attr.image.label).removeprefix("@@").removeprefix("@")))
    args.add_all([image.config], format_each = "--config=%s", map_each = short_path)
    args.add_all(indexes, format_each = "--index=%s", map_each = short_path)
    args.add_all(descriptors, format_each = "--descriptor=%s", map_each = short_path)
    add_values(args, "--made_by", _made_by(ctx.attr.image[ImageStepsInfo], indexes))
    for flag, value in [("max", ctx.attr.max), ("max_wasted", ctx.attr.max_wasted)]:
        if value:
            args.add(param_line("--%s=%s" % (flag, value)))
    if ctx.attr.max_layers >= 0:
        args.add(ctx.attr.max_layers, format = "--max_layers=%s")
    if ctx.attr.compressed:
        args.add("--compressed")
    params = ctx.actions.declare_file(ctx.label.name + ".params")
    ctx.actions.write(params, args)
    return [DefaultInfo(
        executable = image_launcher(ctx, executable = executable, params = params),
        runfiles = ctx.runfiles([params, image.config, executable] + indexes + descriptors)
            .merge(tools.runfiles["image_size"]),
    )]

def _made_by(info, indexes):
    """Returns `INDEX=app/Dockerfile:7: RUN …` for each layer that an instruction made."""
    wanted = {index.path: index.short_path for index in indexes}
    made_by = []
    for step in info.steps.to_list():
        if step.kind == "instruction":
            message = "%s:%d: %s" % (step.dockerfile, step.line, _first_line(step.text))
            made_by += [wanted[path] + "=" + message for path in step.outputs if path in wanted]
    return made_by

def _first_line(text):
    lines = text.split("\n")
    line = lines[1] if lines[0].startswith("# escape=") else lines[0]
    return line if len(line) <= 80 else line[:79] + "…"

_image_size_test = rule(
    implementation = _image_size_test_impl,
    doc = "Tests the size of an image. `image_size_test` declares it.",
    attrs = {
        "compressed": attr.bool(
            doc = "Whether `max` is for the compressed layers.",
        ),
        "image": attr.label(
            doc = "The image.",
            aspects = [image_steps],
            mandatory = True,
            providers = [ImageInfo],
        ),
        "max": attr.string(
            doc = "Largest size.",
        ),
        "max_layers": attr.int(
            default = -1,
            doc = "Largest number of layers; -1 for any.",
        ),
        "max_wasted": attr.string(
            doc = "Most bytes that later layers replace or remove.",
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_test.sh.template",
            allow_single_file = True,
        ),
    },
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def image_size_test(name, *, image, max = None, max_wasted = None, max_layers = None, compressed = False, **kwargs):
    """Tests that an image is not larger than expected.

    ```starlark
    image_size_test(
        name = "image_size_test",
        image = ":image",
        max = "120MB",
        max_layers = 12,
        max_wasted = "1MiB",
    )
    ```

    A test that fails lists the ten files or layers that contribute most, with the
    line of the Dockerfile that made them. Sizes are numbers of bytes or have a unit:
    `kB`, `MB`, `GB` and `TB` are powers of 1000, `KiB`, `MiB`, `GiB` and `TiB` of 1024.
    At least one limit is required.

    Args:
      name: name of the test.
      image: the image, of one platform, with all layers (`image.whole` if `image` leaves
        those of its base in their registry).
      max: largest size of the image: of the data of the files in its layers, as
        `docker history` and dive count it.
      max_wasted: most bytes of files that a layer stores and the image does not show,
        because a later layer replaces or removes them.
      max_layers: largest number of layers, those of the base included.
      compressed: whether `max` is for the compressed layers, which a registry stores
        and a pull fetches.
      **kwargs: attributes of a test: `size`, `tags`, …
    """
    if max == None and max_wasted == None and max_layers == None:
        fail("%s: expected at least one of max, max_wasted and max_layers" % name)
    if compressed and max == None:
        fail("%s: compressed requires max" % name)
    _image_size_test(
        name = name,
        compressed = compressed,
        image = image,
        max = _text(max),
        max_layers = -1 if max_layers == None else max_layers,
        max_wasted = _text(max_wasted),
        **kwargs
    )

def _text(size):
    """Returns a size as text; a select() unchanged."""
    if size == None:
        return ""
    return str(size) if type(size) == "int" else size
