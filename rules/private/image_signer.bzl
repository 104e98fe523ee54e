"""The `image_signer` rule: a program that signs images when they are pushed."""

load("@bazel_skylib//lib:shell.bzl", "shell")
load("//rules/private/actions:runfiles.bzl", "runfiles_path")
load("//rules/private/providers:image_signer_info.bzl", "ImageSignerInfo")

def _image_signer_impl(ctx):
    for variable in ctx.attr.env:
        if not variable.partition("=")[0]:
            fail("%s: env: expected NAME or NAME=VALUE, got \"%s\"" % (ctx.label, variable))
    launcher = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.expand_template(
        output = launcher,
        template = ctx.file._launcher,
        substitutions = {"{settings}": "\n".join([
            # One substitution, so that no value is replaced as the key of another.
            "arguments=(%s)" % " ".join([
                shell.quote(ctx.expand_location(argument, ctx.attr.data))
                for argument in ctx.attr.args
            ]),
            "tool=" + shell.quote(runfiles_path(ctx, ctx.executable.tool)),
            "workspace=" + shell.quote(ctx.workspace_name),
        ])},
        is_executable = True,
    )
    runfiles = ctx.runfiles([launcher, ctx.executable.tool] + ctx.files.data).merge_all(
        [ctx.attr.tool[DefaultInfo].default_runfiles] +
        [target[DefaultInfo].default_runfiles for target in ctx.attr.data],
    )
    return [
        DefaultInfo(files = depset([launcher]), runfiles = runfiles),
        ImageSignerInfo(env = ctx.attr.env, program = launcher, runfiles = runfiles),
    ]

image_signer = rule(
    implementation = _image_signer_impl,
    doc = """A program that signs images when `image_push` pushes them.

```starlark
image_signer(
    name = "signer",
    env = ["SIGNING_KEY"],
    tool = "openssl_signer.sh",
)

image_push(
    name = "push",
    image = ":image",
    repositories = ["registry.example.com/team/app"],
    signer = ":signer",
)
```

The program reads a request from its standard input, and writes the signature to its
standard output: [the protocol](../supply_chain.md#the-protocol-of-a-signer). It has the
key; no action of a build runs it.""",
    attrs = {
        "args": attr.string_list(
            doc = "Arguments of the program. `$(rootpath :label)` is the path of a file in `data`, relative to the working directory of the program.",
        ),
        "data": attr.label_list(
            doc = "Files that the program needs. Not private keys: Bazel copies and caches outputs of a build, and logs paths.",
            allow_files = True,
        ),
        "env": attr.string_list(
            doc = "Variables of the program's environment, besides PATH and HOME: `NAME=VALUE`, or `NAME` for the value on the host that pushes.",
        ),
        "tool": attr.label(
            doc = "The program: a script, or an executable target.",
            allow_files = True,
            cfg = "target",
            executable = True,
            mandatory = True,
        ),
        "_launcher": attr.label(
            default = "//rules/private:image_signer.sh.template",
            allow_single_file = True,
        ),
    },
    provides = [ImageSignerInfo],
)
