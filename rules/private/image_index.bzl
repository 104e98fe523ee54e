"""The `image_index` rule: an image for several platforms."""

load("//rules/private/actions:documents.bzl", "archive_action", "layout_action")
load("//rules/private/actions:explore.bzl", "explore_action")
load("//rules/private/actions:param_line.bzl", "add_pairs")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools", "run_tool_action")
load("//rules/private/providers:attestations_info.bzl", "AttestationsInfo")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "has_layers")
load("//rules/private/providers:stage_info.bzl", "StageInfo")
load(":attestations.bzl", "image_attestations")
load(":for_each_platform.bzl", "for_each_platform", "platform_key")
load(":stamp_flag.bzl", "STAMP", "status_files")

def _image_index_impl(ctx):
    tools = dockerfile_tools(ctx)
    targets = [ctx.split_attr.image[platform_key(i)] for i in range(len(ctx.attr.platforms))]
    images = [target[ImageInfo] for target in targets]
    _check_platforms(ctx, targets)
    written = _index_action(ctx, tools, images)
    blobs = [layer.blob for image in images for layer in image.layers if layer.blob]
    groups = _sboms(targets) | {
        "blobs": blobs,
        "descriptor": [written.descriptor],
        "digest": [written.digest],
        "root_blob": [written.index],
    }
    attestations = [image_attestations(target) for target in targets]
    provenance = [file for groups_of_image in attestations for file in groups_of_image.get("provenance", [])]
    if provenance:
        groups["provenance"] = provenance
    if not [image for image in images if not has_layers(image)]:
        groups |= _assembled(ctx, tools, images, written.index) | {"explore": _pages(ctx, tools, targets)}
    return [
        AttestationsInfo(images = attestations),
        ImageIndexInfo(index = written.index, descriptor = written.descriptor, images = images),
        DefaultInfo(
            files = depset([written.index]),
            runfiles = ctx.runfiles([written.index] + blobs),
        ),
        OutputGroupInfo(**{group: depset(files) for group, files in groups.items()}),
    ]

def _assembled(ctx, tools, images, index):
    """Returns the output groups that need all layers."""
    layout = layout_action(
        ctx,
        tools = tools,
        images = images,
        index = index,
        name = ctx.label.name + "/layout",
        tags = ctx.attr.repo_tags,
    )

    # A docker-archive describes one image: the first.
    native = [image for image in images if image.platform == tools.build_platform]
    archive = archive_action(
        ctx,
        tools = tools,
        images = native + [image for image in images if image not in native],
        index = index,
        name = ctx.label.name + "/archive.tar",
        tags = ctx.attr.repo_tags,
    )
    return {"oci_layout": [layout], "oci_tarball": [archive]}

def _pages(ctx, tools, targets):
    """Returns a page about the image of each platform."""
    return [
        explore_action(
            ctx,
            tools = tools,
            image = target[ImageInfo],
            inventories = target[OutputGroupInfo].sbom_inventory.to_list(),
            name = "%s/explore.%s.html" % (ctx.label.name, target[ImageInfo].platform.replace("/", "_")),
        )
        for target in targets
    ]

def _sboms(targets):
    """Returns the output groups with the SBOM of each image; none if layers were left in a registry."""
    return {
        name: [file for target in targets for file in target[OutputGroupInfo][name].to_list()]
        for name in ["sbom_cyclonedx", "sbom_inventory", "sbom_spdx"]
        if not [target for target in targets if name not in target[OutputGroupInfo]]
    }

def _check_platforms(ctx, targets):
    """Fails if two Bazel platforms are the same image platform."""
    seen = {}
    for platform, target in zip(ctx.attr.platforms, targets):
        name = target[ImageInfo].platform
        if name in seen:
            fail("%splatforms: duplicate image platform %s: %s and %s" % (
                target[StageInfo].origin + ": " if StageInfo in target else "",
                name,
                seen[name],
                platform.label,
            ))
        seen[name] = platform.label

def _index_action(ctx, tools, images):
    index = ctx.actions.declare_file(ctx.label.name + "/index.json")
    descriptor = ctx.actions.declare_file(ctx.label.name + "/index.descriptor.json")
    digest = ctx.actions.declare_file(ctx.label.name + "/index.digest")
    descriptors = [image.descriptor for image in images]
    args = ctx.actions.args()
    args.add_all(descriptors, format_each = "--descriptor=%s")
    add_pairs(args, "--annotation", ctx.attr.annotations)
    status = status_files(ctx)
    args.add_all(status, format_each = "--status_file=%s")
    args.add(index, format = "--index_out=%s")
    args.add(descriptor, format = "--descriptor_out=%s")
    args.add(digest, format = "--digest_out=%s")
    run_tool_action(
        ctx,
        tool = tools.index_write,
        args = args,
        inputs = descriptors + status,
        outputs = [index, descriptor, digest],
        mnemonic = "DockerfileIndex",
        message = "Writing the image index of %{label}",
    )
    return struct(index = index, descriptor = descriptor, digest = digest)

image_index = rule(
    implementation = _image_index_impl,
    doc = "An image index: one image for several platforms. `dockerfile_image(platforms = [...])` declares it.",
    attrs = {
        "annotations": attr.string_dict(
            doc = "Annotations of the index.",
        ),
        "image": attr.label(
            doc = "The image, built for each of the platforms.",
            cfg = for_each_platform,
            mandatory = True,
            providers = [ImageInfo],
        ),
        "platforms": attr.label_list(
            doc = "Bazel platforms.",
            mandatory = True,
        ),
        "repo_tags": attr.string_list(
            doc = "References that a load gives to the image, such as `app:latest`.",
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    } | STAMP,
    provides = [ImageIndexInfo],
    toolchains = [TOOLCHAIN_TYPE],
)
