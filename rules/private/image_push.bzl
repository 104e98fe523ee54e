"""The `image_push` rule: `bazel run` pushes an image."""

load("@bazel_skylib//rules:common_settings.bzl", "BuildSettingInfo")
load("//rules/private/actions:documents.bzl", "layout_action")
load("//rules/private/actions:image_list.bzl", "image_list_action", "image_list_command")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "has_layers")
load("//rules/private/providers:image_list_info.bzl", "ImageListInfo")
load("//rules/private/providers:image_signer_info.bzl", "ImageSignerInfo")
load(":attestations.bzl", "ATTACHED", "attestation_files")
load(":stamp_flag.bzl", "STAMP", "status_files")

def _image_push_impl(ctx):
    tools = dockerfile_tools(ctx)
    attestations = attestation_files(ctx)
    signer = ctx.attr.signer[ImageSignerInfo] if ctx.attr.signer else None
    lists = image_list_action(
        ctx,
        attestations = attestations,
        brings_layers = ctx.attr._push_layers[BuildSettingInfo].value == "runfiles",
        target = ctx.attr.image,
        lines = ["repository=" + repository for repository in ctx.attr.repositories] +
                ["tag=" + tag for tag in ctx.attr.remote_tags] +
                ["base=" + base for base in ctx.attr.bases] +
                ["mirror=" + mirror for mirror in ctx.attr.mirrors] +
                (["attestation_format=" + ctx.attr.attestation_format] if attestations else []) +
                (["signer_env=" + variable for variable in signer.env] if signer else []),
        files = {
            "signer": [signer.program] if signer else [],
            "status_file": status_files(ctx),
            "tags_file": ctx.files.tags_file,
        },
    )
    if signer:
        lists = ImageListInfo(lists = lists.lists, runfiles = lists.runfiles.merge(signer.runfiles))
    return [
        lists,
        image_list_command(
            ctx,
            tool = tools.image_push,
            runfiles = tools.runfiles["image_push"],
            lists = lists,
        ),
    ] + _attested_layout(ctx, tools, attestations)

def _attested_layout(ctx, tools, attestations):
    """Returns the output group `oci_layout`: what is pushed, with the attestations."""
    image = ctx.attr.attested or ctx.attr.image
    index = image[ImageIndexInfo].index if ImageIndexInfo in image else None
    images = image[ImageIndexInfo].images if index else [image[ImageInfo]]
    if not attestations or [one for one in images if not has_layers(one)]:
        return []
    layout = layout_action(
        ctx,
        tools = tools,
        images = images,
        index = index,
        name = ctx.label.name + ".oci_layout",
        tags = [],
        attestation_format = ctx.attr.attestation_format,
        attestations = attestations,
    )
    return [OutputGroupInfo(oci_layout = depset([layout]))]

image_push = rule(
    implementation = _image_push_impl,
    doc = """Pushes an image, or an image index, to one or more repositories.

```starlark
image_push(
    name = "push",
    image = ":image",
    remote_tags = ["latest", "{STABLE_GIT_COMMIT}"],
    repositories = ["registry.example.com/team/app"],
)
```

`bazel run //app:push` pushes the image; with `--stamp` as a flag of Bazel, `{KEY}` in
a tag is replaced with the workspace status. Flags of the tool follow `--`, such as
`--dry_run`, `--tag=v1` for one more tag, or `--repository=…` for another repository.
See [pushing](../pushing.md).""",
    attrs = {
        "bases": attr.string_list(
            doc = "References of base images. A layer that is in the repository of one of them is mounted from there instead of sent.",
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
        "mirrors": attr.string_list(
            doc = "Mirrors of the registries of base images, each `REGISTRY=URL`. Layers that were left in a registry are fetched from its mirrors first.",
        ),
        "remote_tags": attr.string_list(
            doc = "Tags of the image in each repository.",
        ),
        "repositories": attr.string_list(
            doc = "Repositories to push to, each `registry/repository[:tag]`.",
        ),
        "signer": attr.label(
            doc = "An `image_signer`, which signs the image after it is pushed, by its digest in each repository.",
            providers = [ImageSignerInfo],
        ),
        "tags_file": attr.label(
            doc = "A file with more tags, one per line.",
            allow_single_file = True,
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_list_command.sh.template",
            allow_single_file = True,
        ),
        "_push_layers": attr.label(default = "//rules/settings:push_layers"),
    } | ATTACHED | STAMP,
    executable = True,
    toolchains = [TOOLCHAIN_TYPE],
)
