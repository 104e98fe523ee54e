"""The `image_diff_test` macro and its rules: the files of an image and a golden list of them."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")
load(":image_command.bzl", "IMAGE_COMMAND", "image_command")

def _launch(ctx, flags, files):
    """Returns the provider of an executable that runs `mtree_diff` on the image."""
    require_layers(ctx.attr.image[ImageInfo], ctx.attr.image.label, ctx.label)
    mtree = ctx.attr.image[OutputGroupInfo].mtree.to_list()[0]
    flags = flags + [shell.quote("--ignore_keyword=" + keyword) for keyword in ctx.attr.ignore_keywords]
    flags += [shell.quote("--ignore_path=" + path) for path in ctx.attr.ignore_paths]
    return [image_command(ctx, tool = "mtree_diff", flag = "mtree", file = mtree, flags = flags, data = files)]

_ATTRS = {
    "ignore_keywords": attr.string_list(
        doc = "Keywords to leave out.",
    ),
    "ignore_paths": attr.string_list(
        doc = "Patterns of paths to leave out.",
    ),
    "image": attr.label(
        doc = "The image.",
        mandatory = True,
        providers = [ImageInfo],
    ),
} | IMAGE_COMMAND

def _image_mtree_test_impl(ctx):
    flags = [
        "--name=" + shell.quote(str(ctx.attr.image.label).removeprefix("@@").removeprefix("@")),
        "--update_command=" + shell.quote("bazel run %s.update" % str(ctx.label).removeprefix("@@").removeprefix("@")),
    ]
    golden = ctx.file.golden
    if golden:
        flags.append('--golden="$runfiles"/' + shell.quote(runfiles_path(ctx, golden)))
    return _launch(ctx, flags, [golden] if golden else [])

_image_mtree_test = rule(
    implementation = _image_mtree_test_impl,
    doc = "Compares the files of an image with a golden file. `image_diff_test` declares it.",
    attrs = _ATTRS | {
        "golden": attr.label(
            doc = "The golden file; None if it does not exist.",
            allow_single_file = True,
        ),
    },
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def _image_mtree_update_impl(ctx):
    golden = "/".join([part for part in [ctx.label.package, ctx.attr.golden] if part])
    return _launch(ctx, ['--golden_out="$BUILD_WORKSPACE_DIRECTORY"/' + shell.quote(golden)], [])

_image_mtree_update = rule(
    implementation = _image_mtree_update_impl,
    doc = "Writes the golden file of an `image_diff_test` with `bazel run`.",
    attrs = _ATTRS | {
        "golden": attr.string(
            doc = "Path of the golden file below the package.",
            mandatory = True,
        ),
    },
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def image_diff_test(name, *, image, golden, ignore_keywords = [], ignore_paths = [], tags = [], **kwargs):
    """Tests that the files of an image are those of a golden file.

    ```starlark
    image_diff_test(
        name = "image_diff_test",
        golden = "image.mtree",
        ignore_keywords = ["sha256digest", "size", "time"],
        ignore_paths = ["var/cache", "**/*.pyc"],
        image = ":image",
    )
    ```

    The golden file has one line per path, with all layers applied, in the format
    mtree(5): type, mode, owner, time, size and digest. A test that fails lists what was
    added, changed and removed. `bazel run :image_diff_test.update` writes the file, also
    for the first time.

    Args:
      name: name of the test.
      image: the image, of one platform, with all layers.
      golden: path of the golden file below the package. It need not exist yet.
      ignore_keywords: keywords that are neither written nor compared: `gid`, `link`,
        `mode`, `nlink`, `sha256digest`, `size`, `time`, `type`, `uid`, `device`.
      ignore_paths: patterns of paths that are neither written nor compared, in the
        syntax of .dockerignore, relative to the root of the image.
      tags: tags of the test; the update command is manual, too.
      **kwargs: attributes of the test: `size`, `timeout`, …
    """
    if golden.startswith(":") or golden.startswith("/") or golden.startswith("@"):
        fail("%s: golden: expected the path of a file below the package, got \"%s\"" % (name, golden))
    _image_mtree_test(
        name = name,
        golden = golden if native.glob([golden], allow_empty = True) else None,
        ignore_keywords = ignore_keywords,
        ignore_paths = ignore_paths,
        image = image,
        tags = tags,
        **kwargs
    )
    _image_mtree_update(
        name = name + ".update",
        golden = golden,
        ignore_keywords = ignore_keywords,
        ignore_paths = ignore_paths,
        image = image,
        tags = tags + ["manual"],
        testonly = True,
        visibility = kwargs.get("visibility"),
    )
