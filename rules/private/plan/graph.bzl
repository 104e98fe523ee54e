"""The graph of stages: which are needed, and what each is linked to."""

load("//rules/private/outline:outline.bzl", "onbuild_trigger", "outline_trigger")
load(":arguments.bzl", "global_arguments", "platform_arguments")
load(":expand.bzl", "expand_word")
load(":reference.bzl", "find_reference")

def resolve_stages(outline, dockerfile, target, build_args, platform, bases, named_contexts):
    """Finds the stages that the target stage needs.

    Args:
      outline: from `outline_dockerfile`.
      dockerfile: path of the Dockerfile, for messages.
      target: name of a stage, "" for the last.
      build_args: dict of build arguments as far as they are known.
      platform: "linux/amd64", or None while it is not known.
      bases: dict from image reference to anything.
      named_contexts: dict from name to anything.

    Returns:
      struct(stages, error): in file order, the target last; each stage a struct
      of `outline`, `name` (of its target), `parent` (index of a stage),
      `scratch`, `base` (value of `bases` or `named_contexts`), `stage_sources`
      (dict from index to names) and `sources` (dict from name to value), and
      `error`, None or what keeps the stage from being built.
    """
    if not outline["stages"]:
        return struct(stages = [], error = "%s: file with no instructions" % dockerfile)
    index = _target_index(outline["stages"], target)
    if index == None:
        return struct(stages = [], error = "target: %s has no stage \"%s\"; it has %s" % (
            dockerfile,
            target,
            ", ".join(["\"%s\"" % _stage_name(s) for s in outline["stages"]]),
        ))
    arguments = global_arguments(
        outline,
        build_args,
        platform_arguments("TARGET", platform) if platform else {},
    )
    needed = {index: True}
    stages = []
    for at in reversed(range(index + 1)):
        if at not in needed:
            continue
        stage = _resolve_stage(
            outline,
            at,
            dockerfile,
            arguments,
            bases,
            named_contexts,
        )
        if stage.parent != None:
            needed[stage.parent] = True
        needed.update({source: True for source in stage.stage_sources})
        stages.append(stage)
    return struct(stages = reversed(stages), error = None)

def _target_index(stages, target):
    if not target:
        return len(stages) - 1
    for stage in reversed(stages):
        if _stage_name(stage) == target.lower():
            return stage["index"]
    return None

def _stage_name(stage):
    return stage["name"] or str(stage["index"])

def _resolve_stage(outline, index, dockerfile, arguments, bases, named_contexts):
    stage = outline["stages"][index]
    where = "%s:%d: FROM %s" % (dockerfile, stage["line"], stage["base"])
    parent = None
    base = None
    error = None
    images = bases | named_contexts
    if stage["name"] in named_contexts:
        base = named_contexts[stage["name"]]
        reference = None
    else:
        expanded = expand_word(stage["base"], arguments.values, outline["escape"], arguments.unknown)
        reference = expanded.text
        parent = _earlier_stage(outline["stages"], index, reference)
        base = images.get(stage["base"]) if parent == None else None
        if base != None or parent != None:
            pass
        elif expanded.error:
            error = "%s: %s" % (where, expanded.error)
        elif expanded.unknown:
            error = "%s: %s is not known before the build: set platform = \"…\", or add bases = {\"%s\": \"//label\"}" % (where, expanded.unknown, stage["base"])
        elif not reference:
            error = "%s: base name (%s) should not be blank" % (where, stage["base"])
        elif reference != "scratch":
            base = find_reference(images, reference)
            if base == None:
                error = "%s: no base is given: add bases = {\"%s\": \"//label\"} with a base_image, another dockerfile_image or an OCI layout" % (where, reference)
    sources = _sources(outline, stage, parent, dockerfile, images)
    return struct(
        outline = stage,
        name = _stage_name(stage),
        parent = parent,
        scratch = reference == "scratch" and base == None and parent == None,
        base = base,
        stage_sources = sources.stages,
        sources = sources.images,
        error = error or sources.error,
    )

def _earlier_stage(stages, index, name):
    found = [s["index"] for s in stages[:index] if s["name"] and s["name"] == name]
    return found[-1] if found else None

def _sources(outline, stage, parent, dockerfile, images):
    """Resolves the names in COPY --from and RUN --mount from=."""
    instructions = stage["instructions"]
    if parent != None:
        instructions = triggers_of(outline["stages"][parent], stage["line"]) + instructions
    in_stages = {}
    in_images = {}
    error = None
    for instruction in instructions:
        for name in instruction["from"]:
            found = _find_stage(outline["stages"], stage["index"], name)
            where = "%s:%d: %s" % (dockerfile, instruction["line"], instruction["text"].partition("\n")[0])
            if found.error:
                error = error or "%s: %s" % (where, found.error)
            elif found.index != None:
                in_stages.setdefault(found.index, []).append(name)
            else:
                image = find_reference(images, name)
                if "$" in name:
                    error = error or "%s: variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround" % where
                elif image == None:
                    error = error or "%s: \"%s\" is no stage, and no image is given for it: add bases = {\"%s\": \"//label\"}" % (where, name, name)
                else:
                    in_images[name] = image
    return struct(stages = in_stages, images = in_images, error = error)

def triggers_of(stage, line):
    """Returns the instructions that a stage's ONBUILDs put into its children.

    Args:
      stage: a stage of an outline.
      line: the line of the child's FROM.
    """
    triggers = [
        outline_trigger(onbuild_trigger(instruction), line)
        for instruction in stage["instructions"]
        if instruction["keyword"] == "ONBUILD"
    ]
    return [trigger for trigger in triggers if trigger]

def _find_stage(stages, index, name):
    if name.isdigit():
        at = int(name)
        if at >= len(stages):
            return struct(index = None, error = "invalid stage index %d" % at)
        found = [at]
    else:
        lower = name.lower()
        found = [s["index"] for s in stages[:index] if s["name"] == lower]
        if not found:
            found = [s["index"] for s in stages[index:] if s["name"] == lower]
    if not found:
        return struct(index = None, error = None)
    if found[-1] == index:
        return struct(index = None, error = "circular dependency detected on stage: %s" % name)
    if found[-1] > index:
        return struct(index = None, error = "cannot copy from stage \"%s\", it needs to be defined before current stage \"%s\"" % (name, _stage_name(stages[index])))
    return struct(index = found[-1], error = None)
