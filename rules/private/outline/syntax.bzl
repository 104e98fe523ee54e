"""Syntax errors that an outline shows without the parser.

The parser (lib/dockerfile) reports what is wrong with a Dockerfile. This only
detects whether it will report something, so that a syntax error is reported
before a missing image.
"""

load(":instruction_text.bzl", "parse_instruction_text")
load(":words.bzl", "json_list", "split_blanks", "split_flags", "split_keyword")

# Dockerfile reference: the instructions, and the flags of each.
_FLAGS = {
    "ADD": ["checksum", "chmod", "chown", "exclude", "keep-git-dir", "link", "unpack"],
    "ARG": None,
    "CMD": [],
    "COPY": ["chmod", "chown", "exclude", "from", "link", "parents"],
    "ENTRYPOINT": [],
    "ENV": [],
    "EXPOSE": [],
    "FROM": ["platform"],
    "HEALTHCHECK": ["interval", "retries", "start-interval", "start-period", "timeout"],
    "LABEL": [],
    "MAINTAINER": [],
    "ONBUILD": None,
    "RUN": ["device", "mount", "network", "security"],
    "SHELL": [],
    "STOPSIGNAL": [],
    "USER": [],
    "VOLUME": [],
    "WORKDIR": [],
}

# Instructions that are refused without an argument.
_WITH_ARGUMENT = ["ARG", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"]

def has_syntax_error(outline):
    """Returns whether the parser will refuse an instruction, as far as an outline shows it.

    Detects unknown instructions and flags, and wrong numbers of arguments.

    Args:
      outline: from `outline_dockerfile`.
    """
    for stage in outline["stages"]:
        for instruction in [stage] + stage["instructions"]:
            if _is_refused(parse_instruction_text(instruction["text"])):
                return True
    return False

def _is_refused(text):
    keyword, rest = split_keyword(text.line)
    if keyword not in _FLAGS:
        return True
    flags, arguments = split_flags(rest, text.escape)
    known = _FLAGS[keyword]
    if known != None and [flag for flag in flags if flag[2:].partition("=")[0] not in known]:
        return True
    words = json_list(arguments)
    if words == None:
        words = split_blanks(arguments)
    if keyword == "FROM":
        return len(words) not in [1, 3] or (len(words) == 3 and words[1].upper() != "AS")
    if keyword in ["ADD", "COPY"]:
        return len(words) < 2
    return keyword in _WITH_ARGUMENT and not words
