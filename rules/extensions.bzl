"""Module extensions, for MODULE.bazel."""

load("//rules/private/extension:dockerfiles.bzl", _dockerfiles = "dockerfiles")

dockerfiles = _dockerfiles
