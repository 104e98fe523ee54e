"""Tests of //rules/private/plan:graph.bzl."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/plan:graph.bzl", "resolve_stages")

def _resolve(text, **kwargs):
    return resolve_stages(
        outline_dockerfile(text),
        dockerfile = "app/Dockerfile",
        lock_command = "bazel run //app:image.lock",
        **kwargs
    )

def _graph_test_impl(ctx):
    env = unittest.begin(ctx)
    resolved = _resolve(
        "\n".join([
            "ARG TAG=12",
            "FROM debian:$TAG AS build",
            "FROM missing AS unused",
            "FROM scratch AS data",
            "FROM build",
            "COPY --from=Data a /",
            "COPY --from=0 b /",
            "COPY --from=nginx c /",
        ]),
        bases = {"debian:12": "D", "nginx:latest": "N"},
    )
    asserts.equals(
        env,
        [
            ("build", None, "D", False, {}, {"debian:12": "D"}, None),
            ("data", None, None, True, {}, {}, None),
            ("3", 0, None, False, {2: ["Data"], 0: ["0"]}, {"nginx": "N"}, None),
        ],
        [
            (s.name, s.parent, s.base, s.scratch, s.stage_sources, s.sources, s.error)
            for s in resolved.stages
        ],
    )
    asserts.equals(env, [struct(image = "D", word = "debian:$TAG", platform = "", line = 2)], resolved.bases)
    return unittest.end(env)

def _trigger_sources_test_impl(ctx):
    env = unittest.begin(ctx)
    resolved = _resolve(
        "FROM base AS a\nFROM scratch AS b\nFROM base\nCOPY --from=used x /",
        bases = {"base": "B", "used": "U", "spare:latest": "S"},
        named_contexts = {"ctx": "C"},
        trigger_stages = ["B"],
    )
    asserts.equals(
        env,
        [
            ("b", {}, {}),
            ("2", {1: ["B"]}, {"base": "B", "used": "U", "spare:latest": "S", "ctx": "C"}),
        ],
        [(s.name, s.stage_sources, s.sources) for s in resolved.stages],
    )
    return unittest.end(env)

def _replaced_stage_test_impl(ctx):
    env = unittest.begin(ctx)
    resolved = _resolve("FROM missing AS a\nRUN x\nFROM scratch\nCOPY --from=A y /", named_contexts = {"a": "C"})
    asserts.equals(env, [("1", {}, {"A": "C"})], [(s.name, s.stage_sources, s.sources) for s in resolved.stages])
    return unittest.end(env)

def _graph_cases_test_impl(ctx):
    env = unittest.begin(ctx)
    for name, resolved, want in [
        ("Target", _resolve("FROM scratch AS a\nFROM scratch AS b", target = "A"), ["a"]),
        ("NamedContextReplacesStage", _resolve("FROM x AS a\nFROM a", named_contexts = {"a": "A"}), ["a", "1"]),
        ("BuildArgument", _resolve("ARG B=x\nFROM $B", build_args = {"B": "scratch"}), ["0"]),
        ("Platform", _resolve("FROM a-$TARGETARCH", platform = "linux/arm64", bases = {"a-arm64": "A"}), ["0"]),
        ("AsWritten", _resolve("FROM a-$TARGETARCH", bases = {"a-$TARGETARCH": "A"}), ["0"]),
        ("FromScratch", _resolve("FROM scratch\nCOPY --from=scratch / /a\nRUN --mount=from=scratch,target=/m x"), ["0"]),
        ("TargetStage", _resolve("FROM $TARGETSTAGE AS scratch"), ["scratch"]),
        ("NamedContextByReference", _resolve("FROM docker.io/library/x", named_contexts = {"x": "X"}), ["0"]),
        ("TriggerNamesStage", _resolve("FROM scratch AS x\nFROM scratch AS p\nONBUILD COPY --from=x a /\nFROM p"), ["x", "p", "2"]),
    ]:
        asserts.equals(env, want, [s.name for s in resolved.stages], name)
        asserts.equals(env, [None], [s.error for s in resolved.stages[-1:]], name)
    return unittest.end(env)

def _graph_errors_test_impl(ctx):
    env = unittest.begin(ctx)

    # What the user has to add.
    for resolved, want in [
        (_resolve("FROM debian"), "app/Dockerfile:1: FROM debian: image \"debian\" is not locked; run `bazel run //app:image.lock`, or add bases = {\"debian\": \"//label\"}"),
        (_resolve("FROM a:$TARGETARCH"), "app/Dockerfile:1: FROM a:$TARGETARCH: TARGETARCH is not known before the build; set platform = \"…\", or add bases = {\"a:$TARGETARCH\": \"//label\"}"),
        (_resolve("FROM a:$BUILDARCH"), "app/Dockerfile:1: FROM a:$BUILDARCH: BUILDARCH is not known before the build; add bases = {\"a:$BUILDARCH\": \"//label\"}"),
        (_resolve("ARG V\nFROM a:$V", unknown_args = ["V"]), "app/Dockerfile:2: FROM a:$V: V is not known before the build; add bases = {\"a:$V\": \"//label\"}"),
        (_resolve("FROM scratch\nCOPY --from=nginx a /"), "app/Dockerfile:2: COPY --from=nginx a /: \"nginx\" is neither a stage nor a locked image; run `bazel run //app:image.lock`, or add bases = {\"nginx\": \"//label\"}"),
        (_resolve("FROM scratch AS builder\nFROM scratch\nCOPY --from=bulider a /"), "app/Dockerfile:3: COPY --from=bulider a /: \"bulider\" is neither a stage nor a locked image (did you mean builder?); run `bazel run //app:image.lock`, or add bases = {\"bulider\": \"//label\"}"),
        (_resolve("FROM scratch AS builder\nFROM scratch\nRUN --mount=from=biulder,target=/m x"), "app/Dockerfile:3: RUN --mount=from=biulder,target=/m x: \"biulder\" is neither a stage nor a locked image (did you mean builder?); run `bazel run //app:image.lock`, or add bases = {\"biulder\": \"//label\"}"),
        (_resolve("FROM scratch AS builder\nFROM bulder"), "app/Dockerfile:2: FROM bulder: image \"bulder\" is not locked (did you mean builder?); run `bazel run //app:image.lock`, or add bases = {\"bulder\": \"//label\"}"),
        (_resolve("FROM alpine:3.19", bases = {"alpine:3.20": "A", "debian": "D"}), "app/Dockerfile:1: FROM alpine:3.19: image \"alpine:3.19\" is not locked (bases contains alpine:3.20); run `bazel run //app:image.lock`, or add bases = {\"alpine:3.19\": \"//label\"}"),
        (_resolve("FROM debain", bases = {"alpine:3.20": "A", "debian": "D"}), "app/Dockerfile:1: FROM debain: image \"debain\" is not locked (did you mean debian?); run `bazel run //app:image.lock`, or add bases = {\"debain\": \"//label\"}"),
        (_resolve("FROM scratch\nCOPY --from=h:5000/a:1 a /", bases = {"h:5000/a:2": "A", "h:5000/a@sha256:00": "B"}), "app/Dockerfile:2: COPY --from=h:5000/a:1 a /: \"h:5000/a:1\" is neither a stage nor a locked image (bases contains h:5000/a:2, h:5000/a@sha256:00); run `bazel run //app:image.lock`, or add bases = {\"h:5000/a:1\": \"//label\"}"),
        (_resolve("FROM scratch\nFROM scratch\nRUN --mount=from=0,target=/m x"), "app/Dockerfile:3: RUN --mount=from=0,target=/m x: \"0\" is not a stage: RUN --mount takes the name of a stage, not its index"),
    ]:
        asserts.equals(env, None, resolved.error)
        asserts.equals(env, want, resolved.stages[-1].error)

    # Errors that the parser reports, too, in better words.
    for resolved, want in [
        (_resolve("FROM $X"), "app/Dockerfile:1: FROM $X: base name ($X) should not be blank"),
        (_resolve("FROM Foo"), "app/Dockerfile:1: FROM Foo: invalid reference format"),
        (_resolve("FROM ${A/b}"), "app/Dockerfile:1: FROM ${A/b}: failed to process \"${A/b}\": syntax error: missing '/' in ${}"),
        (_resolve("FROM scratch\nCOPY --from=7 a /"), "app/Dockerfile:2: COPY --from=7 a /: invalid stage index 7"),
        (_resolve("FROM scratch\nCOPY --from=+7 a /"), "app/Dockerfile:2: COPY --from=+7 a /: invalid stage index 7"),
        (_resolve("FROM scratch\nCOPY --from=-1 a /"), "app/Dockerfile:2: COPY --from=-1 a /: invalid stage index -1"),
        (_resolve("FROM scratch\nCOPY --from=$a a /"), "app/Dockerfile:2: COPY --from=$a a /: variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround"),
        (_resolve("FROM scratch\nCOPY --from=A a /"), "app/Dockerfile:2: COPY --from=A a /: invalid reference format"),
        (_resolve("FROM scratch AS a\nCOPY --from=a a /"), "app/Dockerfile:2: COPY --from=a a /: circular dependency detected on stage: a"),
        (_resolve("FROM scratch AS a\nCOPY --from=b a /\nFROM scratch AS b", target = "a"), "app/Dockerfile:2: COPY --from=b a /: cannot copy from stage \"b\", it needs to be defined before current stage \"a\""),
        (_resolve("FROM scratch AS a\nFROM scratch", target = "c"), "app/Dockerfile: target stage \"c\" could not be found"),
        (_resolve("FROM scratch", target = "0"), "app/Dockerfile: target stage \"0\" could not be found"),
        (_resolve("# nothing"), "app/Dockerfile: no stage to build"),
    ]:
        asserts.equals(env, want, resolved.error)
        asserts.equals(env, [], resolved.stages)
    return unittest.end(env)

_graph_test = unittest.make(_graph_test_impl)
_trigger_sources_test = unittest.make(_trigger_sources_test_impl)
_replaced_stage_test = unittest.make(_replaced_stage_test_impl)
_graph_cases_test = unittest.make(_graph_cases_test_impl)
_graph_errors_test = unittest.make(_graph_errors_test_impl)

def graph_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _graph_test,
        _trigger_sources_test,
        _replaced_stage_test,
        _graph_cases_test,
        _graph_errors_test,
    )
