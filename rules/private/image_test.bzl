"""The `image_test` macro and its rule: tests of an image."""

load("//rules/private/actions:container_settings.bzl", "CONTAINER_SETTINGS", "container_settings")
load("//rules/private/actions:image_files.bzl", "image_files_action", "image_launcher")
load("//rules/private/actions:run_tool.bzl", "TOOLCHAIN_TYPE", "dockerfile_tools")
load("//rules/private/providers:image_info.bzl", "ImageInfo", "require_layers")
load("//rules/private/toolchain:emulated.bzl", "NO_ARCHITECTURE")

# The version of container-structure-test configurations that is supported.
_SCHEMA_VERSION = "2.0.0"

def _image_structure_test_impl(ctx):
    require_layers(ctx.attr.image[ImageInfo], ctx.attr.image.label, ctx.label)
    tools = dockerfile_tools(ctx)
    executable = tools.image_test.executable
    configs = {file.short_path: file for file in ctx.files.configs}
    if ctx.attr.document:
        document = ctx.actions.declare_file(ctx.label.name + ".json")
        ctx.actions.write(document, ctx.attr.document)
        configs[str(ctx.label).removeprefix("@@").removeprefix("@")] = document
    if not configs:
        fail("%s: expected at least one of configs, commands, files, contents and metadata" % ctx.label)
    settings = container_settings(ctx, tools = tools, image = ctx.attr.image[ImageInfo])
    image = image_files_action(
        ctx,
        image = ctx.attr.image[ImageInfo],
        name = ctx.label.name + ".params",
        lines = ["--tests=%s=%s" % (name, file.short_path) for name, file in configs.items()] +
                settings.flags,
    )
    launcher = image_launcher(ctx, executable = executable, params = image.params)
    return [DefaultInfo(
        executable = launcher,
        runfiles = ctx.runfiles(image.files + settings.files + configs.values() + ctx.files.data + [executable])
            .merge(tools.runfiles["image_test"]),
    )]

_image_structure_test = rule(
    implementation = _image_structure_test_impl,
    doc = "Tests an image. `image_test` declares it.",
    attrs = {
        "configs": attr.label_list(
            doc = "Configurations of container-structure-test.",
            allow_files = [".json", ".yaml", ".yml"],
        ),
        "data": attr.label_list(
            doc = "Files that the configurations name, such as an `envFile`.",
            allow_files = True,
        ),
        "document": attr.string(
            doc = "One more configuration.",
        ),
        "image": attr.label(
            doc = "The image.",
            mandatory = True,
            providers = [ImageInfo],
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_test.sh.template",
            allow_single_file = True,
        ),
    } | CONTAINER_SETTINGS,
    test = True,
    toolchains = [TOOLCHAIN_TYPE],
)

def image_test(name, *, image, configs = [], commands = [], files = [], contents = [], metadata = {}, **kwargs):
    """Tests an image: the output of commands in a container, its files, its config.

    ```starlark
    image_test(
        name = "image_test",
        image = ":image",
        configs = ["tests.yaml"],
        commands = [{
            "name": "says its version",
            "command": "/bin/server",
            "args": ["--version"],
            "expectedOutput": ["^1\\\\.2"],
        }],
        files = ["/etc/ssl/certs", {"name": "no shell", "path": "/bin/sh", "shouldExist": False}],
        metadata = {"user": "app"},
    )
    ```

    The fields are those of container-structure-test, whose files can be used
    unchanged (schema version 2.0.0). Commands run without network. The test prints
    one line per case. At least one of `configs`, `commands`, `files`, `contents` and
    `metadata` is required.

    Args:
      name: name of the test.
      image: the image, of one platform. Commands of a foreign architecture require an
        emulator toolchain.
      configs: files of container-structure-test, YAML or JSON.
      commands: list of dict: `commandTests`.
      files: list of dict (`fileExistenceTests`) or of paths that must exist.
      contents: list of dict: `fileContentTests`.
      metadata: dict: `metadataTest`.
      **kwargs: attributes of a test: `data`, `size`, `tags`, …
    """
    document = {
        "commandTests": commands,
        "fileContentTests": contents,
        "fileExistenceTests": [
            {"name": file, "path": file} if type(file) == "string" else file
            for file in files
        ],
        "metadataTest": metadata,
    }
    document = {field: value for field, value in document.items() if value}
    _image_structure_test(
        name = name,
        configs = configs,
        document = json.encode_indent(document | {"schemaVersion": _SCHEMA_VERSION}, indent = "  ") if document else "",
        # A configuration may have commands.
        emulated = "" if commands or configs else NO_ARCHITECTURE,
        image = image,
        **kwargs
    )
