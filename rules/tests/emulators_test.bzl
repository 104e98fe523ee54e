"""Tests of emulators for programs of foreign architectures."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts", "unittest")
load("//rules:defs.bzl", "base_image", "emulator_toolchain", "image_test")
load("//rules/private:image_run.bzl", "image_run")
load("//rules/private/apt:apt_emulators.bzl", "emulator_lock_error")
load("//rules/private/apt:lock.bzl", "parse_apt_lock")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/toolchain:emulated.bzl", "emulated_architecture", "emulated_of_stage", "emulator_error", "has_other_platforms")
load(":test_image.bzl", "FAKE_TOOLCHAIN", "test_image")

_TOOLCHAINS = "//command_line_option:extra_toolchains"
_REGISTERED = {_TOOLCHAINS: "%s,%s" % (FAKE_TOOLCHAIN[_TOOLCHAINS], Label("//rules/tests:fake_emulator_toolchain"))}
_SETTING = {str(Label("//rules/settings:emulators")): str(Label("//rules/tests:qemu_of_the_setting"))}

def _run_test_impl(ctx):
    env = analysistest.begin(ctx)
    runs = [action for action in analysistest.target_actions(env) if action.mnemonic == "DockerfileRun"]
    asserts.equals(
        env,
        [["--emulator=" + path for path in ctx.attr.emulators]],
        [
            # Each is in the output directory of the architecture that it is for.
            ["--emulator=" + arg.rpartition("/bin/")[2] for arg in run.argv if arg.startswith("--emulator=")]
            for run in runs
        ],
    )
    asserts.equals(env, [sorted(ctx.attr.emulators)], [_emulators(run.inputs) for run in runs])
    return analysistest.end(env)

def _container_test_impl(ctx):
    env = analysistest.begin(ctx)
    target = analysistest.target_under_test(env)
    asserts.equals(env, ctx.attr.emulators, _emulators(target[DefaultInfo].default_runfiles.files))
    return analysistest.end(env)

def _emulators(files):
    return sorted([file.short_path for file in files.to_list() if file.basename.startswith("qemu-")])

_ATTRIBUTES = {
    "emulators": attr.string_list(doc = "Paths of the emulators."),
}

_unregistered_test = analysistest.make(_run_test_impl, attrs = _ATTRIBUTES, config_settings = FAKE_TOOLCHAIN)
_registered_test = analysistest.make(_run_test_impl, attrs = _ATTRIBUTES, config_settings = _REGISTERED)
_setting_test = analysistest.make(_run_test_impl, attrs = _ATTRIBUTES, config_settings = _REGISTERED | _SETTING)
_container_test = analysistest.make(_container_test_impl, attrs = _ATTRIBUTES, config_settings = _REGISTERED)

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    attrs = {"message": attr.string(doc = "The message of the failure.")},
    expect_failure = True,
)

def _lock_test_impl(ctx):
    env = unittest.begin(ctx)
    package = {
        "name": "qemu-user-static",
        "version": "1",
        "architecture": "amd64",
        "archive": "debian",
        "path": "pool/q.deb",
        "sha256": "0" * 64,
        "size": 1,
    }
    for packages, architecture, want in [
        ([package], "amd64", None),
        ([package | {"name": "qemu-user"}], "arm64", None),
        ([], "amd64", "expected one package, qemu-user or qemu-user-static, got none"),
        ([package, package | {"name": "apt"}], "amd64", "expected one package, qemu-user or qemu-user-static, got qemu-user-static, apt"),
        ([package], "mips64el", "architecture: expected amd64, arm64, armhf, i386, ppc64el, riscv64, s390x, got \"mips64el\""),
        ([package], "vax", "architecture: expected amd64, arm64, armel, armhf, i386, mips64el, ppc64el, riscv64, s390x, got \"vax\""),
    ]:
        lock = parse_apt_lock(json.encode({
            "version": 1,
            "suite": "bookworm",
            "architecture": architecture,
            "date": 1,
            "packages": packages,
        }))
        asserts.equals(env, want, emulator_lock_error(lock))
    return unittest.end(env)

_lock_test = unittest.make(_lock_test_impl)

def _platform_test_impl(ctx):
    env = unittest.begin(ctx)
    for platform, want in [
        ("linux/amd64", "amd64"),
        ("linux/aarch64", "arm64"),
        ("linux/arm/v6", "arm"),
        ("linux/i386", "386"),
        ("linux/vax", "any"),
        ("linux", "any"),
        ("", "any"),
    ]:
        asserts.equals(env, want, emulated_architecture(platform), platform)
    known = "linux/386, linux/amd64, linux/arm, linux/arm64, linux/ppc64le, linux/riscv64, linux/s390x"
    for runs, runs_on, want in [
        ("linux/arm64", "linux/amd64", None),
        ("linux/arm/v7", "linux/arm64", None),
        ("linux/vax", "linux/amd64", "runs: expected a platform of %s, got \"linux/vax\"" % known),
        ("linux/arm64", "amd64", "runs_on: expected a platform of %s, got \"amd64\"" % known),
        ("linux/x86_64", "linux/amd64", "runs: expected another architecture than that of runs_on, linux/amd64, got \"linux/x86_64\""),
    ]:
        asserts.equals(env, want, emulator_error(runs, runs_on))
    for dockerfile, build_args, want in [
        ("FROM a\nFROM --platform=$BUILDPLATFORM b\nFROM --platform=${TARGETPLATFORM} c", {}, False),
        ("FROM --platform=linux/arm64 a", {}, True),
        ("FROM --platform=$P a", {}, True),
        ("FROM a", {"TARGETPLATFORM": "linux/arm64"}, True),
    ]:
        asserts.equals(env, want, has_other_platforms(outline_dockerfile(dockerfile), build_args), dockerfile)
    for may_run, platform, build_args, want in [
        (True, "", {}, ""),
        (True, "$TARGETPLATFORM", {}, ""),
        (True, "${BUILDPLATFORM}", {}, "none"),
        (True, "linux/arm/v7", {"TARGETPLATFORM": "x"}, "arm"),
        (True, "arm64", {}, "any"),
        (True, "linux/$ARCH", {}, "any"),
        (True, "", {"TARGETPLATFORM": "x"}, "any"),
        (True, "$BUILDPLATFORM", None, "any"),  # a select()
        (False, "linux/arm64", {}, "none"),
        (False, "", {"TARGETPLATFORM": "x"}, "none"),
    ]:
        asserts.equals(env, want, emulated_of_stage(may_run, platform, build_args), platform)
    return unittest.end(env)

_platform_test = unittest.make(_platform_test_impl)

def _given_targets():
    for name, platform in [("foreign", "linux/s390x"), ("native", "linux/amd64"), ("other", "linux/riscv64"), ("variant", "linux/arm/v6")]:
        base_image(
            name = name + "_base",
            platform = platform,
            rootfs = "base.tar",
            tags = ["manual"],
            testonly = True,
        )
        test_image(
            name = "emulated_" + name,
            dockerfile = "FROM base\nRUN a",
            bases = {"base": name + "_base"},
            platform = platform,
        )
    image_run(
        name = "emulated_run",
        image = ":emulated_foreign",
        tags = ["manual"],
        testonly = True,
    )
    image_test(
        name = "emulated_image_test",
        commands = [{"name": "a", "command": "/a"}],
        image = ":emulated_foreign",
        tags = ["manual"],
    )
    image_test(
        name = "emulated_image_file_test",
        image = ":emulated_foreign",
        files = ["/a"],
        tags = ["manual"],
    )
    test_image(
        name = "emulated_named",
        dockerfile = "FROM --platform=linux/s390x base\nRUN a",
        bases = {"base": "foreign_base"},
        platform = "linux/amd64",
    )
    for name, emulators in {
        "two_emulators": {"qemu-arm": "linux/arm/v7", "qemu-s390x": "linux/arm/v6"},
        "unknown_emulator": {"qemu-arm": "linux/vax"},
    }.items():
        emulator_toolchain(
            name = name,
            emulators = emulators,
            tags = ["manual"],
        )

def emulators_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    _given_targets()
    registered = "rules/tests/fake_emulators/qemu-"
    tests = {
        "a_foreign_run_without_an_emulator_test": (_unregistered_test, ":emulated_foreign", []),
        "a_foreign_run_gets_the_emulator_of_its_machine_test": (_registered_test, ":emulated_foreign", [registered + "s390x"]),
        "a_variant_gets_the_emulator_of_its_architecture_test": (_registered_test, ":emulated_variant", [registered + "arm"]),
        "a_machine_without_an_emulator_test": (_registered_test, ":emulated_other", []),
        "a_native_run_gets_no_emulator_test": (_registered_test, ":emulated_native", []),
        "the_setting_takes_precedence_test": (_setting_test, ":emulated_foreign", ["rules/tests/qemu-s390x-static", registered + "s390x"]),
        "a_named_platform_gets_the_emulator_of_its_machine_test": (_registered_test, ":emulated_named", [registered + "s390x"]),
        "a_container_gets_an_emulator_test": (_container_test, ":emulated_run", [registered + "s390x"]),
        "a_test_of_an_image_gets_an_emulator_test": (_container_test, ":emulated_image_test", [registered + "s390x"]),
        "a_test_of_files_gets_no_emulator_test": (_container_test, ":emulated_image_file_test", []),
    }
    for test, (rule, target, emulators) in tests.items():
        rule(
            name = test,
            target_under_test = target,
            emulators = emulators,
        )
    failures = {
        "two_emulators_for_one_architecture_test": (":two_emulators", "@@//rules/tests:two_emulators: emulators: expected one emulator for arm, got two"),
        "an_emulator_of_an_unknown_platform_test": (
            ":unknown_emulator",
            "@@//rules/tests:unknown_emulator: emulators: @@//rules/tests:qemu-arm: expected a platform of " +
            "linux/386, linux/amd64, linux/arm, linux/arm64, linux/ppc64le, linux/riscv64, linux/s390x, got \"linux/vax\"",
        ),
    }
    for test, (target, message) in failures.items():
        _failure_test(
            name = test,
            target_under_test = target,
            message = message,
        )
    _lock_test(name = "a_lock_of_emulators_test")
    _platform_test(name = "platforms_of_emulators_test")
    native.test_suite(
        name = name,
        tests = tests.keys() + failures.keys() + ["a_lock_of_emulators_test", "platforms_of_emulators_test"],
    )
