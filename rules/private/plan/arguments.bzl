"""Global and automatic build arguments."""

load("//rules/private/outline:instruction_text.bzl", "parse_instruction_text")
load("//rules/private/outline:words.bzl", "split_keyword")
load(":expand.bzl", "expand_word")
load(":platform.bzl", "platform_version")

_BLANKS = " \t\013\014\r"

# Dockerfile reference, "Automatic platform ARGs in the global scope".
PLATFORM_ARGUMENTS = [
    "BUILDARCH",
    "BUILDOS",
    "BUILDOSVERSION",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
    "TARGETOSVERSION",
    "TARGETPLATFORM",
    "TARGETVARIANT",
]

def platform_arguments(prefix, platform):
    """Returns the automatic arguments of a platform as a dict.

    Args:
      prefix: "TARGET" for the platform of the image, "BUILD" for the one on
        which the actions run.
      platform: such as "linux/arm64".
    """
    os, architecture, variant = (platform.split("/") + ["", ""])[:3]
    return {
        prefix + "PLATFORM": platform,
        prefix + "OS": os.partition("(")[0],
        prefix + "OSVERSION": platform_version(platform),
        prefix + "ARCH": architecture,
        prefix + "VARIANT": variant,
    }

def run_arguments(build_args):
    """Returns the build arguments that RUN sees without an ARG.

    Dockerfile reference, "Predefined ARGs" and "BuildKit built-in build args".

    Args:
      build_args: dict of build arguments.
    """
    proxies = ["ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"]
    return {
        name: value
        for name, value in build_args.items()
        if name.upper() in proxies or name == "BUILDKIT_SANDBOX_HOSTNAME"
    }

def target_stage_name(stages, target):
    """Returns the value of the automatic argument TARGETSTAGE.

    Args:
      stages: the stages of an outline.
      target: name of the stage to build, "" for the last.
    """
    name = target or (stages[-1]["name"] if stages else "")
    return name or "default"

def global_arguments(outline, build_args, automatic, unknown = []):
    """Evaluates the ARGs before the first FROM.

    Args:
      outline: from `outline_dockerfile`, or any dict with its `global_args` and
        `escape`.
      build_args: dict of build arguments.
      automatic: dict of the automatic arguments that are known.
      unknown: names of the build arguments whose value is not known yet.

    Returns:
      struct(values, unknown): a dict of the arguments that have a value, and a
      list of those whose value is not known yet. Arguments whose value cannot be
      expanded are in neither.
    """
    values = automatic | {
        name: value
        for name, value in build_args.items()
        if name in PLATFORM_ARGUMENTS or name in automatic
    }
    given_later = unknown
    unknown = [name for name in PLATFORM_ARGUMENTS if name not in values]
    unknown += [name for name in given_later if name in PLATFORM_ARGUMENTS]
    for argument in outline["global_args"]:
        line = parse_instruction_text(argument["text"]).line
        for word in argument_words(split_keyword(line)[1], outline["escape"]):
            name, equals, default = word.partition("=")
            if name in given_later:
                unknown.append(name)
            elif name in build_args:
                values[name] = build_args[name]
            elif equals:
                expanded = expand_word(default, values, outline["escape"], unknown)
                if expanded.unknown:
                    unknown.append(name)
                elif not expanded.error:
                    values[name] = expanded.text
    return struct(values = values, unknown = unknown)

def argument_words(text, escape):
    """Splits the arguments of ARG at blanks that are not quoted or escaped.

    Args:
      text: the text after the keyword.
      escape: the escape token.

    Returns:
      The words, with quotes and escapes.
    """
    words = []
    word = []
    quote = ""
    escaped = False
    for ch in text.elems():
        if ch in _BLANKS and not quote and not escaped:
            if word:
                words.append("".join(word))
            word = []
            continue
        word.append(ch)
        if escaped:
            escaped = False
        elif ch == escape and quote != "'":
            escaped = True
        elif quote:
            if ch == quote:
                quote = ""
        elif ch in "'\"":
            quote = ch
    if word:
        words.append("".join(word))
    return words
