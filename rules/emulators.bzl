"""Emulators by their URLs, for images of foreign architectures."""

load("//rules/private/toolchain:emulator_repos.bzl", _emulator_repos = "emulator_repos")
load("//rules/private/toolchain:emulators_extension.bzl", _emulators = "emulators")

emulator_repos = _emulator_repos
emulators = _emulators
