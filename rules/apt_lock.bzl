"""Locks the packages of a Debian base image."""

load("//rules/private/apt:apt_lock.bzl", _apt_lock = "apt_lock")

apt_lock = _apt_lock
