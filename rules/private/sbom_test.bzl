"""The `sbom_test` rule: a test of the packages of an image."""

load("//rules/private/actions:image_files.bzl", "image_launcher")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_index_info.bzl", "ImageIndexInfo")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")

def _sbom_test_impl(ctx):
    if not ctx.attr.denied_licenses and not ctx.attr.denied_packages:
        fail("%s: expected at least one of denied_licenses and denied_packages" % ctx.label)
    target = ctx.attr.image
    for image in [target[ImageInfo]] if ImageInfo in target else target[ImageIndexInfo].images:
        require_layers(image, target.label, ctx.label)
    tools = dockerfile_tools(ctx)
    executable = tools.sbom_test.executable
    inventories = target[OutputGroupInfo].sbom_inventory.to_list()
    params = ctx.actions.declare_file(ctx.label.name + ".params")
    ctx.actions.write(params, "".join([
        line + "\n"
        for line in ["--inventory=" + inventory.short_path for inventory in inventories] +
                    ["--denied_license=" + pattern for pattern in ctx.attr.denied_licenses] +
                    ["--denied_package=" + pattern for pattern in ctx.attr.denied_packages] +
                    ["--allowed_package=" + pattern for pattern in ctx.attr.allowed_packages] +
                    (["--allow_unread"] if ctx.attr.allow_unread else [])
    ]))
    launcher = image_launcher(ctx, executable = executable, params = params)
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(inventories + [params, executable]).merge(tools.runfiles["sbom_test"]),
    )]

sbom_test = rule(
    implementation = _sbom_test_impl,
    doc = """Tests that an image has no package and no licence that is denied.

```starlark
sbom_test(
    name = "image_sbom_test",
    image = ":image",
    denied_licenses = ["AGPL-*", "LicenseRef-Commons-Clause"],
    denied_packages = ["log4j-core@2.14.*", "pkg:npm/event-stream"],
)
```

A message names the package, its version and licence, the layer, and the line of the
Dockerfile:

```
bash 5.2.15-2+b7: licence GPL-3.0-or-later: denied by "GPL-3.0*"; layer 0 (sha256:…), base: ADD rootfs /
```

In all patterns `*` is any text, and case does not matter. [Supply
chain](../supply_chain.md#sbom) says what an SBOM can know.""",
    attrs = {
        "allow_unread": attr.bool(
            doc = "Whether the test may pass although a file that lists packages could not be read: a database in a format that is not supported, a malformed `package.json`.",
        ),
        "allowed_packages": attr.string_list(
            doc = "Packages whose licence does not matter, as in `denied_packages`.",
        ),
        "denied_licenses": attr.string_list(
            doc = "Licences by their SPDX identifier, such as `AGPL-3.0-only` or `GPL-3.0*`. What SPDX does not list is `LicenseRef-` and its name, as in the SBOM. `NOASSERTION` is a package whose licence is not known. Of a choice (`MIT OR GPL-2.0-only`) all must be denied.",
        ),
        "denied_packages": attr.string_list(
            doc = "Packages: `NAME`, `NAME@VERSION` or a package URL without qualifiers, such as `pkg:npm/left-pad` or `pkg:pypi/*@0.*`.",
        ),
        "image": attr.label(
            doc = "The image, or an image index, of which all images are tested. Of an image that leaves layers in a registry, use `image.whole`.",
            mandatory = True,
            providers = [[ImageInfo], [ImageIndexInfo]],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_test.sh.template",
            allow_single_file = True,
        ),
    },
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)
