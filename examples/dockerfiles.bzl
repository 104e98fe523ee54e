"""The repository `dockerfiles` of examples/ping, for the workspace of the rules.

examples/ping is a module with its Dockerfile at the root, so its BUILD file loads
`@dockerfiles//:Dockerfile.bzl`. The workspace of the rules has the same directory
as the package `//examples/ping`; here it gets a repository in which the macro has
the same place.
"""

def _example_dockerfiles_repo_impl(rctx):
    rctx.file("BUILD.bazel")
    rctx.file("Dockerfile.bzl", """\
load("%s", _dockerfile_image = "dockerfile_image")

dockerfile_image = _dockerfile_image
""" % rctx.attr.macro)

example_dockerfiles_repo = repository_rule(
    implementation = _example_dockerfiles_repo_impl,
    doc = "A repository with the macro of one Dockerfile at its root.",
    attrs = {
        "macro": attr.label(
            doc = "The file that the hub of the Dockerfiles has for the Dockerfile.",
            default = "@example_dockerfiles//examples/ping:Dockerfile.bzl",
        ),
    },
)

def _example_dockerfiles_impl(mctx):
    example_dockerfiles_repo(name = "dockerfiles")
    return mctx.extension_metadata(reproducible = True)

example_dockerfiles = module_extension(
    implementation = _example_dockerfiles_impl,
    doc = "Declares `example_dockerfiles_repo`.",
)
