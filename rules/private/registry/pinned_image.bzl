"""Images of a registry that a Dockerfile names by their digest, and no lock has."""

load("//rules/private:image_outputs.bzl", "image_outputs")
load("//rules/private/actions:base.bzl", "import_action")
load("//rules/private/actions:param_line.bzl", "add_values")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/actions:sbom.bzl", "SBOM")
load("//rules/private/plan:locked.bzl", "named_images")
load("//rules/private/plan:platform.bzl", "TARGET_PLATFORMS", "normalize_platform")
load("//rules/private/plan:reference.bzl", "locked_name")
load("//rules/private/providers:image_info.bzl", "ImageInfo")

# A digest says all that a cache has to know. Who executes actions for others need
# not reach the registry.
_PULLING = {
    "no-remote-exec": "",
    "requires-network": "",
}

def _pinned_image_impl(ctx):
    tools = dockerfile_tools(ctx)
    layout = ctx.actions.declare_directory(ctx.label.name + "/pulled")
    args = ctx.actions.args()
    args.add(ctx.attr.reference, format = "--reference=%s")
    args.add(ctx.attr.platform, format = "--platform=%s")
    args.add_all([layout], format_each = "--layout_out=%s", expand_directories = False)
    for registry, urls in ctx.attr.mirrors.items():
        add_values(args, "--mirror", [registry + "=" + url for url in urls])
    run_tool_action(
        ctx,
        tool = tools.image_pull,
        args = args,
        inputs = [],
        outputs = [layout],
        mnemonic = "DockerfilePull",
        message = "Pulling %s" % ctx.attr.reference,
        requirements = _PULLING,
    )
    written = import_action(
        ctx,
        tools = tools,
        source = struct(kind = "layout", path = layout, inputs = depset([layout]), label = ctx.attr.reference),
        config = None,
        platform = ctx.attr.platform,
        onbuild = [],
        name = ctx.label.name,
        reference = ctx.attr.reference,
        required_by = "%s: platform" % ctx.attr.reference,
    )
    return image_outputs(ctx, tools = tools, written = written, tags = [])

pinned_image = rule(
    implementation = _pinned_image_impl,
    doc = "An image of a registry by its digest, which an action pulls; `dockerfile_image` declares it for a name with a digest that no lock has.",
    attrs = {
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "platform": attr.string(
            doc = "Which image of an index.",
            mandatory = True,
        ),
        "reference": attr.string(
            doc = "The image, `[REGISTRY/]NAME@sha256:…`.",
            mandatory = True,
        ),
    } | SBOM,
    provides = [ImageInfo],
    toolchains = [TOOLCHAIN_TYPE],
)

def pinned_images(outline, build_args, locked):
    """Lists the images that a Dockerfile names by their digest, and no lock has.

    Args:
      outline: from `outline_dockerfile`.
      build_args: the build arguments as far as they are known.
      locked: list of dict: the images of the locks.

    Returns:
      list of struct(reference, platform): each for each platform that may be asked for.
    """

    # Most Dockerfiles name none, as their text shows.
    bases = [stage["base"] for stage in outline["stages"] if "@" in stage["base"] or "$" in stage["base"]]
    sources = [name for stage in outline["stages"] for i in stage["instructions"] for name in i["from"] if "@" in name]
    if not bases and not sources:
        return []
    known = {image["reference"]: True for image in locked}
    references = {
        locked_name(name): True
        for name in named_images(outline, build_args)
        if "@sha256:" in name and locked_name(name) not in known
    }
    words = [stage["platform"] for stage in outline["stages"] if stage["platform"] and "$" not in stage["platform"]]
    platforms = {
        platform: True
        for platform in TARGET_PLATFORMS.values() + [normalize_platform(word, "linux/amd64") for word in words]
    }
    return [struct(reference = reference, platform = platform) for reference in references for platform in platforms]

def declare_pinned(name, pinned, *, mirrors, **kwargs):
    """Declares the images, each of which is pulled where something is built from it.

    Args:
      name: name of the image that names them.
      pinned: from `pinned_images`.
      mirrors: dict from registry to the URLs of its mirrors.
      **kwargs: `tags` and `testonly` of the targets.

    Returns:
      list of struct: the images as `resolve_stages` takes those of a lock.
    """
    images = []
    for i, image in enumerate(pinned):
        target = "%s.pinned.%d" % (name, i)
        pinned_image(
            name = target,
            mirrors = mirrors,
            platform = image.platform,
            reference = image.reference,
            **kwargs
        )

        # No lock says what its layers are: they cannot be left in the registry.
        native.alias(name = target + ".remote", actual = target, **kwargs)
        images.append(struct(
            label = str(native.package_relative_label(target)),
            onbuild = [],
            platform = image.platform,
            reference = image.reference,
            lock_command = "",
        ))
    return images
