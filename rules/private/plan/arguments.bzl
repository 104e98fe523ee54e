"""Global and automatic build arguments."""

load("//rules/private/outline:words.bzl", "split_keyword")
load(":expand.bzl", "expand_word")

# Dockerfile reference, "Automatic platform ARGs in the global scope".
PLATFORM_ARGUMENTS = [
    "BUILDARCH",
    "BUILDOS",
    "BUILDPLATFORM",
    "BUILDVARIANT",
    "TARGETARCH",
    "TARGETOS",
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
        prefix + "OS": os,
        prefix + "ARCH": architecture,
        prefix + "VARIANT": variant,
    }

def global_arguments(outline, build_args, automatic):
    """Evaluates the ARGs before the first FROM.

    Args:
      outline: from `outline_dockerfile`, or any dict with its `global_args` and
        `escape`.
      build_args: dict of build arguments.
      automatic: dict of the automatic platform arguments that are known.

    Returns:
      struct(values, unknown): a dict of the arguments that have a value, and a
      list of those whose value is not known yet. What does not expand is in
      neither.
    """
    values = automatic | {
        name: value
        for name, value in build_args.items()
        if name in PLATFORM_ARGUMENTS
    }
    unknown = [name for name in PLATFORM_ARGUMENTS if name not in values]
    for argument in outline["global_args"]:
        text = argument["text"].removeprefix("# escape=`\n").removesuffix("\n")
        for word in argument_words(split_keyword(text)[1], outline["escape"]):
            name, equals, default = word.partition("=")
            if name in build_args:
                values[name] = build_args[name]
            elif equals:
                expanded = expand_word(default, values, outline["escape"], unknown)
                if expanded.unknown:
                    unknown.append(name)
                elif not expanded.error:
                    values[name] = expanded.text
    return struct(values = values, unknown = unknown)

def argument_words(text, escape):
    """Splits what follows ARG at blanks that no quote or escape protects.

    Args:
      text: what follows the keyword.
      escape: the escape token.

    Returns:
      The words, quotes and escapes kept.
    """
    words = []
    word = []
    quote = ""
    escaped = False
    for ch in text.elems():
        if ch in " \t" and not quote and not escaped:
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
