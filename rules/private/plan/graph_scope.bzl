"""The scope in which the stages of a Dockerfile are resolved."""

load(":arguments.bzl", "global_arguments", "platform_arguments", "target_stage_name")
load(":expand.bzl", "expand_word")
load(":platform.bzl", "normalize_platform")

def graph_scope(
        outline,
        *,
        dockerfile,
        target = "",
        build_args = {},
        unknown_args = [],
        platform = None,
        bases = {},
        named_contexts = {},
        trigger_stages = [],
        locked = [],
        lock_command = ""):
    """Returns the scope in which stages are resolved.

    Args:
      outline: from `outline_dockerfile`.
      dockerfile: path of the Dockerfile, for messages.
      target: name of a stage, "" for the last.
      build_args: dict of build arguments as far as they are known.
      unknown_args: names of the build arguments whose value is not known yet.
      platform: "linux/amd64", or None while it is not known.
      bases: dict from image reference to anything.
      named_contexts: dict from name to anything.
      trigger_stages: names of stages that triggers of base images read.
      locked: list of struct(reference, platform, label, onbuild, lock_command): the
        locked images, those of the Dockerfile's own lock first. They are used
        where `bases` and `named_contexts` have no image.
      lock_command: the command that locks, for messages.

    Returns:
      A struct of the arguments, without `bases` and `platform`, and of `arguments`
      (from `global_arguments`), `automatic` (dict of the automatic arguments that
      are known) and `images` (`bases` and `named_contexts`).
    """
    automatic = {"TARGETSTAGE": target_stage_name(outline["stages"], target)}
    if platform:
        automatic = automatic | platform_arguments("TARGET", normalize_platform(platform, "linux/amd64"))
    return struct(
        arguments = global_arguments(outline, build_args, automatic, unknown_args),
        automatic = automatic,
        build_args = build_args,
        dockerfile = dockerfile,
        images = bases | named_contexts,
        lock_command = lock_command,
        locked = locked,
        named_contexts = named_contexts,
        outline = outline,
        target = target,
        trigger_stages = trigger_stages,
        unknown_args = unknown_args,
    )

def expand_in_scope(scope, word):
    """Expands a word of a FROM, as `expand_word`.

    Args:
      scope: from `graph_scope`.
      word: the word as written.
    """
    return expand_word(word, scope.arguments.values, scope.outline["escape"], scope.arguments.unknown)

def location(scope, line, text):
    """Returns an instruction for messages, such as `app/Dockerfile:3: COPY a b`.

    Args:
      scope: from `graph_scope`.
      line: its line.
      text: its text.
    """
    return "%s:%d: %s" % (scope.dockerfile, line, text)

def earlier_stage(stages, index, name):
    """Returns the index of the last stage before `index` with a name, or None.

    Args:
      stages: the stages of an outline.
      index: of a stage.
      name: of the stage that is searched.
    """
    found = [stage["index"] for stage in stages[:index] if stage["name"] and stage["name"] == name]
    return found[-1] if found else None
