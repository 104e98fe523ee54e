"""Repository rules and macros, for WORKSPACE."""

load("//rules/private/dependencies:dependencies.bzl", _rules_dockerfile_dependencies = "rules_dockerfile_dependencies")
load("//rules/private/extension:dockerfiles_repo.bzl", _dockerfiles_repo = "dockerfiles_repo")
load("//rules/private/toolchain:register.bzl", _rules_dockerfile_toolchains = "rules_dockerfile_toolchains")

dockerfiles_repo = _dockerfiles_repo
rules_dockerfile_dependencies = _rules_dockerfile_dependencies
rules_dockerfile_toolchains = _rules_dockerfile_toolchains
