"""The targets that `dockerfile_image` declares, in the order in which they build on each other."""

load("//rules/private/context:select.bzl", "is_remote")
load("//rules/private/network:dockerfile_lock.bzl", "dockerfile_lock")
load("//rules/private/outline:syntax.bzl", "has_syntax_error")
load("//rules/private/plan:graph.bzl", "resolve_stages")
load("//rules/private/registry:pinned_image.bzl", "declare_pinned", "pinned_images")
load("//rules/private/toolchain:emulated.bzl", "has_other_platforms")
load(":declare_stages.bzl", "declare_stages", "declare_whole", "remote_base", "stage_suffixes")
load(":dockerfile_check.bzl", "dockerfile_check")
load(":image_index.bzl", "image_index")
load(":image_stamp.bzl", "image_stamp", "placeholders")
load(":image_targets.bzl", "image_targets")

def image_request(name, *, dockerfile, outline, platforms, repo_tags, scope, tags, common):
    """Returns what the targets of an image share.

    Args:
      name: name of the image or, with `platforms`, of the index.
      dockerfile: label of the Dockerfile.
      outline: its outline.
      platforms: labels of Bazel platforms.
      repo_tags: references that a load gives to the image; None for the default.
      scope: dict of the attributes `GLOBAL_SCOPE` and `platform`.
      tags: tags of the image.
      common: dict of the attributes of all targets.

    Returns:
      struct(name, index_name, dockerfile, outline, platforms, repo_tags, scope,
      tags, common, manual, lock_command): `name` is the image of one platform,
      `index_name` the argument `name`, `dockerfile` a path, `manual` are `common`
      and the tags of all targets but the image.
    """
    label = Label(dockerfile)
    return struct(
        common = common,
        dockerfile = (label.package + "/" + label.name).removeprefix("/"),
        index_name = name,
        lock_command = "bazel run //%s:%s.lock" % (native.package_name(), name),
        manual = common | {"tags": depset(tags + ["manual"]).to_list()},
        name = name + ".image" if platforms else name,
        outline = outline,
        platforms = platforms,
        repo_tags = repo_tags if repo_tags != None else [_default_tag(name)],
        scope = scope,
        tags = tags,
    )

def _default_tag(name):
    parts = [part for part in [native.package_name(), name] if part]
    return "/".join(parts).lower() + ":latest"

def full_label(label):
    """Returns a label in its full form, so that two spellings are one; a select() as it is.

    Args:
      label: a string or a select().
    """
    return str(native.package_relative_label(label)) if type(label) == "string" else label

def resolve_image(image, *, platform, bases, named_contexts, trigger_stages, locked_images, mirrors, target):
    """Finds the stages that an image needs.

    Args:
      image: from `image_request`.
      platform: as of `dockerfile_image`, and so are the others.
      bases: dict from image reference to label.
      named_contexts: dict from name to label.
      trigger_stages: list of names.
      locked_images: list of dicts.
      mirrors: dict from registry to the URLs of its mirrors.
      target: name of the stage.

    Returns:
      As `resolve_stages`; `error` is None or why the check has to refuse the
      Dockerfile.
    """
    stage_names = [stage["name"] for stage in image.outline["stages"]]
    for stage in trigger_stages:
        if stage.lower() not in stage_names and not stage.isdigit():
            fail("%s: trigger_stages: %s has no stage \"%s\"" % (image.index_name, image.dockerfile, stage))
    build_args = image.scope["build_args"]
    build_arg_flags = image.scope["build_arg_flags"]
    known_args = build_args if type(build_args) == "dict" else {}
    pinned = declare_pinned(
        image.name,
        pinned_images(image.outline, known_args, locked_images),
        mirrors = mirrors,
        tags = image.manual["tags"],
        testonly = image.common.get("testonly"),
    )
    resolved = resolve_stages(
        image.outline,
        bases = _by_kind(bases, "images"),
        build_args = known_args,
        dockerfile = image.dockerfile,
        lock_command = image.lock_command,
        locked = [struct(**locked) for locked in locked_images] + pinned,
        named_contexts = _by_kind(named_contexts, "contexts"),
        platform = platform if type(platform) == "string" else None,
        target = target,
        trigger_stages = trigger_stages,
        unknown_args = build_arg_flags.values() if type(build_arg_flags) == "dict" else [],
    )
    missing = [stage.error for stage in resolved.stages if stage.error]
    if resolved.error or not missing or not has_syntax_error(image.outline):
        return resolved

    # Syntax errors are reported before missing images.
    return struct(
        bases = resolved.bases,
        error = missing[0],
        external = resolved.external,
        stages = resolved.stages,
    )

def _by_kind(labels, kind):
    return {
        name: struct(label = full_label(label), kind = kind, on_build = False)
        for name, label in labels.items()
    }

def declare_check(image, resolved, linked, **kwargs):
    """Declares `name.check`.

    Args:
      image: from `image_request`.
      resolved: from `resolve_image`.
      linked: from `link_locked`.
      **kwargs: attributes of the check.
    """
    bases = [
        struct(image = linked.link(base.image, False), word = base.word, platform = base.platform, line = base.line)
        for base in resolved.bases
    ]
    dockerfile_check(
        name = image.name + ".check",
        bases = _from_by_label(bases, False),
        build_platform_bases = _from_by_label(bases, True),
        error = resolved.error,
        outline = json.encode(image.outline),
        **(image.manual | image.scope | kwargs)
    )

def _from_by_label(bases, on_build):
    """Returns a dict from the label of each base to names, platforms and lines, as JSON."""
    names = {}
    for base in bases:
        if type(base.image.label) != "string" or base.image.on_build != on_build:  # a select()
            continue
        names.setdefault(base.image.label, []).append([base.word, base.platform, base.line])
    return {label: json.encode(named) for label, named in names.items()}

def needs_network_lock(resolved, network, remote_files):
    """Returns whether a stage fetches something that a lock may have.

    Args:
      resolved: from `resolve_image`.
      network: network of RUN.
      remote_files: dict from URL to label.
    """
    return [
        stage
        for stage in resolved.stages
        if network == "locked" or _fetches(stage.outline, remote_files)
    ] != []

def _fetches(stage, remote_files):
    """Returns whether an ADD of the stage may name a URL for which no file is given."""
    return [
        source
        for instruction in stage["instructions"]
        if instruction["keyword"] == "ADD"
        for source in instruction["sources"]
        if (is_remote(source) or source.startswith("$")) and source not in remote_files
    ] != []

def declare_image_stages(image, linked, attributes, *, labels, annotations, stamp):
    """Declares the stages, the last one as the image, which is stamped if it has placeholders.

    Args:
      image: from `image_request`.
      linked: from `link_locked`.
      attributes: dict of attributes of all stages.
      labels: dict of labels.
      annotations: dict of annotations of the manifest.
      stamp: as of `dockerfile_image`.
    """
    final_attributes = {
        "repo_tags": image.repo_tags,
        "tags": image.manual["tags"] if image.platforms else image.tags,
    }
    stamped = placeholders(labels)
    if not stamped and not placeholders(annotations):
        declare_stages(image.name, linked.stages, attributes, final_attributes | {"annotations": annotations, "labels": labels})
        return
    declare_stages(image.name, linked.stages, attributes, {
        "labels": {label: value for label, value in labels.items() if label not in stamped} if stamped else labels,
    }, final_name = image.name + ".unstamped")
    image_stamp(
        name = image.name,
        annotations = annotations,
        image = image.name + ".unstamped",
        labels = stamped,
        stamp = stamp,
        **(image.common | final_attributes)
    )

def declare_lock(image, resolved, linked, attributes, *, fetches, names_all, mirrors):
    """Declares `name.lock` if there is something to lock, and the stages that record for it.

    Args:
      image: from `image_request`.
      resolved: from `resolve_image`.
      linked: from `link_locked`.
      attributes: dict of attributes of all stages.
      fetches: from `needs_network_lock`.
      names_all: whether no attribute of the image replaces an image of the
        Dockerfile.
      mirrors: dict from registry to the URLs of its mirrors.
    """
    is_unlocked = [stage for stage in resolved.stages if stage.error] != []
    records = fetches and not is_unlocked
    if records:
        declare_stages(image.name + ".recorded", linked.stages, attributes | {"record": True}, {})
    if not fetches and not resolved.external:
        return
    stages = image.outline["stages"]
    dockerfile_lock(
        name = image.index_name + ".lock",
        has_more = fetches and is_unlocked,
        image = image.name + ".recorded" if records else None,
        lock = image.dockerfile + ".lock",
        mirrors = mirrors,
        # Another image of the Dockerfile may need what build arguments and
        # bases replace here.
        names_all = names_all and [stage for stage in stages if "$" in stage["base"]] == [],
        platforms = image.platforms,
        references = [json.encode(external) for external in resolved.external],
        stages = [stage["name"] or str(stage["index"]) for stage in stages],
        **(image.manual | image.scope)
    )

def declare_image_targets(image, resolved, linked, *, annotations, attested, bases, mirrors, repository, stamp):
    """Declares the index and the targets beside the image: `name.whole`, `name.stage.NAME`, `name.push`, …

    Args:
      image: from `image_request`.
      resolved: from `resolve_image`.
      linked: from `link_locked`.
      annotations: dict of annotations of the index.
      attested: dict of the attributes `attestations` and `attestation_format`.
      bases: names of base images.
      mirrors: dict from registry to the URLs of its mirrors.
      repository: where `name.push` pushes to, or None.
      stamp: as of `dockerfile_image`.
    """
    final = resolved.stages[-1]
    remote = remote_base(resolved.stages, final)
    declare_whole(image.name, remote, linked, repo_tags = image.repo_tags, **image.manual)
    names = [stage.name for stage in resolved.stages]
    for stage, suffix in zip(resolved.stages[:-1], stage_suffixes(resolved.stages)):
        if suffix + ".whole" in names:
            continue  # the name is that of another stage
        declare_whole("%s.stage.%s" % (image.name, suffix), remote_base(resolved.stages, stage), linked, repo_tags = [], **image.manual)
    _alias(image, "%s.stage.%s" % (image.name, final.name), image.name)
    if final.name + ".whole" not in names:
        _alias(image, "%s.stage.%s.whole" % (image.name, final.name), image.name + ".whole")
    if image.platforms:
        _declare_index(image, image.index_name, image.name, annotations, stamp, image.common | {"tags": image.tags})
        if remote:
            _declare_index(image, image.index_name + ".whole", image.name + ".whole", annotations, stamp, image.manual)
        else:
            _alias(image, image.index_name + ".whole", image.index_name)
    image_targets(
        image.index_name,
        bases = bases,
        one_platform = image.name + ".whole",
        whole = image.index_name + ".whole",
        mirrors = mirrors,
        platform = "" if has_other_platforms(image.outline, image.scope["build_args"]) else image.scope["platform"],
        repo_tags = image.repo_tags,
        repository = repository,
        **(image.manual | attested)
    )

def _declare_index(image, name, actual, annotations, stamp, attributes):
    image_index(
        name = name,
        annotations = annotations,
        image = actual,
        platforms = image.platforms,
        repo_tags = image.repo_tags,
        stamp = stamp,
        **attributes
    )

def _alias(image, name, actual):
    native.alias(
        name = name,
        actual = actual,
        tags = image.manual["tags"],
        testonly = image.common.get("testonly"),
        visibility = image.common["visibility"],
    )
