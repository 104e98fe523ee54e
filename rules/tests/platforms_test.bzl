"""Tests of images for several platforms, and of bases for other platforms."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:defs.bzl", "base_image", "image_explore")
load("//rules:providers.bzl", "ImageIndexInfo", "ImageInfo")
load(":test_image.bzl", "FAKE_TOOLCHAIN", "failure_test", "test_image")

def _index_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    images = target[ImageIndexInfo].images
    asserts.equals(env, ["linux/arm64", "linux/amd64"], [image.platform for image in images])
    argv = {action.mnemonic: action.argv for action in analysistest.target_actions(env)}
    asserts.equals(
        env,
        ["--descriptor=" + image.descriptor.path for image in images],
        [arg for arg in argv["DockerfileIndex"] if arg.startswith("--descriptor=")],
    )

    # `docker load` uses the image for the build platform.
    asserts.equals(
        env,
        ["--tag=rules/tests/index:latest"] + ["--manifest=" + image.manifest.path for image in reversed(images)],
        [arg for arg in argv["DockerfileArchive"] if arg.partition("=")[0] in ["--manifest", "--tag"]],
    )
    asserts.equals(env, ["index.json"], [f.basename for f in target[DefaultInfo].files.to_list()])
    return analysistest.end(env)

_index_test = analysistest.make(_index_test_impl, config_settings = FAKE_TOOLCHAIN)

def _pages_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    root = analysistest.target_bin_dir_path(env) + "/rules/tests/"
    pages = target[OutputGroupInfo].explore.to_list()
    asserts.equals(env, ctx.attr.pages, [page.path.removeprefix(root) for page in pages])

    # Each is about the image and the packages of one platform.
    configs = []
    for action in analysistest.target_actions(env):
        if action.mnemonic != "DockerfileExplore":
            continue
        named = {argument.partition("=")[0]: argument.partition("=")[2] for argument in action.argv[1:]}
        asserts.equals(env, "//rules/tests:index", named["--name"])
        asserts.equals(env, named["--config"].replace("/config.json", "/inventory.json"), named["--inventory"])
        configs.append(named["--config"])
    asserts.equals(env, len(pages), len({config: None for config in configs}))
    if ImageIndexInfo in target:
        asserts.equals(env, [image.config.path for image in target[ImageIndexInfo].images], configs)
    return analysistest.end(env)

_pages_test = analysistest.make(
    _pages_test_impl,
    attrs = {"pages": attr.string_list(doc = "Paths of the pages.")},
    config_settings = FAKE_TOOLCHAIN,
)

def _explore_runs_on_each_platform_test_impl(ctx):
    env = analysistest.begin(ctx)
    runfiles = analysistest.target_under_test(env)[DefaultInfo].default_runfiles
    configs = {
        link.path: link.target_file
        for link in runfiles.symlinks.to_list()
        if link.path.endswith("/config.json")
    }
    asserts.equals(env, [
        "rules/tests/index.explore.images/0/rules/tests/index.image/config.json",
        "rules/tests/index.explore.images/1/rules/tests/index.image/config.json",
    ], sorted(configs.keys()))
    asserts.true(env, len({file: None for file in configs.values()}) == 2, "expected the config of each platform")
    return analysistest.end(env)

_explore_runs_on_each_platform_test = analysistest.make(_explore_runs_on_each_platform_test_impl, config_settings = FAKE_TOOLCHAIN)

def _platform_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.equals(env, ctx.attr.platform, analysistest.target_under_test(env)[ImageInfo].platform)
    return analysistest.end(env)

_platform_test = analysistest.make(
    _platform_test_impl,
    attrs = {"platform": attr.string(doc = "The platform of the image.")},
    config_settings = FAKE_TOOLCHAIN,
)

def _given_images():
    base_image(
        name = "platform_base",
        platform = "linux/amd64",
        rootfs = "base.tar",
        tags = ["manual"],
        testonly = True,
    )
    test_image(
        name = "child",
        dockerfile = "FROM base",
        bases = {"base": ":platform_base"},
    )
    test_image(
        name = "grandchild",
        dockerfile = "FROM --platform=linux/amd64 base AS build\nFROM build",
        bases = {"base": ":platform_base"},
        platform = "linux/arm64",
    )
    for name, cpu in [("a_amd64", "x86_64"), ("b_amd64", "x86_64"), ("z_arm64", "aarch64")]:
        native.platform(
            name = name,
            constraint_values = ["@platforms//os:linux", "@platforms//cpu:" + cpu],
        )
    test_image(
        name = "index",
        dockerfile = "FROM scratch\nARG TARGETARCH\nLABEL arch=$TARGETARCH",
        platform = None,
        platforms = [":z_arm64", ":a_amd64"],
    )
    image_explore(
        name = "index_compared",
        compare_with = ":platform_base",
        image = ":index",
        tags = ["manual"],
        testonly = True,
    )
    test_image(
        name = "index_of_one",
        dockerfile = "FROM scratch",
        platform = None,
        platforms = [":a_amd64", ":b_amd64"],
    )
    test_image(
        name = "index_of_fixed",
        dockerfile = "FROM --platform=linux/amd64 base AS a\nFROM a",
        bases = {"base": ":platform_base"},
        platform = None,
        platforms = [":z_arm64", ":a_amd64"],
    )
    test_image(
        name = "other_architecture",
        dockerfile = "FROM scratch AS a\nFROM base\nCOPY --from=a / /",
        bases = {"base": ":platform_base"},
        platform = "linux/arm64",
    )
    test_image(
        name = "chosen_architecture",
        dockerfile = "FROM --platform=linux/aarch64 base",
        bases = {"base": ":platform_base"},
    )
    test_image(
        name = "other_chosen_architecture",
        dockerfile = "FROM --platform=linux/arm64 copied",
        bases = {"copied": ":child"},
    )
    test_image(
        name = "not_in_index",
        dockerfile = "FROM index",
        bases = {"index": ":index"},
        platform = "linux/s390x",
    )

def platforms_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    _given_images()
    _index_test(
        name = "index_test",
        target_under_test = ":index",
    )
    for target, page in {"index": "index/explore.%s.html", "index.explore": "index.explore.%s.html"}.items():
        _pages_test(
            name = target.replace(".", "_") + "_has_a_page_for_each_platform_test",
            pages = [page % platform for platform in ["linux_arm64", "linux_amd64"]],
            target_under_test = ":" + target,
        )
    _explore_runs_on_each_platform_test(
        name = "index_explore_has_the_files_of_each_platform_test",
        target_under_test = ":index.explore",
    )
    failure_test(
        name = "index_is_not_compared_test",
        target_under_test = ":index_compared",
        message = "@@//rules/tests:index_compared: compare_with: expected an image for one platform to compare, got @@//rules/tests:index for linux/arm64, linux/amd64",
    )
    _platform_test(
        name = "from_overrides_the_platform_of_a_rootfs_test",
        target_under_test = ":chosen_architecture",
        platform = "linux/arm64",
    )
    _platform_test(
        name = "a_stage_of_a_stage_has_its_platform_test",
        target_under_test = ":grandchild",
        platform = "linux/amd64",
    )
    failure_test(
        name = "index_of_one_test",
        target_under_test = ":index_of_one",
        message = "rules/tests/Dockerfile:1: FROM scratch: platforms: duplicate image platform linux/amd64: @@//rules/tests:a_amd64 and @@//rules/tests:b_amd64",
    )
    failure_test(
        name = "index_of_fixed_test",
        target_under_test = ":index_of_fixed",
        message = "rules/tests/Dockerfile:1: FROM base: platforms: duplicate image platform linux/amd64: @@//rules/tests:z_arm64 and @@//rules/tests:a_amd64",
    )
    failure_test(
        name = "other_architecture_test",
        target_under_test = ":other_architecture",
        message = "rules/tests/Dockerfile:2: FROM base: expected an image for linux/arm64, got linux/amd64 of @@//rules/tests:platform_base",
    )
    failure_test(
        name = "other_chosen_architecture_test",
        target_under_test = ":other_chosen_architecture",
        message = "rules/tests/Dockerfile:1: FROM copied: expected an image for linux/arm64, got linux/amd64 of @@//rules/tests:child",
    )
    failure_test(
        name = "not_in_index_test",
        target_under_test = ":not_in_index",
        message = "rules/tests/Dockerfile:1: FROM index: expected an image for linux/s390x, got linux/arm64, linux/amd64 of @@//rules/tests:index",
    )
    native.test_suite(
        name = name,
        tests = [
            "a_stage_of_a_stage_has_its_platform_test",
            "from_overrides_the_platform_of_a_rootfs_test",
            "index_of_fixed_test",
            "index_explore_has_the_files_of_each_platform_test",
            "index_is_not_compared_test",
            "index_of_one_test",
            "index_test",
            "index_explore_has_a_page_for_each_platform_test",
            "index_has_a_page_for_each_platform_test",
            "not_in_index_test",
            "other_chosen_architecture_test",
            "other_architecture_test",
        ],
    )
