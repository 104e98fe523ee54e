"""Repositories with emulators from any URL, and their toolchains."""

load(":emulated.bzl", "ANY_ARCHITECTURE", "EMULATOR_CPUS", "emulated_architecture", "emulator_error")
load(":emulator_toolchain.bzl", "QEMU_MACHINES")

_TOOLCHAIN = """\
toolchain(
    name = "{runs_on}_for_{runs}",
    exec_compatible_with = ["{cpu}", "{linux}"],
    target_settings = ["{setting}"],
    toolchain = "{toolchain}",
    toolchain_type = "{type}",
)
"""

_EMULATORS = """\
load("{emulator_toolchain_bzl}", "emulator_toolchain")

emulator_toolchain(
    name = "{name}",
    emulators = {emulators},
)
"""

def emulator_toolchains_text(*, runs_on, runs, toolchain):
    """Writes the `toolchain`s of an `emulator_toolchain` for a BUILD file.

    There is none for programs of the machine itself, so that nothing is fetched
    for its own images.

    Args:
      runs_on: the architecture that the emulators run on.
      runs: the architecture whose programs they run, `ANY_ARCHITECTURE` where that
        is not known; None for all of them.
      toolchain: label of the `emulator_toolchain`.
    """
    emulated = [runs] if runs else [name for name in QEMU_MACHINES if name != runs_on] + [ANY_ARCHITECTURE]
    return "\n".join([
        _TOOLCHAIN.format(
            cpu = Label("@platforms//cpu:" + EMULATOR_CPUS[runs_on]),
            linux = Label("@platforms//os:linux"),
            runs = architecture,
            runs_on = runs_on,
            setting = Label("//rules/private/toolchain:emulated_" + architecture),
            toolchain = toolchain,
            type = Label("//rules/toolchain:emulator_toolchain_type"),
        )
        for architecture in emulated
    ])

def _emulator_file_repo_impl(rctx):
    rctx.download(
        executable = True,
        output = "emulator",
        sha256 = rctx.attr.sha256,
        url = rctx.attr.urls,
    )
    rctx.file("BUILD.bazel", "exports_files([\"emulator\"])\n", executable = False)

_emulator_file_repo = repository_rule(
    implementation = _emulator_file_repo_impl,
    doc = "An emulator, by its URLs and its digest.",
    attrs = {
        "sha256": attr.string(
            doc = "Its SHA-256.",
            mandatory = True,
        ),
        "urls": attr.string_list(
            doc = "Where it is, tried in order.",
            mandatory = True,
        ),
    },
)

def _emulator_toolchains_repo_impl(rctx):
    parts = []
    files = {}
    for key, label in rctx.attr.files.items():
        runs_on, runs = key.split(" ")
        files.setdefault(runs_on, {})[runs] = label
    for runs_on, emulators in files.items():
        for runs, label in emulators.items():
            name = "%s_emulator_%s" % (runs_on, runs)
            parts.append(_emulator_text(name, {label: "linux/" + runs}))
            parts.append(emulator_toolchains_text(runs_on = runs_on, runs = runs, toolchain = ":" + name))
        parts.append(_emulator_text(runs_on + "_emulators", {label: "linux/" + runs for runs, label in emulators.items()}))
        parts.append(emulator_toolchains_text(runs_on = runs_on, runs = ANY_ARCHITECTURE, toolchain = ":%s_emulators" % runs_on))
    rctx.file("BUILD.bazel", "\n".join(parts), executable = False)

def _emulator_text(name, emulators):
    return _EMULATORS.format(
        emulator_toolchain_bzl = Label(":emulator_toolchain.bzl"),
        emulators = repr(emulators),
        name = name,
    )

_emulator_toolchains_repo = repository_rule(
    implementation = _emulator_toolchains_repo_impl,
    doc = "Toolchains of emulators, each of which is fetched where an image needs it.",
    attrs = {
        "files": attr.string_dict(
            doc = "`RUNS_ON RUNS`, two architectures, to the label of an emulator.",
            mandatory = True,
        ),
    },
)

def emulator_repos(name, files):
    """Declares emulators by their URLs, and the repository `name` with their toolchains.

    For a WORKSPACE; the extension `emulators` does the same.

    ```starlark
    load("@rules_dockerfile//rules:emulators.bzl", "emulator_repos")

    emulator_repos(
        name = "emulators",
        files = [{
            "runs": "linux/arm64",
            "runs_on": "linux/amd64",
            "sha256": "…",
            "urls": ["https://example.com/qemu-aarch64-static"],
        }],
    )

    register_toolchains("@emulators//:all")
    ```

    Args:
      name: name of the repository.
      files: list of dict: the attributes of `emulators.file`.
    """
    labels = {}
    for file in files:
        error = emulator_error(file["runs"], file["runs_on"])
        runs_on = emulated_architecture(file["runs_on"])
        runs = emulated_architecture(file["runs"])
        key = "%s %s" % (runs_on, runs)
        if not error and key in labels:
            error = "expected one emulator for programs of linux/%s on linux/%s, got two" % (runs, runs_on)
        if error:
            fail("%s: %s" % (name, error))
        repository = "%s_%s_%s" % (name, runs_on, runs)
        labels[key] = "@%s//:emulator" % repository
        _emulator_file_repo(name = repository, sha256 = file["sha256"], urls = file["urls"])
    _emulator_toolchains_repo(name = name, files = labels)
