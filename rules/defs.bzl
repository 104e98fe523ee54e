"""Rules that build container images."""

load("//rules/private:base_image.bzl", _base_image = "base_image")
load("//rules/private:image_diff_test.bzl", _image_diff_test = "image_diff_test")
load("//rules/private:image_explore.bzl", _image_explore = "image_explore")
load("//rules/private:image_group.bzl", _image_group = "image_group")
load("//rules/private:image_push.bzl", _image_push = "image_push")
load("//rules/private:image_signer.bzl", _image_signer = "image_signer")
load("//rules/private:image_size_test.bzl", _image_size_test = "image_size_test")
load("//rules/private:image_test.bzl", _image_test = "image_test")
load("//rules/private:image_verify.bzl", _image_verify = "image_verify")
load("//rules/private:load_of_dockerfile_image.bzl", _dockerfile_image = "dockerfile_image")
load("//rules/private:reproducible_test.bzl", _reproducible_test = "reproducible_test")
load("//rules/private:sbom_test.bzl", _sbom_test = "sbom_test")
load("//rules/private:stage_files.bzl", _stage_files = "stage_files")
load("//rules/private/toolchain:dockerfile_toolchain.bzl", _dockerfile_toolchain = "dockerfile_toolchain")
load("//rules/private/toolchain:emulator_toolchain.bzl", _emulator_toolchain = "emulator_toolchain")

base_image = _base_image
dockerfile_image = _dockerfile_image
dockerfile_toolchain = _dockerfile_toolchain
emulator_toolchain = _emulator_toolchain
image_diff_test = _image_diff_test
image_explore = _image_explore
image_group = _image_group
image_push = _image_push
image_signer = _image_signer
image_size_test = _image_size_test
image_test = _image_test
image_verify = _image_verify
reproducible_test = _reproducible_test
sbom_test = _sbom_test
stage_files = _stage_files
