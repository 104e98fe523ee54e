"""The graph of stages: which are needed, and the bases and sources of each."""

load("//rules/private/outline:outline.bzl", "onbuild_trigger", "outline_trigger")
load(":base_use.bzl", "reads_layers")
load(":graph_scope.bzl", "graph_scope")
load(":reference.bzl", "normalize_reference")
load(":stage_base.bzl", "platform_word", "resolve_base")
load(":stage_sources.bzl", "find_stage", "resolve_sources")

_STAGE_FIELDS = ["outline", "name", "parent", "scratch", "base", "stage_sources", "sources", "error", "reads_layers", "may_run", "platform"]

def resolve_stages(outline, **kwargs):
    """Finds the stages that the target stage needs.

    Args:
      outline: from `outline_dockerfile`.
      **kwargs: as `graph_scope` takes them: `dockerfile`, `target`, …

    Returns:
      struct(stages, bases, external, error).

      `stages` are in file order, the target last; each a struct of
      - `outline`: of the stage;
      - `name`: of its target;
      - `parent`: index of the stage that FROM names, or None;
      - `scratch`: whether FROM names scratch;
      - `base`: the value of `bases` or `named_contexts` that FROM names, or for a
        locked image struct(kind = "locked", choice, where), `choice` from
        `choose_locked`;
      - `stage_sources`: dict from index to the names of a stage in --from;
      - `sources`: dict from a name in --from to a value like `base`;
      - `reads_layers`: whether something needs the layers of its base;
      - `may_run`: whether it has a RUN, or its base may bring one;
      - `platform`: the --platform of its base, as written;
      - `error`: what the user has to add, or None.

      `bases` has a struct(image, word, platform, line) for each FROM of the file
      that names an image of those stages: its value, name and --platform as
      written. `external` has a struct(reference, platform) for each name in the
      file that only its own lock can provide. `error` is None or an error that the
      frontend reports, too, in better words.
    """
    scope = graph_scope(outline, **kwargs)
    if not outline["stages"]:
        return _refused("%s: no stage to build" % scope.dockerfile)
    index = _target_index(outline["stages"], scope.target)
    if index == None:
        return _refused("%s: target stage \"%s\" could not be found" % (scope.dockerfile, scope.target))
    resolved = [_resolve_stage(scope, at) for at in range(len(outline["stages"]))]
    needed = _needed_stages(resolved, index)
    if needed.refused:
        return _refused(needed.refused)
    named_bases = _named_bases(scope, resolved)
    used = [stage.base for stage in needed.stages if stage.base != None]
    for_triggers = _trigger_images(scope, [base.image for base in named_bases], used)
    return struct(
        stages = [_with_images(stage, for_triggers) for stage in reversed(_with_readers(needed.stages))],
        bases = [base for base in named_bases if base.image in used],
        external = _external(resolved),
        error = None,
    )

def _refused(error):
    return struct(stages = [], bases = [], external = [], error = error)

def _target_index(stages, target):
    if not target:
        return len(stages) - 1
    for stage in reversed(stages):
        if stage["name"] and stage["name"] == target.lower():
            return stage["index"]
    return None

def _needed_stages(resolved, index):
    """Returns struct(stages, refused): the stages that stage `index` needs, later ones first.

    Args:
      resolved: all stages, from `_resolve_stage`.
      index: of a stage.
    """
    needed = {index: True}
    stages = []
    for at in reversed(range(index + 1)):
        if at not in needed:
            continue
        stage = resolved[at]
        if stage.refused:
            return struct(stages = [], refused = stage.refused)
        if stage.parent != None:
            needed[stage.parent] = True
        needed.update({source: True for source in stage.stage_sources})
        stages.append(stage)
    return struct(stages = stages, refused = None)

def _resolve_stage(scope, index):
    stage = scope.outline["stages"][index]
    base = resolve_base(scope, index)
    instructions = _triggers(scope, stage, base) + stage["instructions"]
    sources = resolve_sources(scope, stage, instructions)
    return struct(
        outline = stage,
        name = stage["name"] or str(index),
        parent = base.parent,
        scratch = base.scratch,
        base = base.image,
        stage_sources = _with_trigger_stages(scope, index, sources.stages) if base.image != None else sources.stages,
        sources = sources.images,
        error = base.error or sources.error,
        external = ([base.external] if base.external else []) + sources.external,
        reads_layers = any([reads_layers(i) for i in instructions]),
        may_run = not _knows_triggers(base) or [i for i in instructions if i["keyword"] == "RUN"] != [],
        platform = platform_word(scope, index),
        refused = base.refused or sources.refused,
    )

def _knows_triggers(base):
    """Returns whether the triggers of a stage's base are known: those of a stage and of a locked image are."""
    return base.image == None or (type(base.image) == "struct" and getattr(base.image, "kind", None) == "locked")

def _triggers(scope, stage, base):
    """Returns the triggers that a stage's base puts before its instructions, if they are known."""
    if base.parent != None:
        return triggers_of(scope.outline["stages"][base.parent], stage["line"])
    if base.image == None or not _knows_triggers(base):
        return []
    triggers = [outline_trigger(text, stage["line"]) for text in base.image.choice.onbuild]
    return [trigger for trigger in triggers if trigger]

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

def _with_trigger_stages(scope, index, stage_sources):
    """Adds the stages that the triggers of an image name."""
    stage_sources = {at: list(names) for at, names in stage_sources.items()}
    for name in scope.trigger_stages:
        found = find_stage(scope.outline["stages"], index, name)
        if found.index != None and name not in stage_sources.get(found.index, []):
            stage_sources.setdefault(found.index, []).append(name)
    return stage_sources

def _with_readers(stages):
    """Sets `reads_layers` also if a stage that is based on or copies from a stage needs its layers.

    Args:
      stages: later ones first.
    """
    reads = {}
    updated = []
    for stage in stages:
        index = stage.outline["index"]
        reads[index] = reads.get(index, False) or stage.reads_layers
        reads.update({source: True for source in stage.stage_sources})
        if stage.parent != None:
            reads[stage.parent] = reads.get(stage.parent, False) or reads[index]
        updated.append(stage if stage.reads_layers == reads[index] else _with_fields(stage, {"reads_layers": reads[index]}))
    return updated

def _with_images(stage, images):
    """Adds the images that triggers of its base may name to the sources of a stage."""
    if stage.base == None or not images:
        return stage
    return _with_fields(stage, {"sources": images | stage.sources})

def _with_fields(stage, fields):
    return struct(**({name: getattr(stage, name) for name in _STAGE_FIELDS} | fields))

def _named_bases(scope, resolved):
    named = []
    for found in resolved:
        if found.base == None:
            continue
        stage = found.outline
        is_replaced = stage["name"] in scope.named_contexts
        named.append(struct(
            image = found.base,
            word = stage["name"] if is_replaced else stage["base"],
            platform = stage["platform"],
            line = stage["line"],
        ))
    return named

def _external(resolved):
    """Lists the names in a Dockerfile that only its own lock can provide, each once."""
    return {
        struct(reference = reference, platform = stage.platform): None
        for stage in resolved
        for reference in stage.external
    }.keys()

def _trigger_images(scope, bases, used):
    """Returns the images that triggers of a base may name.

    They are the images that the Dockerfile itself does not name, which have no
    other use, and those that a stage is based on.

    Args:
      scope: from `graph_scope`.
      bases: the images that FROMs name.
      used: those of them that the stages to build are based on.
    """
    if not scope.images:
        return {}
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
