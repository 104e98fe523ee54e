"""Debian base images that are built from locked packages, without a daemon and without root."""

load("//rules/private/apt:apt_base_repo.bzl", _apt_base_repo = "apt_base_repo")
load("//rules/private/apt:apt_emulators.bzl", _apt_emulators = "apt_emulators")
load("//rules/private/apt:apt_extension.bzl", _apt = "apt")

apt = _apt
apt_base_repo = _apt_base_repo
apt_emulators = _apt_emulators
