"""The `dockerfile_image` macro: the targets of an image."""

load("//rules/private/context:build_context.bzl", "build_context")
load("//rules/private/context:select.bzl", "is_remote")
load("//rules/private/network:dockerfile_lock.bzl", "dockerfile_lock")
load("//rules/private/outline:syntax.bzl", "has_syntax_error")
load("//rules/private/plan:arguments.bzl", "target_stage_argument")
load("//rules/private/plan:graph.bzl", "resolve_stages")
load("//rules/private/plan:platform.bzl", "TARGET_PLATFORMS")
load(":declare_stages.bzl", "declare_stages", "declare_whole", "link_locked", "remote_base")
load(":dockerfile_check.bzl", "dockerfile_check")
load(":image_attributes.bzl", "unknown_attribute")
load(":image_index.bzl", "image_index")
load(":image_stamp.bzl", "image_stamp", "placeholders")
load(":image_targets.bzl", "image_targets", "refused_targets")

def dockerfile_image(
        name,
        *,
        dockerfile,
        outline,
        ignore = "",
        network_lock = None,
        locked_images = [],
        mirrors = {},
        srcs = [],
        context_paths = {},
        strip_prefix = {},
        context_tar = None,
        context_root = None,
        bases = {},
        named_contexts = {},
        remote_files = {},
        secrets = {},
        build_args = {},
        build_arg_flags = {},
        add_hosts = {},
        target = "",
        trigger_stages = [],
        platform = None,
        platforms = [],
        network = "none",
        labels = {},
        annotations = {},
        repo_tags = None,
        repository = None,
        stamp = -1,
        lint = "warn",
        tags = [],
        visibility = None,
        **kwargs):
    """Builds an image from a Dockerfile.

    Load it from the repository that the `dockerfiles` extension makes, which
    fills in `dockerfile`, `outline`, `ignore`, `network_lock`, `locked_images`,
    `mirrors` and `context_root`:

    ```starlark
    load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

    dockerfile_image(
        name = "image",
        srcs = glob(["**"]),
        context_paths = {"//cmd/server": "bin/server"},
        bases = {"debian:latest": "//third_party/debian"},
        build_args = {"VERSION": "1.2"},
    )
    ```

    Targets: `image` (manifest and config; output groups `blobs`, `descriptor`,
    `digest`, `layers`, `mtree`, `oci_image_config`, `oci_layout`, `oci_tarball`,
    `root_blob`), `image.layout` (an OCI image layout), `image.digest`,
    `image.stage.NAME` for each stage that the target needs; and for `bazel run`
    `image.load` (into Docker or podman), `image.push` (to a registry),
    `image.run` (a container of it), `image.inspect` (prints config, history and
    layers), and `image.lock` (writes `Dockerfile.lock`: the images of FROM, COPY
    --from and RUN --mount=from, and what ADD and, with `network = "locked"`, RUN
    fetch). `image.whole` is the image with the layers of its base, which `image`
    leaves in their registry if no instruction needs them.

    Args:
      name: name of the image's target.
      dockerfile: label of the Dockerfile.
      outline: outline of the Dockerfile, from the extension.
      ignore: text of the .dockerignore file.
      network_lock: what `Dockerfile.lock` locks for ADD and RUN.
      locked_images: the images that locks have, as `resolve_stages` takes them.
      mirrors: dict from registry to the URLs of its mirrors, for `image.lock` and
        `image.push`.
      srcs: files of the build context, at their path below `context_root`.
      context_paths: dict from target to the path of the context at which it
        appears: built binaries, files of other packages. A path that ends in
        `/` is a directory for all files of the target: an executable keeps its
        name, other files their path below the package of the target, or below
        the root of the repository if they are elsewhere. The runfiles of an
        executable are beside it, in `PATH.runfiles/`; so they are in `srcs`.
      strip_prefix: dict from a target of `context_paths` to the directory that
        the paths of its files lose: below the package of the target, or, as
        `/dir`, below the root of the repository; `*` leaves their names only.
      context_tar: an archive whose files are in the context too.
      context_root: directory of the workspace that is the root of the context;
        the package of the Dockerfile by default.
      bases: dict from image reference, as FROM and COPY --from name it, for what
        is not to come from a registry as `image.lock` locked it: to a `base_image`, another `dockerfile_image`, or any target with an OCI
        image layout. `debian` and `docker.io/library/debian:latest` are one.
      named_contexts: dict from name to target, as `docker build
        --build-context`: what FROM, COPY --from and RUN --mount=from may also
        name; before `bases`.
      remote_files: dict from a URL or git reference that ADD names to a target
        with the file (of `http_file`, say), or a tar of the git files. A URL
        without one is fetched as `image.lock` or its `--checksum` locked it.
      secrets: dict from the id that RUN --mount=type=secret asks for to a file.
        Its content is never in a layer, but it is an input of the action: a
        remote cache or executor gets to see it.
      build_args: dict of build arguments, as `docker build --build-arg`.
      build_arg_flags: dict from a build setting (such as a `string_flag`) to
        the build argument that it gives a value.
      add_hosts: dict from the name of a host to its address, as `docker build
        --add-host`: lines of the /etc/hosts that RUN sees, in no layer.
      target: the stage to build; the last by default.
      trigger_stages: names of stages above that ONBUILD triggers of a base image
        copy from or mount: what triggers say is known after the stages are
        chosen. Images that they name are in `bases`.
      platform: platform of the image, such as `linux/arm64`; by default the
        one that the build is for (`--platforms`).
      platforms: labels of the Bazel platforms to build the image for. `image` is
        then an image index, and `image.image` the image of one platform.
      network: network of RUN: `none`; `locked` for what `image.lock` recorded, and
        nothing else; or `host` for that of the machine that runs the action,
        with which the result is only as reproducible as what is fetched.
      labels: dict of labels that override those of the Dockerfile.
      annotations: dict of annotations of the manifest.
      repo_tags: references that `image.load` gives the image; by default
        `PACKAGE/NAME:latest`.
      repository: where `image.push` pushes to, `registry/repository[:tag]`;
        without it the flag `--repository` says it.
      stamp: whether {KEY} in labels and annotations becomes the value that the
        workspace status has for KEY, such as {STABLE_GIT_COMMIT}: 1 always, 0
        never, -1 with the flag `--stamp`. Where it does not, it stays. No RUN or
        COPY is done anew, and images that are made from this one have neither.
      lint: what a violated rule of `docker build --check` does: `off`, `warn`
        or `error`.
      tags: tags of all targets.
      visibility: visibility of all targets.
      **kwargs: attributes of all targets: `exec_properties`, `testonly`,
        `target_compatible_with`, …
    """
    unknown = unknown_attribute(kwargs)
    if unknown:
        fail("%s: %s" % (name, unknown))
    if platform and platforms:
        fail("%s: platform and platforms: want one of them, or none" % name)
    index_name = name
    if platforms:
        name += ".image"
    path = Label(dockerfile).package + "/" + Label(dockerfile).name
    path = path.removeprefix("/")
    relock = "bazel run //%s:%s.lock" % (native.package_name(), index_name)
    images = {
        reference: struct(label = _label(label), kind = "images", on_build = False)
        for reference, label in bases.items()
    }
    contexts = {
        context: struct(label = _label(label), kind = "contexts", on_build = False)
        for context, label in named_contexts.items()
    }
    stage_names = [stage["name"] for stage in outline["stages"]]
    for stage in trigger_stages:
        if stage.lower() not in stage_names and not stage.isdigit():
            fail("%s: trigger_stages: %s has no stage \"%s\"" % (name, path, stage))
    resolved = resolve_stages(
        outline,
        path,
        target,
        build_args if type(build_args) == "dict" else {},
        platform if type(platform) == "string" else None,
        images,
        contexts,
        build_arg_flags.values() if type(build_arg_flags) == "dict" else [],
        trigger_stages,
        [struct(**image) for image in locked_images],
        relock,
    )
    refused = resolved.error
    if not refused and has_syntax_error(outline):
        # The parser has the word before what is missing.
        refused = ([stage.error for stage in resolved.stages if stage.error] or [None])[0]
    common = dict(kwargs, visibility = visibility)
    manual = common | {"tags": depset(tags + ["manual"]).to_list()}

    linked = link_locked(
        name,
        resolved.stages,
        relock = relock,
        tags = manual["tags"],
        testonly = kwargs.get("testonly"),
    )
    bases_of_from = [
        struct(image = linked.link(base.image, False), word = base.word, platform = base.platform, line = base.line)
        for base in resolved.bases
    ]

    dockerfile_check(
        name = name + ".check",
        bases = _from_by_label(bases_of_from, False),
        build_args = build_args,
        build_arg_flags = build_arg_flags,
        build_platform_bases = _from_by_label(bases_of_from, True),
        dockerfile = dockerfile,
        error = refused,
        ignore = ignore,
        lint = lint,
        named_contexts = named_contexts.keys(),
        outline = json.encode(outline),
        platform = platform or select(TARGET_PLATFORMS),
        target = target,
        **manual
    )
    if refused:
        refused_targets(
            index_name,
            check = name + ".check",
            tags = tags,
            testonly = kwargs.get("testonly"),
            visibility = visibility,
        )
        return
    build_context(
        name = name + ".context",
        srcs = srcs,
        context_paths = context_paths,
        context_tar = context_tar,
        ignore = ignore,
        root = Label(dockerfile).package if context_root == None else context_root,
        strip_prefix = strip_prefix,
        **manual
    )
    final = resolved.stages[-1]
    fetches = [
        stage
        for stage in resolved.stages
        if network == "locked" or _fetches(stage.outline, remote_files)
    ]
    remote = remote_base(resolved.stages, final)
    tags_of_load = repo_tags if repo_tags != None else [_default_tag(index_name)]
    attributes = manual | {
        "add_hosts": add_hosts,
        "build_args": build_args,
        "build_arg_flags": build_arg_flags,
        "check": name + ".check",
        "context": name + ".context",
        "dockerfile": path,
        "escape": outline["escape"],
        "global_args": json.encode(outline["global_args"]),
        "network": network,
        "network_lock": network_lock if fetches else None,
        "platform": platform or select(TARGET_PLATFORMS),
        "relock": relock,
        "remote_files": {_label(label): source for source, label in remote_files.items()},
        "secrets": {_label(label): id for id, label in secrets.items()},
        "target_stage": target_stage_argument(outline["stages"], target)["TARGETSTAGE"],
    }
    stamped = placeholders(labels)
    final_attributes = {
        "repo_tags": tags_of_load,
        "tags": manual["tags"] if platforms else tags,
    }
    if stamped or placeholders(annotations):
        declare_stages(name, linked.stages, attributes, {
            "labels": {label: value for label, value in labels.items() if label not in stamped} if stamped else labels,
        }, final_name = name + ".unstamped")
        image_stamp(
            name = name,
            annotations = annotations,
            image = name + ".unstamped",
            labels = stamped,
            stamp = stamp,
            **(common | final_attributes)
        )
    else:
        declare_stages(name, linked.stages, attributes, final_attributes | {"annotations": annotations, "labels": labels})
    is_unlocked = [stage for stage in resolved.stages if stage.error] != []
    if fetches and not is_unlocked:
        declare_stages(name + ".recorded", linked.stages, attributes | {"record": True}, {})
    if fetches or resolved.external:
        dockerfile_lock(
            name = index_name + ".lock",
            build_args = build_args,
            build_arg_flags = build_arg_flags,
            escape = outline["escape"],
            global_args = json.encode(outline["global_args"]),
            has_more = bool(fetches) and is_unlocked,
            image = name + ".recorded" if fetches and not is_unlocked else None,
            lock = path + ".lock",
            mirrors = mirrors,
            # Another image of the Dockerfile may want what build arguments and
            # bases take the place of here.
            names_all = not bases and not named_contexts and [stage for stage in outline["stages"] if "$" in stage["base"]] == [],
            platform = platform or select(TARGET_PLATFORMS),
            platforms = platforms,
            references = [json.encode(external) for external in resolved.external],
            stages = [stage["name"] or str(stage["index"]) for stage in outline["stages"]],
            target_stage = attributes["target_stage"],
            **manual
        )
    declare_whole(name, remote, linked, repo_tags = tags_of_load, **manual)
    for stage in resolved.stages[:-1]:
        declare_whole("%s.stage.%s" % (name, stage.name), remote_base(resolved.stages, stage), linked, repo_tags = [], **manual)
    native.alias(
        name = "%s.stage.%s" % (name, final.name),
        actual = name,
        tags = manual["tags"],
        visibility = visibility,
    )
    native.alias(
        name = "%s.stage.%s.whole" % (name, final.name),
        actual = name + ".whole",
        tags = manual["tags"],
        visibility = visibility,
    )
    if platforms:
        image_index(
            name = index_name,
            annotations = annotations,
            image = name,
            platforms = platforms,
            repo_tags = tags_of_load,
            stamp = stamp,
            tags = tags,
            **common
        )
        if remote:
            image_index(
                name = index_name + ".whole",
                annotations = annotations,
                image = name + ".whole",
                platforms = platforms,
                repo_tags = tags_of_load,
                stamp = stamp,
                **manual
            )
        else:
            native.alias(
                name = index_name + ".whole",
                actual = index_name,
                tags = manual["tags"],
                testonly = kwargs.get("testonly"),
                visibility = visibility,
            )
    image_targets(
        index_name,
        bases = bases.keys(),
        one_platform = name + ".whole",
        whole = index_name + ".whole",
        mirrors = mirrors,
        repo_tags = tags_of_load,
        repository = repository,
        **manual
    )

def _from_by_label(bases, on_build):
    """Returns a dict from the label of each base to names, platforms and lines, as JSON."""
    names = {}
    for base in bases:
        if type(base.image.label) != "string" or base.image.on_build != on_build:  # a select()
            continue
        names.setdefault(base.image.label, []).append([base.word, base.platform, base.line])
    return {label: json.encode(named) for label, named in names.items()}

def _fetches(stage, remote_files):
    """Returns whether an ADD of the stage may name a URL for which no file is given."""
    return [
        source
        for instruction in stage["instructions"]
        if instruction["keyword"] == "ADD"
        for source in instruction["sources"]
        if (is_remote(source) or source.startswith("$")) and source not in remote_files
    ] != []

def _default_tag(name):
    parts = [part for part in [native.package_name(), name] if part]
    return "/".join(parts).lower() + ":latest"

def _label(label):
    """Returns a label in its full form, so that two spellings are one; a select() as it is."""
    return str(native.package_relative_label(label)) if type(label) == "string" else label
