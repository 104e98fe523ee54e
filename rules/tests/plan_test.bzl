"""Tests of //rules/private/plan."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private:image_attributes.bzl", "unknown_attribute")
load("//rules/private/outline:outline.bzl", "outline_dockerfile")
load("//rules/private/plan:arguments.bzl", "argument_words", "global_arguments", "platform_arguments")
load("//rules/private/plan:expand.bzl", "expand_word")
load("//rules/private/plan:platform.bzl", "normalize_platform", "platform_version")
load("//rules/private/plan:printable.bzl", "printable")
load("//rules/private/plan:reference.bzl", "find_reference", "is_reference", "normalize_reference", "tag_of")
load("//rules/private/plan:sbom_scan.bzl", "scans_stage")
load("//rules/private/plan:suggest.bzl", "did_you_mean")

def _expand_test_impl(ctx):
    env = unittest.begin(ctx)
    variables = {"A": "1", "E": "", "I": "h/b/[c]", "T": "12-slim-arm"}
    for word, want in [
        ("x", "x"),
        ("$A", "1"),
        ("a${A}b", "a1b"),
        ("$B", ""),
        ("$$A", "A"),
        ("a$", "a$"),
        ("a$/", "a$/"),
        ("\\$A", "$A"),
        ("'$A'", "$A"),
        ("\"$A\\x\\$\"", "1\\x$"),
        ("${B:-d}", "d"),
        ("${E:-d}", "d"),
        ("${E-d}", ""),
        ("${B-d}", "d"),
        ("${A:+d}", "d"),
        ("${E:+d}", ""),
        ("${E+d}", "d"),
        ("${B:-${A}x${C:-y}}z", "1xyz"),
        ("${B:-\"a}b\"}", "a}b"),
        ("${T%-*}", "12-slim"),
        ("${T%%-*}", "12"),
        ("${T#*-}", "slim-arm"),
        ("${T##*-}", "arm"),
        ("${T%\\*}", "12-slim-arm"),
        ("${I##*/}", "[c]"),
        ("${I%[*}", "h/b/"),
        ("${I//[/x}", "h/b/xc]"),
        ("${T/slim/fat}", "12-fat-arm"),
        ("${T//m/n}", "12-slin-arn"),
        ("${T/-*-/+}x", "12+armx"),
        ("${T/m/}", "12-sli-arm"),
        ("${T/no/x}", "12-slim-arm"),
        ("${T/1/${A}}", "12-slim-arm"),
        ("${B/x/y}", ""),
        ("${A:?no}", "1"),
    ]:
        got = expand_word(word, variables, "\\")
        asserts.equals(env, (want, None, None), (got.text, got.error, got.unknown), word)
    for word, want in [
        ("${B:?no}", "B: no"),
        ("${B:?}", "B: is not allowed to be unset"),
        ("${E:?}", "E: is not allowed to be empty"),
        ("${B?}", "B: is not allowed to be unset"),
        ("${", "syntax error: missing '}'"),
        ("${A", "unsupported modifier (\357\277\275) in substitution"),
        ("${A:", "syntax error: missing '}'"),
        ("${A:x", "syntax error: missing '}'"),
        ("${A:x}", "unsupported modifier (:x) in substitution"),
        ("${A:-x", "syntax error: missing '}'"),
        ("${}", "syntax error: bad substitution"),
        ("${A/x}", "syntax error: missing '/' in ${}"),
        ("${A/x/y", "syntax error: missing '}'"),
        ("${A:=x}", "unsupported modifier (:=) in substitution"),
        ("'a", "unexpected end of statement while looking for matching single-quote"),
        ("\"a", "unexpected end of statement while looking for matching double-quote"),
    ]:
        asserts.equals(env, "failed to process \"%s\": %s" % (word, want), expand_word(word, variables, "\\").error, word)
    asserts.equals(env, "X", expand_word("a:$X", {}, "\\", ["X"]).unknown)

    # Each line of `ARG A=$A$A…` multiplies its length.
    large = {"A": "x" * 524288, "K": "k" * 1024, "L": "l" * 1025}
    asserts.equals(env, "x" * 1048576, expand_word("$A${A}", large, "\\").text)
    for word, want in [
        ("$A${A}$K", "variables expand to more than 1048576 bytes"),
        ("${A:+$A$A}", "variables expand to more than 1048576 bytes"),
        ("${K//k/$L}", "variables expand to more than 1048576 bytes"),
        ("${L#*l}", "a pattern here matches values of at most 1024 bytes"),
        ("${L%%*l}", "a pattern here matches values of at most 1024 bytes"),
        ("${L/*l/x}", "a pattern here matches values of at most 1024 bytes"),
    ]:
        asserts.equals(env, "failed to process \"%s\": %s" % (word, want), expand_word(word, large, "\\").error, word)
    return unittest.end(env)

def _suggest_test_impl(ctx):
    env = unittest.begin(ctx)
    for name, known, want in [
        ("bulider", ["base", "builder"], " (did you mean builder?)"),
        ("ab", ["abcd", "abc", "ab1"], " (did you mean abc?)"),
        ("", ["ab"], " (did you mean ab?)"),
        ("nginx", ["builder"], ""),
        ("abc", ["xyz"], ""),
        ("abc", [], ""),
    ]:
        asserts.equals(env, want, did_you_mean(name, known), name)
    return unittest.end(env)

def _reference_test_impl(ctx):
    env = unittest.begin(ctx)
    for reference, want in [
        ("debian", "docker.io/library/debian:latest"),
        ("debian:12", "docker.io/library/debian:12"),
        ("org/app", "docker.io/org/app:latest"),
        ("index.docker.io/org/app:1", "docker.io/org/app:1"),
        ("docker.io/debian", "docker.io/library/debian:latest"),
        ("ghcr.io/org/app:1", "ghcr.io/org/app:1"),
        ("localhost/app", "localhost/app:latest"),
        ("localhost:5000/app", "localhost:5000/app:latest"),
        ("debian@sha256:ab", "docker.io/library/debian@sha256:ab"),
        ("debian:12@sha256:ab", "docker.io/library/debian:12@sha256:ab"),
    ]:
        asserts.equals(env, want, normalize_reference(reference), reference)
    asserts.equals(env, 1, find_reference({"debian": 1}, "docker.io/library/debian:latest"))
    asserts.equals(env, None, find_reference({"debian": 1}, "debian:12"))
    for text, want in [
        ("debian", True),
        ("ghcr.io/org/app_x/a--b:1@sha256:ab", True),
        ("localhost:5000/a", True),
        ("Host/a", True),
        ("Foo", False),
        ("a/Foo", False),
        ("a b", False),
        ("", False),
        ("a:", False),
        ("a:-x", False),
        ("a..b", False),
        ("h.io:x/a", False),
        ("-h.io/a", False),
        ("a@b", False),
        ("[::1]:5000/a", True),
        ("[]/a", False),
        ("[evil.example?]/a", False),
        ("[x y]:5000/a", False),
        ("0123456789abcdef" * 4, False),
        ("0123456789abcdef" * 4 + ":1", True),
        ("a" * 63, True),
    ]:
        asserts.equals(env, want, is_reference(text), text)
    return unittest.end(env)

def _platform_test_impl(ctx):
    env = unittest.begin(ctx)
    for platform, want in [
        ("linux/amd64", "linux/amd64"),
        ("Linux/x86_64", "linux/amd64"),
        ("linux/amd64/v1", "linux/amd64"),
        ("linux/amd64/v3", "linux/amd64/v3"),
        ("linux/aarch64", "linux/arm64"),
        ("linux/arm64/v8", "linux/arm64"),
        ("linux/arm", "linux/arm/v7"),
        ("linux/arm/6", "linux/arm/v6"),
        ("linux/armel", "linux/arm/v6"),
        ("arm64", "linux/arm64"),
        ("windows", "windows/riscv64"),
        ("plan9", "plan9/riscv64"),
        ("macos", "darwin/riscv64"),
        ("Windows(10.0+Z+a)/X86_64", "windows(10.0+Z+a)/amd64"),
        ("windows(10.0%2B1)", "windows(10.0%2B1)/riscv64"),
        ("linux(+b+a)/arm", "linux(+a+b)/arm/v7"),
        ("linux()/amd64", "linux/amd64"),
    ]:
        asserts.equals(env, want, normalize_platform(platform, "linux/riscv64"), platform)
    for platform, want in [
        ("linux/amd64", ""),
        ("windows(10.0%2B1+a)/amd64", "10.0+1"),
        ("linux(+a)/amd64", ""),
    ]:
        asserts.equals(env, want, platform_version(platform), platform)
    return unittest.end(env)

def _arguments_test_impl(ctx):
    env = unittest.begin(ctx)
    outline = outline_dockerfile("ARG A=1 B=$A C\nARG D=\"x y\"\nARG P=a-$TARGETARCH\nARG BAD=${\nFROM a")
    known = global_arguments(outline, {"C": "c", "Z": "z"}, {})
    asserts.equals(env, {"A": "1", "B": "1", "C": "c", "D": "x y"}, known.values)
    asserts.true(env, "P" in known.unknown)
    full = global_arguments(outline, {}, platform_arguments("TARGET", "linux/arm/v7"))
    asserts.equals(env, "a-arm", full.values["P"])
    asserts.equals(env, "v7", full.values["TARGETVARIANT"])
    windows = platform_arguments("TARGET", "windows(10.0+a)/amd64")
    asserts.equals(env, ["windows(10.0+a)/amd64", "windows", "10.0"], [windows["TARGET" + name] for name in ["PLATFORM", "OS", "OSVERSION"]])
    asserts.equals(env, ["a=\"b c\"", "d\\ e", "'f g'"], argument_words("a=\"b c\"  d\\ e 'f g'", "\\"))
    return unittest.end(env)

def _tag_test_impl(ctx):
    env = unittest.begin(ctx)
    for reference, want in [
        ("app", "latest"),
        ("app:1.2", "1.2"),
        ("h:5000/team/app", "latest"),
        ("h:5000/team/app:v1", "v1"),
        ("app@sha256:00", "latest"),
        ("app:1@sha256:00", "1"),
    ]:
        asserts.equals(env, want, tag_of(reference), reference)
    return unittest.end(env)

def _attributes_test_impl(ctx):
    env = unittest.begin(ctx)
    for names, want in [
        (["tags", "exec_properties", "target_compatible_with"], None),
        (["testonly", "src"], "dockerfile_image has no attribute \"src\" (did you mean srcs?)"),
        (["buildargs"], "dockerfile_image has no attribute \"buildargs\" (did you mean build_args?)"),
        (["testonyl"], "dockerfile_image has no attribute \"testonyl\" (did you mean testonly?)"),
        (["stripprefix"], "dockerfile_image has no attribute \"stripprefix\" (did you mean strip_prefix?)"),
        (["nothing"], "dockerfile_image has no attribute \"nothing\""),
    ]:
        asserts.equals(env, want, unknown_attribute(names))
    return unittest.end(env)

def _printable_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want in [
        ("RUN ls\n\t-l", "RUN ls\n\t-l"),
        ("a\033[31mb\177\r\000", "a\\x1b[31mb\\x7f\\x0d\\x00"),
        ("\302\23331m", "\\u009b31m"),
        ("\302\244 \303\233 \302", "\302\244 \303\233 \302"),
    ]:
        asserts.equals(env, want, printable(text))
    return unittest.end(env)

def _scans_stage_test_impl(ctx):
    env = unittest.begin(ctx)
    for line, build_args, global_args, want in [
        ("", {}, {}, False),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=true", {}, {}, True),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=\"1\"", {}, {}, True),
        ("ARG A BUILDKIT_SBOM_SCAN_STAGE=$V", {}, {"V": "T"}, True),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=no", {}, {}, False),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=a,stage", {}, {}, True),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=a,stages", {}, {}, False),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE=true", {"BUILDKIT_SBOM_SCAN_STAGE": "false"}, {}, False),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE", {"BUILDKIT_SBOM_SCAN_STAGE": "true"}, {}, True),
        ("ARG BUILDKIT_SBOM_SCAN_STAGE", {}, {"BUILDKIT_SBOM_SCAN_STAGE": "true"}, True),
        ("", {}, {"BUILDKIT_SBOM_SCAN_STAGE": "stage"}, True),
        ("", {"BUILDKIT_SBOM_SCAN_STAGE": "true"}, {}, False),
        ("ENV BUILDKIT_SBOM_SCAN_STAGE=true", {}, {}, False),
        ("ARG BUILDKIT_SBOM_SCAN_CONTEXT=true", {}, {}, False),
    ]:
        asserts.equals(env, want, scans_stage(
            [{"keyword": line.split(" ")[0], "text": line + "\n"}],
            build_args = build_args,
            escape = "\\",
            global_args = global_args,
            stage_name = "stage",
        ), line)
    return unittest.end(env)

_printable_test = unittest.make(_printable_test_impl)
_scans_stage_test = unittest.make(_scans_stage_test_impl)
_tag_test = unittest.make(_tag_test_impl)
_attributes_test = unittest.make(_attributes_test_impl)
_expand_test = unittest.make(_expand_test_impl)
_suggest_test = unittest.make(_suggest_test_impl)
_reference_test = unittest.make(_reference_test_impl)
_platform_test = unittest.make(_platform_test_impl)
_arguments_test = unittest.make(_arguments_test_impl)

def plan_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _attributes_test,
        _expand_test,
        _printable_test,
        _scans_stage_test,
        _suggest_test,
        _reference_test,
        _platform_test,
        _arguments_test,
        _tag_test,
    )
