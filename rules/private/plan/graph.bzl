"""The graph of stages: which are needed, and what each is linked to."""

load("//rules/private/outline:outline.bzl", "onbuild_trigger", "outline_trigger")
load(":arguments.bzl", "PLATFORM_ARGUMENTS", "global_arguments", "platform_arguments", "target_stage_argument")
load(":base_use.bzl", "reads_layers")
load(":expand.bzl", "expand_word")
load(":locked.bzl", "choose_locked")
load(":platform.bzl", "normalize_platform")
load(":reference.bzl", "find_reference", "is_reference", "normalize_reference", "other_versions")
load(":suggest.bzl", "did_you_mean")

_STAGE_FIELDS = ["outline", "name", "parent", "scratch", "base", "stage_sources", "sources", "error", "reads_layers"]

def resolve_stages(outline, dockerfile, target, build_args, platform, bases, named_contexts, unknown = [], trigger_stages = [], locked = [], relock = ""):
    """Finds the stages that the target stage needs.

    Args:
      outline: from `outline_dockerfile`.
      dockerfile: path of the Dockerfile, for messages.
      target: name of a stage, "" for the last.
      build_args: dict of build arguments as far as they are known.
      platform: "linux/amd64", or None while it is not known.
      bases: dict from image reference to anything.
      named_contexts: dict from name to anything.
      unknown: names of the build arguments whose value is not known yet.
      trigger_stages: names of stages that triggers of base images read.
      locked: list of struct(reference, platform, label, onbuild, relock): the
        images of the locks, its own first, for what `bases` and `named_contexts`
        do not give.
      relock: the command that locks, for messages.

    Returns:
      struct(stages, bases, external, error). `stages` are in file order, the target last;
      each a struct of `outline`, `name` (of its target), `parent` (index of a
      stage), `scratch`, `base` (value of `bases` or `named_contexts`),
      `stage_sources` (dict from index to names) and `sources` (dict from name
      to value), `reads_layers` (whether something needs the layers of its base),
      and `error`, None or what the user has to add. An image of a lock is a
      struct(kind = "locked", choice, where) in place of a value,
      `choice` from `choose_locked`. `external` has a struct(reference, platform)
      for each name in the whole file that only its own lock can give. `bases` has a
      struct(image, word, platform, line) for each FROM of the file that names
      an image which those stages are made from: value, name and --platform as
      written. `error` is None or what the frontend refuses too: the parser
      says it better.
    """
    if not outline["stages"]:
        return _refused("%s: there is no stage to build" % dockerfile)
    index = _target_index(outline["stages"], target)
    if index == None:
        return _refused("%s: target stage \"%s\" could not be found" % (dockerfile, target))
    automatic = target_stage_argument(outline["stages"], target)
    if platform:
        automatic = automatic | platform_arguments("TARGET", normalize_platform(platform, "linux/amd64"))
    scope = struct(
        outline = outline,
        dockerfile = dockerfile,
        arguments = global_arguments(outline, build_args, automatic, unknown),
        automatic = automatic,
        build_args = build_args,
        unknown = unknown,
        locked = locked,
        relock = relock,
        images = bases | named_contexts,
        named_contexts = named_contexts,
        trigger_stages = trigger_stages,
    )
    needed = {index: True}
    stages = []
    for at in reversed(range(index + 1)):
        if at not in needed:
            continue
        stage = _resolve_stage(scope, at)
        if stage.refused:
            return _refused(stage.refused)
        if stage.parent != None:
            needed[stage.parent] = True
        needed.update({source: True for source in stage.stage_sources})
        stages.append(stage)
    named_bases = _named_bases(scope)
    used = [stage.base for stage in stages if stage.base != None]
    for_triggers = _trigger_images(scope, [base.image for base in named_bases], used)
    return struct(
        stages = [_with_images(stage, for_triggers) for stage in reversed(_with_readers(stages))],
        bases = [base for base in named_bases if base.image in used],
        external = _external(scope),
        error = None,
    )

def _refused(error):
    return struct(stages = [], bases = [], external = [], error = error)

def _external(scope):
    """Lists the names in a Dockerfile that only a lock can give, each once."""
    found = {}
    for stage in scope.outline["stages"]:
        resolved = _resolve_stage(scope, stage["index"])
        for reference in resolved.external:
            found[struct(reference = reference, platform = _platform_word(scope, stage["index"]))] = None
    return found.keys()

def _with_readers(stages):
    """Tells of each stage also whether a stage made from it, or copying from it, needs its layers.

    Args:
      stages: later ones first.
    """
    reads = {}
    told = []
    for stage in stages:
        index = stage.outline["index"]
        reads[index] = reads.get(index, False) or stage.reads_layers
        reads.update({source: True for source in stage.stage_sources})
        if stage.parent != None:
            reads[stage.parent] = reads.get(stage.parent, False) or reads[index]
        told.append(struct(**({name: getattr(stage, name) for name in _STAGE_FIELDS} | {"reads_layers": reads[index]})))
    return told

def _target_index(stages, target):
    if not target:
        return len(stages) - 1
    for stage in reversed(stages):
        if stage["name"] and stage["name"] == target.lower():
            return stage["index"]
    return None

def _stage_name(stage):
    return stage["name"] or str(stage["index"])

def _trigger_images(scope, bases, used):
    """Returns the images that triggers of a base may name.

    They are those that the Dockerfile itself does not name, which are there for
    nothing else, and those that some stage is made from.

    Args:
      scope: what names mean.
      bases: the images that a FROM names.
      used: those of them that the stages to build are made from.
    """
    named = {}
    for stage in scope.outline["stages"]:
        for name in [stage["base"], stage["name"]]:
            named[normalize_reference(name)] = True
        for instruction in stage["instructions"]:
            for name in instruction["from"]:
                named[normalize_reference(name)] = True
    return {
        name: image
        for name, image in scope.images.items()
        if image in used or (normalize_reference(name) not in named and image not in bases)
    }

def _with_images(stage, images):
    if stage.base == None:
        return stage
    return struct(**({name: getattr(stage, name) for name in _STAGE_FIELDS} | {"sources": images | stage.sources}))

def _resolve_base(scope, index):
    """Finds what a stage is made from.

    Returns:
      struct(parent, image, scratch, error, refused).
    """
    stage = scope.outline["stages"][index]
    where = _where(scope, stage["line"], "FROM " + stage["base"])
    if stage["name"] in scope.named_contexts:
        return _base(image = scope.named_contexts[stage["name"]])
    expanded = expand_word(stage["base"], scope.arguments.values, scope.outline["escape"], scope.arguments.unknown)
    reference = expanded.text
    parent = _earlier_stage(scope.outline["stages"], index, reference)
    if parent != None:
        return _base(parent = parent)
    if stage["base"] in scope.images:
        return _base(image = scope.images[stage["base"]])
    if expanded.error:
        return _base(refused = "%s: %s" % (where, expanded.error))
    if expanded.unknown:
        return _base(error = "%s: %s is not known before the build: %sadd bases = {\"%s\": \"//label\"}" % (
            where,
            expanded.unknown,
            "set platform = \"…\", or " if expanded.unknown in PLATFORM_ARGUMENTS and expanded.unknown.startswith("TARGET") else "",
            stage["base"],
        ))
    if not reference:
        return _base(refused = "%s: base name (%s) should not be blank" % (where, stage["base"]))
    if reference == "scratch":
        return _base(scratch = True)
    image = find_reference(scope.images, reference)
    if image != None:
        return _base(image = image)
    if not is_reference(reference):
        return _base(refused = "%s: invalid reference format" % where)
    found = _locked_image(scope, index, reference, where, lambda hint: "%s: it is not locked%s: run `%s`, or add bases = {\"%s\": \"//label\"}" % (
        where,
        hint,
        scope.relock,
        reference,
    ))
    return _base(image = found.image, error = found.error, external = None if found.is_shared else reference)

def _locked_image(scope, index, reference, where, not_locked):
    """Finds the image of a lock that a name in stage `index` means.

    Returns:
      struct(image, error, is_shared): one of image and error is None; `is_shared`
      says that a shared lock has it, and the Dockerfile's own has not.
    """
    word = _platform_word(scope, index)
    choice = choose_locked(scope.locked, reference, word, scope)
    error = None
    if not choice:
        error = not_locked(_near_names(scope, index, reference))
    elif choice.error:
        error = "%s: %s: set platform = \"…\", or add bases = {\"%s\": \"//label\"}" % (where, choice.error, reference)
    elif not choice.images:
        error = missing_platform(where, choice.offered, choice.missing[0], choice.relock or scope.relock)
    is_shared = choice != None and choice.relock != ""
    if error:
        return struct(image = None, error = error, is_shared = is_shared)
    return struct(image = struct(kind = "locked", choice = choice, where = where), error = None, is_shared = is_shared)

def missing_platform(where, offered, wanted, relock):
    """Says that a lock has an image for other platforms only.

    Args:
      where: the instruction that names the image.
      offered: platforms that the lock has.
      wanted: the platform that it lacks; "" if there is no one such.
      relock: the command that locks.
    """
    return "%s: it is locked for %s, not for %s: run `%s`" % (where, ", ".join(offered), wanted or "the platform of this build", relock)

def _platform_word(scope, index):
    """Returns the --platform that a stage has: that of the FROM that it goes back to."""
    for _ in scope.outline["stages"]:
        base = _named_stage(scope, index)
        if base == None:
            break
        index = base
    stage = scope.outline["stages"][index]
    return "" if stage["base"] == "scratch" else stage["platform"]

def _named_stage(scope, index):
    """Returns the index of the stage that the FROM of stage `index` names, or None."""
    stage = scope.outline["stages"][index]
    if stage["name"] in scope.named_contexts:
        return None
    expanded = expand_word(stage["base"], scope.arguments.values, scope.outline["escape"], scope.arguments.unknown)
    return _earlier_stage(scope.outline["stages"], index, expanded.text)

def _near_names(scope, index, name):
    """Returns a hint of what an unknown name in stage `index` may mean, or ""."""
    versions = other_versions(scope.images, name)
    if versions:
        return " (bases has %s)" % ", ".join(versions)
    names = [stage["name"] for stage in scope.outline["stages"][:index] if stage["name"]]
    return did_you_mean(name, names + list(scope.images)) or did_you_mean(name.lower(), names)

def _base(parent = None, image = None, scratch = False, error = None, refused = None, external = None):
    return struct(parent = parent, image = image, scratch = scratch, error = error, refused = refused, external = external)

def _where(scope, line, text):
    return "%s:%d: %s" % (scope.dockerfile, line, text)

def _named_bases(scope):
    named = []
    for stage in scope.outline["stages"]:
        base = _resolve_base(scope, stage["index"])
        if base.image == None:
            continue
        is_replaced = stage["name"] in scope.named_contexts
        named.append(struct(
            image = base.image,
            word = stage["name"] if is_replaced else stage["base"],
            platform = stage["platform"],
            line = stage["line"],
        ))
    return named

def _resolve_stage(scope, index):
    stage = scope.outline["stages"][index]
    base = _resolve_base(scope, index)
    triggers = _triggers(scope, stage, base)
    sources = _sources(scope, stage, triggers)
    return struct(
        outline = stage,
        name = _stage_name(stage),
        parent = base.parent,
        scratch = base.scratch,
        base = base.image,
        stage_sources = _with_trigger_stages(scope, index, sources.stages) if base.image != None else sources.stages,
        sources = sources.images,
        error = base.error or sources.error,
        external = ([base.external] if base.external else []) + sources.external,
        reads_layers = [i for i in triggers + stage["instructions"] if reads_layers(i)] != [],
        refused = base.refused or sources.refused,
    )

def _with_trigger_stages(scope, index, in_stages):
    """Adds the stages that the triggers of an image name."""
    in_stages = {at: list(names) for at, names in in_stages.items()}
    for name in scope.trigger_stages:
        found = _find_stage(scope.outline["stages"], index, name)
        if found.index != None and name not in in_stages.get(found.index, []):
            in_stages.setdefault(found.index, []).append(name)
    return in_stages

def _earlier_stage(stages, index, name):
    found = [s["index"] for s in stages[:index] if s["name"] and s["name"] == name]
    return found[-1] if found else None

def _triggers(scope, stage, base):
    """Returns the instructions that a stage's base puts before its own, as far as they are known."""
    if base.parent != None:
        return triggers_of(scope.outline["stages"][base.parent], stage["line"])
    if type(base.image) != "struct" or getattr(base.image, "kind", None) != "locked":
        return []
    triggers = [outline_trigger(text, stage["line"]) for text in base.image.choice.onbuild]
    return [trigger for trigger in triggers if trigger]

def _sources(scope, stage, triggers):
    """Resolves the names in COPY --from and RUN --mount from=."""
    stages = scope.outline["stages"]
    instructions = triggers + stage["instructions"]
    external = []
    in_stages = {}
    in_images = {}
    error = None
    refused = None
    for instruction in instructions:
        for name in instruction["from"]:
            in_run = instruction["keyword"] == "RUN"
            found = _find_stage(stages, stage["index"], name, by_index = not in_run)
            where = _where(scope, instruction["line"], instruction["text"].partition("\n")[0])
            image = find_reference(scope.images, name)
            replaced = found.index != None and stages[found.index]["name"] in scope.named_contexts
            if replaced:
                in_images[name] = scope.named_contexts[stages[found.index]["name"]]
            elif found.error:
                refused = refused or "%s: %s" % (where, found.error)
            elif found.index != None:
                in_stages.setdefault(found.index, []).append(name)
            elif image != None:
                in_images[name] = image
            elif name == "scratch":
                continue  # an empty tree, which needs no target
            elif "$" in name:
                refused = refused or "%s: variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround" % where
            elif not is_reference(name):
                refused = refused or "%s: invalid reference format" % where
            elif in_run and name.isdigit():
                error = error or "%s: \"%s\" is no stage (RUN --mount takes a stage's name, not its index)" % (where, name)
            else:
                found = _locked_image(scope, stage["index"], name, where, lambda hint: "%s: \"%s\" is no stage%s, and it is not locked: run `%s`, or add bases = {\"%s\": \"//label\"}" % (
                    where,
                    name,
                    hint,
                    scope.relock,
                    name,
                ))
                if not found.is_shared:
                    external.append(name)
                if found.image:
                    in_images[name] = found.image
                error = error or found.error
    return struct(stages = in_stages, images = in_images, external = external, error = error, refused = refused)

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

def _find_stage(stages, index, name, by_index = True):
    if by_index and name.isdigit():
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
