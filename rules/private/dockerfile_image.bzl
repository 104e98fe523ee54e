"""The `dockerfile_image` macro: the targets of an image."""

load("//rules/private/context:build_context.bzl", "build_context")
load("//rules/private/plan:arguments.bzl", "target_stage_name")
load("//rules/private/plan:platform.bzl", "TARGET_PLATFORMS")
load(
    ":declare_image.bzl",
    "declare_check",
    "declare_image_stages",
    "declare_image_targets",
    "declare_lock",
    "full_label",
    "image_request",
    "needs_network_lock",
    "resolve_image",
)
load(":declare_stages.bzl", "link_locked")
load(":image_attributes.bzl", "unknown_attribute")
load(":image_targets.bzl", "refused_targets")

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
    scope = {
        "build_args": build_args,
        "build_arg_flags": build_arg_flags,
        "escape": outline["escape"],
        "global_args": json.encode(outline["global_args"]),
        "platform": platform or select(TARGET_PLATFORMS),
        "target_stage": target_stage_name(outline["stages"], target),
    }
    image = image_request(name, dockerfile = dockerfile, outline = outline, platforms = platforms, repo_tags = repo_tags, scope = scope, tags = tags, common = dict(kwargs, visibility = visibility))
    resolved = resolve_image(image, platform = platform, bases = bases, named_contexts = named_contexts, trigger_stages = trigger_stages, locked_images = locked_images, target = target)
    linked = link_locked(image.name, resolved.stages, lock_command = image.lock_command, tags = image.manual["tags"], testonly = kwargs.get("testonly"))
    declare_check(image, resolved, linked, dockerfile = dockerfile, ignore = ignore, lint = lint, named_contexts = named_contexts.keys(), target = target)
    if resolved.error:
        refused_targets(name, check = image.name + ".check", tags = tags, testonly = kwargs.get("testonly"), visibility = visibility)
        return
    root = Label(dockerfile).package if context_root == None else context_root
    build_context(name = image.name + ".context", srcs = srcs, context_paths = context_paths, context_tar = context_tar, ignore = ignore, root = root, strip_prefix = strip_prefix, **image.manual)
    fetches = needs_network_lock(resolved, network, remote_files)
    attributes = image.manual | image.scope | {
        "add_hosts": add_hosts,
        "check": image.name + ".check",
        "context": image.name + ".context",
        "dockerfile": image.dockerfile,
        "lock_command": image.lock_command,
        "network": network,
        "network_lock": network_lock if fetches else None,
        "remote_files": {full_label(label): source for source, label in remote_files.items()},
        "secrets": {full_label(label): id for id, label in secrets.items()},
    }
    declare_image_stages(image, linked, attributes, labels = labels, annotations = annotations, stamp = stamp)
    declare_lock(image, resolved, linked, attributes, fetches = fetches, names_all = not bases and not named_contexts, mirrors = mirrors)
    declare_image_targets(image, resolved, linked, annotations = annotations, bases = bases.keys(), mirrors = mirrors, repository = repository, stamp = stamp)
