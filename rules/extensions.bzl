"""Module extensions, for MODULE.bazel."""

load("//rules/private/extension:dockerfiles.bzl", _dockerfiles = "dockerfiles")
load("//rules/private/toolchain:dockerfile_tools.bzl", _dockerfile_tools = "dockerfile_tools")

dockerfile_tools = _dockerfile_tools
dockerfiles = _dockerfiles
