"""Tests of //rules/private/outline."""

load("@bazel_skylib//lib:unittest.bzl", "asserts", "unittest")
load("//rules/private/outline:heredoc.bzl", "parse_heredoc")
load("//rules/private/outline:lines.bzl", "logical_lines")
load("//rules/private/outline:mounts.bzl", "context_sources", "mount_types", "secret_ids")
load("//rules/private/outline:outline.bzl", "onbuild_trigger", "outline_dockerfile", "outline_trigger")
load("//rules/private/outline:syntax.bzl", "has_syntax_error")
load("//rules/private/outline:words.bzl", "csv_fields", "lstrip_space", "split_flags", "split_keyword", "strip_space")

def _instructions(text):
    return [
        instruction
        for stage in outline_dockerfile(text)["stages"]
        for instruction in stage["instructions"]
    ]

def _whole_value_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, {
        "escape": "\\",
        "global_args": [{"line": 2, "text": "ARG TAG=1\n"}],
        "stages": [
            {
                "index": 0,
                "name": "build",
                "line": 3,
                "base": "debian:$TAG",
                "platform": "$BUILDPLATFORM",
                "text": "FROM --platform=$BUILDPLATFORM debian:$TAG AS Build\n",
                "instructions": [
                    {
                        "keyword": "COPY",
                        "line": 4,
                        "text": "copy --from=0 a b/* /x/\n",
                        "from": ["0"],
                        "sources": ["a", "b/*"],
                    },
                ],
            },
            {
                "index": 1,
                "name": "",
                "line": 6,
                "base": "scratch",
                "platform": "",
                "text": "FROM scratch\n",
                "instructions": [],
            },
        ],
    }, outline_dockerfile("\n".join([
        "# syntax=docker/dockerfile:1",
        "ARG TAG=1",
        "FROM --platform=$BUILDPLATFORM debian:$TAG AS Build",
        "  copy --from=0 a b/* /x/",
        "",
        "FROM scratch",
        "",
    ])))
    return unittest.end(env)

def _lines_test_impl(ctx):
    env = unittest.begin(ctx)
    for name, text, want in [
        ("Continuation", "RUN a \\\n  b\n", [(1, "RUN a   b")]),
        ("BlanksAfterTheToken", "RUN a \\ \t\nb", [(1, "RUN a b")]),
        ("TwoTokensContinueNothing", "RUN a\\\\\nRUN b", [(1, "RUN a\\\\"), (2, "RUN b")]),
        ("TokenAloneThenBlanks", "\\\n  RUN a\n\\\n\nRUN b", [(1, "RUN a"), (3, "RUN b")]),
        ("TokenAloneAtTheEnd", "RUN a\n\\ \n", [(1, "RUN a")]),
        ("TokenAlone", "\\\nRUN a", [(1, "RUN a")]),
        ("CommentsAndBlanksInside", "RUN a \\\n# c\n\n   # d\nb", [(1, "RUN a b")]),
        ("HashIsNoCommentElsewhere", "RUN a # b", [(1, "RUN a # b")]),
        ("IndentedComment", "  # c\n\tRUN a", [(2, "RUN a")]),
        ("EndOfFileInContinuation", "RUN a \\", [(1, "RUN a ")]),
        ("CarriageReturns", "RUN a \\\r\nb\r\n", [(1, "RUN a b")]),
        ("ByteOrderMark", "\357\273\277RUN a", [(1, "RUN a")]),
        ("NoBreakSpaceIsLeadingSpace", "\302\240RUN a", [(1, "RUN a")]),
        ("EscapeDirective", "# escape=`\nRUN a `\nb\\\nc", [(2, "RUN a b\\"), (4, "c")]),
        ("DirectiveAfterComment", "# c\n# escape=`\nRUN a `\nb", [(3, "RUN a `"), (4, "b")]),
        ("DirectiveAfterBlankLine", "\n# escape=`\nRUN a `", [(3, "RUN a `")]),
        ("Empty", "", []),
    ]:
        lines = [(line.line, line.text) for line in logical_lines(text).lines]
        asserts.equals(env, want, lines, name)
    return unittest.end(env)

def _heredocs_test_impl(ctx):
    env = unittest.begin(ctx)
    for name, text, want in [
        ("Simple", "FROM a\nRUN <<EOF\n# kept \\\n\nb\nEOF\nRUN c", ["RUN <<EOF\n# kept \\\n\nb\nEOF\n", "RUN c\n"]),
        ("Chomp", "FROM a\nRUN <<-EOF\n\ta\n\tEOF\n", ["RUN <<-EOF\n\ta\nEOF\n"]),
        ("Quoted", "FROM a\nRUN cat <<'E F'\nx\nE F\n", ["RUN cat <<'E F'\nx\nE F\n"]),
        ("Two", "FROM a\nCOPY <<a <<b /x/\n1\na\n2\nb\n", ["COPY <<a <<b /x/\n1\na\n2\nb\n"]),
        ("BlankBeforeName", "FROM a\nRUN cat << EOF\nx\nEOF\n", ["RUN cat << EOF\nx\nEOF\n"]),
        ("NoBreakSpaces", "FROM a\nRUN cat\302\240<<\302\240EOF\nx\nEOF\n", ["RUN cat\302\240<<\302\240EOF\nx\nEOF\n"]),
        ("Substitution", "FROM a\nRUN ${A:-'}'x\"}\"} ${B#*/} $$ <<E\nx\nE\n", ["RUN ${A:-'}'x\"}\"} ${B#*/} $$ <<E\nx\nE\n"]),
        ("BadSubstitution", "FROM a\nRUN ${A:=b} <<E\nRUN ${B <<E", ["RUN ${A:=b} <<E\n", "RUN ${B <<E\n"]),
        ("HereStringThenHeredoc", "FROM a\nRUN cat <<< <<E\nx\nE\n", ["RUN cat <<< <<E\nx\nE\n"]),
        ("UnbalancedQuote", "FROM a\nRUN it's <<E\nRUN b", ["RUN it's <<E\n", "RUN b\n"]),
        ("HereString", "FROM a\nRUN cat <<<x\nRUN b", ["RUN cat <<<x\n", "RUN b\n"]),
        ("Arithmetic", "FROM a\nRUN echo $((1<<4))\nRUN b", ["RUN echo $((1<<4))\n", "RUN b\n"]),
        ("InQuotes", "FROM a\nRUN echo \"<<EOF\"\nRUN b", ["RUN echo \"<<EOF\"\n", "RUN b\n"]),
        ("JsonForm", "FROM a\nRUN [\"<<EOF\"]\nRUN b", ["RUN [\"<<EOF\"]\n", "RUN b\n"]),
        ("OtherInstruction", "FROM a\nENV A=<<EOF\nRUN b", ["ENV A=<<EOF\n", "RUN b\n"]),
        ("Onbuild", "FROM a\nONBUILD RUN <<EOF\nx\nEOF\n", ["ONBUILD RUN <<EOF\nx\nEOF\n"]),
        ("CarriageReturns", "FROM a\r\nRUN <<EOF\r\nx\r\nEOF\r\n", ["RUN <<EOF\nx\r\nEOF\n"]),
        ("Backtick", "# escape=`\nFROM a\nRUN <<EOF\nx\nEOF\n", ["# escape=`\nRUN <<EOF\nx\nEOF\n"]),
        ("ContinuedAtTheEnd", "FROM a\nRUN a\\ \\", ["RUN a\\ \\\n"]),
        ("Unterminated", "FROM a\nRUN <<EOF\nx\n", ["RUN <<EOF\n"]),
    ]:
        asserts.equals(env, want, [i["text"] for i in _instructions(text)], name)
    for word, want in [
        ("<<EOF", ("EOF", False)),
        ("3<<-EOF", ("EOF", True)),
        ("<<\"E\"OF", ("EOF", False)),
        ("<<\\'E\\'", ("'E'", False)),
        ("<<", None),
        ("<<'EOF", None),
        ("a<<EOF", None),
        ("<<E<F", None),
    ]:
        heredoc = parse_heredoc(word)
        asserts.equals(env, want, (heredoc.name, heredoc.chomp) if heredoc else None, word)
    return unittest.end(env)

def _names_test_impl(ctx):
    env = unittest.begin(ctx)
    for text, want_from, want_sources in [
        ("COPY a b /c", [], ["a", "b"]),
        ("COPY [\"a b\", \"/c\"]", [], ["a b"]),
        ("COPY --chown=1:1 --from=build a /c", ["build"], ["a"]),
        ("COPY --from='build' a /c", ["build"], ["a"]),
        ("COPY --from= a /c", [], ["a"]),
        ("COPY -- --from=x /c", [], ["--from=x"]),
        ("COPY <<EOF a /c\nEOF", [], ["a"]),
        ("COPY", [], []),
        ("ADD https://example.com/a.tar b /c", [], ["https://example.com/a.tar", "b"]),
        ("ADD --from=x a /c", [], ["a"]),
        ("RUN --mount=type=bind,from=build,target=/x make", ["build"], []),
        ("RUN --mount=FROM=a,target=/x --mount=\"type=bind,from=b\" make", ["a", "b"], []),
        ("RUN --mount=type=cache,target=/x make", [], []),
        ("ONBUILD COPY --from=x a /c", [], []),
        ("LABEL a=b", [], []),
    ]:
        instruction = _instructions("FROM a\n" + text)[0]
        asserts.equals(env, want_from, instruction["from"], text)
        asserts.equals(env, want_sources, instruction["sources"], text)
    return unittest.end(env)

def _odd_input_test_impl(ctx):
    env = unittest.begin(ctx)
    for text in [
        "FROM",
        "FROM a AS",
        "RUN before from",
        "FROM a\nCOPY [\"a\"",
        "FROM a\nCOPY [1]",
        "FROM a\nCOPY --from",
        "FROM a\nRUN --mount",
        "FROM a\nRUN --mount= x",
        "FROM a\nRUN --mount=\"a\" \\",
        "FROM a\nRUN <<\"",
        "FROM a\nONBUILD",
        "FROM a\n\001\002\377",
        "\\",
        "#",
        "# escape=",
    ]:
        outline = outline_dockerfile(text)
        asserts.equals(env, ["escape", "global_args", "stages"], sorted(outline.keys()), text)
    return unittest.end(env)

def _triggers_test_impl(ctx):
    env = unittest.begin(ctx)
    instructions = _instructions("FROM a\nonbuild  COPY <<E  a /x\nb\nE\n")
    trigger = onbuild_trigger(instructions[0])
    asserts.equals(env, "COPY <<E  a /x\nb\nE", trigger)
    asserts.equals(env, {
        "keyword": "COPY",
        "line": 7,
        "text": "COPY <<E  a /x\nb\nE\n",
        "from": [],
        "sources": ["a"],
    }, outline_trigger(trigger, 7))
    asserts.equals(env, None, outline_trigger("RUN a\nRUN b", 7))
    return unittest.end(env)

def _words_test_impl(ctx):
    env = unittest.begin(ctx)
    asserts.equals(env, ("RUN", "a  b"), split_keyword(" run\t a  b "))
    asserts.equals(env, ("", ""), split_keyword(""))
    asserts.equals(env, (["--a=b c", "--d"], "e f"), split_flags("--a='b c' --\\d e f", "\\"))
    asserts.equals(env, (["--a"], "--b"), split_flags("--a -- --b", "\\"))
    asserts.equals(env, ([], "a --b"), split_flags("a --b", "\\"))
    asserts.equals(env, (["--a"], ""), split_flags("--a", "\\"))
    asserts.equals(env, (["--a", "--b=\303\251"], "c\t--d"), split_flags("\t--a\013--b=\303\251\014c\t--d ", "\\"))
    asserts.equals(env, ([], "-a --b"), split_flags("-- -a --b", "\\"))
    asserts.equals(env, ([], ""), split_flags("--", "\\"))
    asserts.equals(env, ([], ""), split_flags("", "\\"))
    asserts.equals(env, (["--a"], "b\302\240c"), split_flags("\302\240--a\343\200\200b\302\240c", "\\"))
    asserts.equals(env, ["a=b", "c,d"], csv_fields("a=b,\"c,d\""))
    asserts.equals(env, "a \302\240", lstrip_space(" \343\200\200\t\302\205a \302\240"))
    asserts.equals(env, "a", strip_space(" \302\240a \302\240\342\200\200"))
    for text, want in [
        ("RUN --mount=source=a,target=/x b", ["a"]),
        ("RUN --mount=type=bind,src=a --mount=target=/y b", ["a", "/"]),
        ("RUN --mount=type=bind,from=x,source=a b", []),
        ("RUN --mount=type=cache,target=/x b", []),
        ("RUN --mount=type=$t,source=a,target=/x b", ["a"]),
        ("RUN --mount=type=$t,from=x,source=a b", []),
    ]:
        asserts.equals(env, want, context_sources({"text": text + "\n"}), text)
    for text, want in [
        ("RUN --mount=type=secret,id=a,target=/x b", ["a"]),
        ("RUN --mount=type=secret,target=/x/y b", ["y"]),
        ("RUN --mount=type=cache,id=a,target=/x b", []),
        ("RUN --mount=type=secret,id=$a,target=/x b", None),
        ("RUN --mount=type=cache,id=$a,target=/x b", []),
        ("RUN --mount=type=$t,id=a,target=/x b", None),
        ("RUN --mount=type=\\'secret\\',id=a,target=/x b", None),
    ]:
        asserts.equals(env, want, secret_ids({"text": text + "\n"}), text)
    any_type = ["bind", "cache", "secret", "ssh", "tmpfs"]
    for text, want in [
        ("RUN a", []),
        ("RUN --mount=target=/x a", ["bind"]),
        ("RUN --mount=type=cache,target=/x --mount=type=ssh a", ["cache", "ssh"]),
        ("RUN --mount=type=$t,target=/x a", any_type),
        ("RUN --mount=type=${t:-cache},target=/x a", any_type),
        ("RUN --mount=type=c${t},target=/x a", any_type),
        ("# escape=`\nRUN --mount=type=$t,target=/x a", any_type),
    ]:
        asserts.equals(env, want, mount_types({"text": text + "\n"}), text)
    return unittest.end(env)

def _syntax_test_impl(ctx):
    env = unittest.begin(ctx)
    for text in [
        "",
        "ARG a\nFROM --platform=$BUILDPLATFORM a As b\nRUN\nCMD []\nENTRYPOINT []",
        "FROM a\nCOPY --from=b --chown=1 --chmod=1 --link --parents --exclude=c d e\nCOPY [\"a\", \"b\"]",
        "FROM a\nADD --checksum=b --chown=1 --chmod=1 --link --unpack --keep-git-dir --exclude=c d e",
        "FROM a\nRUN --mount=type=tmpfs,target=/b --network=none --security=sandbox --device=c <<E\nNOPE\nE",
        "FROM a\nHEALTHCHECK --interval=1s --timeout=1s --start-period=1s --start-interval=1s --retries=1 CMD b",
        "FROM a\nonbuild copy --nope a b\nARG --b c\nShell [\"c\"]\nlabel a=b\nENV c=d\nUSER e\nSTOPSIGNAL 9\nVOLUME /f\nWORKDIR /\nEXPOSE 1\nMAINTAINER g",
        "# escape=`\nFROM a\nCOPY b `\n c",
    ]:
        asserts.false(env, has_syntax_error(outline_dockerfile(text)), text)
    for text in [
        "FROM",
        "FROM a b",
        "FROM a b c",
        "FROM --nope=1 a",
        "FROM a\nRUNN b",
        "# escape=`\nFROM a\nCOPY b\\\n c d",
        "FROM a\nCOPY b",
        "FROM a\nCOPY [\"b\"]",
        "FROM a\nADD --chwon=1 b c",
        "FROM a\nRUN --mnt=x b",
        "FROM a\nENV",
        "FROM a\nFROM b\nUSER",
    ]:
        asserts.true(env, has_syntax_error(outline_dockerfile(text)), text)
    return unittest.end(env)

_syntax_test = unittest.make(_syntax_test_impl)
_whole_value_test = unittest.make(_whole_value_test_impl)
_lines_test = unittest.make(_lines_test_impl)
_heredocs_test = unittest.make(_heredocs_test_impl)
_names_test = unittest.make(_names_test_impl)
_odd_input_test = unittest.make(_odd_input_test_impl)
_triggers_test = unittest.make(_triggers_test_impl)
_words_test = unittest.make(_words_test_impl)

def outline_test_suite(name):
    """Declares the tests.

    Args:
      name: name of the suite.
    """
    unittest.suite(
        name,
        _whole_value_test,
        _lines_test,
        _heredocs_test,
        _names_test,
        _odd_input_test,
        _syntax_test,
        _triggers_test,
        _words_test,
    )
