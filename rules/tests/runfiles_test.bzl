"""Tests of the build context of executables and of files of other packages."""

load("@bazel_skylib//lib:unittest.bzl", "analysistest", "asserts")
load("//rules:providers.bzl", "BuildContextInfo")
load("//rules/private/context:build_context.bzl", "build_context")

def _program_impl(ctx):
    program = ctx.actions.declare_file(ctx.attr.path or ctx.label.name)
    ctx.actions.write(program, "#!/bin/sh\n", is_executable = True)
    tree = ctx.actions.declare_directory(ctx.label.name + ".tree")
    ctx.actions.run_shell(outputs = [tree], command = "mkdir -p " + tree.path)
    if not ctx.files.data:
        return [DefaultInfo(executable = program)]
    return [DefaultInfo(
        executable = program,
        files = depset([program] + ctx.files.more),
        runfiles = ctx.runfiles(
            files = ctx.files.data + [tree],
            symlinks = {"links/here": ctx.files.data[0], "../other+/there": ctx.files.data[0]},
            root_symlinks = {"root": ctx.files.data[0], "_main/rules/tests/Dockerfile": ctx.files.data[0]},
        ),
    )]

_program = rule(
    implementation = _program_impl,
    attrs = {
        "data": attr.label_list(allow_files = True),
        "more": attr.label_list(allow_files = True),
        "path": attr.string(),
    },
    executable = True,
)

def _entries_test_impl(ctx):
    env = analysistest.begin(ctx)
    got = {}
    for entry in analysistest.target_under_test(env)[BuildContextInfo].entries:
        if entry.path.endswith("_repo_mapping"):
            asserts.equals(env, "_repo_mapping", entry.path.rpartition("/")[2])
            asserts.true(env, entry.file.basename.endswith(".repo_mapping"), entry.file.basename)
            continue
        got[entry.path] = ("shared " if entry.shared else "") + entry.file.short_path.removeprefix("rules/tests/")
    asserts.equals(env, ctx.attr.entries, got)
    return analysistest.end(env)

_entries_test = analysistest.make(
    _entries_test_impl,
    attrs = {"entries": attr.string_dict(doc = "Path and file of each entry.")},
)

def _failure_test_impl(ctx):
    env = analysistest.begin(ctx)
    asserts.expect_failure(env, ctx.attr.message)
    return analysistest.end(env)

_failure_test = analysistest.make(
    _failure_test_impl,
    attrs = {"message": attr.string(doc = "The message of the failure.")},
    expect_failure = True,
)

def _runfiles_at(path):
    """Returns the runfiles of :program, whose executable is at `path`."""
    return {
        path: "shared bin/program",
        path + ".runfiles/_main/links/here": "shared base.tar",
        path + ".runfiles/_main/rules/tests/Dockerfile": "shared base.tar",
        path + ".runfiles/_main/rules/tests/base.tar": "shared base.tar",
        path + ".runfiles/_main/rules/tests/bin/program": "shared bin/program",
        path + ".runfiles/_main/rules/tests/program.tree": "shared program.tree",
        path + ".runfiles/other+/there": "shared base.tar",
        path + ".runfiles/root": "shared base.tar",
    }

def _given_contexts():
    _program(
        name = "program",
        testonly = True,
        data = ["base.tar", "Dockerfile"],
        more = ["fake_tool.sh"],
        path = "bin/program",
        tags = ["manual"],
    )
    _program(
        name = "alone",
        testonly = True,
        tags = ["manual"],
    )
    native.filegroup(
        name = "group",
        testonly = True,
        srcs = ["Dockerfile", "//rules/private/context:empty"],
        tags = ["manual"],
    )
    for name, attributes in {
        "named_context": {"context_paths": {":program": "x/server"}},
        "directory_context": {"context_paths": {":program": "x/"}},
        "srcs_context": {"srcs": [":program"]},
        "ignoring_context": {"context_paths": {":program": "x"}, "ignore": "**/_main\n**/_repo_mapping\n"},
        "alone_context": {"context_paths": {":alone": "x"}},
        "group_context": {"context_paths": {":group": "x/"}},
        "stripped_context": {"context_paths": {":group": "./x//"}, "strip_prefix": {":group": "/rules"}},
        "names_context": {"context_paths": {":group": "."}, "strip_prefix": {":group": "*"}},
        "conflict_context": {"context_paths": {"Dockerfile": "x/a", "base.tar": "x/a"}},
        "not_below_context": {"context_paths": {":group": "x/"}, "strip_prefix": {":group": "no"}},
        "unplaced_context": {"strip_prefix": {":group": "no"}},
        "file_context": {"context_paths": {"Dockerfile": "x"}, "strip_prefix": {"Dockerfile": "no"}},
    }.items():
        build_context(name = name, tags = ["manual"], testonly = True, **attributes)

def runfiles_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    _given_contexts()
    tests = []
    for context, entries in {
        "named_context": _runfiles_at("x/server"),
        "directory_context": _runfiles_at("x/program") | {"x/fake_tool.sh": "shared fake_tool.sh"},
        "srcs_context": _runfiles_at("rules/tests/bin/program") | {"rules/tests/fake_tool.sh": "shared fake_tool.sh"},
        "ignoring_context": {
            "x": "shared bin/program",
            "x.runfiles/other+/there": "shared base.tar",
            "x.runfiles/root": "shared base.tar",
        },
        "alone_context": {"x": "alone"},
        "group_context": {"x/Dockerfile": "Dockerfile", "x/rules/private/context/empty": "rules/private/context/empty"},
        "stripped_context": {"x/tests/Dockerfile": "Dockerfile", "x/private/context/empty": "rules/private/context/empty"},
        "names_context": {"Dockerfile": "Dockerfile", "empty": "rules/private/context/empty"},
    }.items():
        tests.append(context + "_test")
        _entries_test(name = tests[-1], target_under_test = context, entries = entries)
    for context, message in {
        "conflict_context": "the build context has two different files at \"x/a\": rules/tests/Dockerfile of @@//rules/tests:Dockerfile, and rules/tests/base.tar of @@//rules/tests:base.tar",
        "not_below_context": "strip_prefix: rules/tests/Dockerfile of @@//rules/tests:group is not below \"no\"",
        "unplaced_context": "strip_prefix: @@//rules/tests:group is not in context_paths",
        "file_context": "strip_prefix requires a directory for @@//rules/tests:Dockerfile in context_paths, got \"x\"\nhint: write \"x/\"",
    }.items():
        tests.append(context + "_test")
        _failure_test(name = tests[-1], target_under_test = context, message = message)
    native.test_suite(name = name, tests = tests)
