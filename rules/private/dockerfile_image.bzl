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
        attestations = [],
        attestation_format = "referrers",
        repo_tags = None,
        repository = None,
        stamp = -1,
        lint = "warn",
        tags = [],
        visibility = None,
        **kwargs):
    """Builds an image from a Dockerfile.

    Load the macro from the repository that the `dockerfiles` extension generates.
    It sets `dockerfile`, `outline`, `ignore`, `network_lock`, `locked_images`,
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

    Targets to build:

    - `image`: manifest and config of the image; the output groups are `blobs`,
      `descriptor`, `digest`, `explore`, `layers`, `mtree`, `oci_image_config`,
      `oci_layout`, `oci_tarball`, `provenance`, `root_blob`, `sbom_cyclonedx`,
      `sbom_inventory` and `sbom_spdx`
    - `image.layout`: an OCI image layout
    - `image.archive`: an archive for `docker load` and OCI tools
    - `image.digest`: the digest of the image
    - `image.stage.NAME`: each stage that the image needs
    - `image.whole`: the image with the layers of its base, which `image` leaves in
      their registry if no instruction needs them

    Targets to run with `bazel run`:

    - `image.load`: loads the image into Docker, podman, containerd or kind
    - `image.push`: pushes the image to a registry
    - `image.run`: runs a container of the image
    - `image.explore`: browses layers and files in the terminal; builds a page with
      them
    - `image.inspect`: prints config, history and layers
    - `image.explain`: prints which instructions ran in the last build, and why
    - `image.lock`: writes `Dockerfile.lock`, which pins the images of FROM, COPY
      --from and RUN --mount=from, and what ADD and, with `network = "locked"`, RUN
      fetch

    Args:
      name: name of the image.
      dockerfile: label of the Dockerfile.
      outline: outline of the Dockerfile, from the extension.
      ignore: text of the .dockerignore file.
      network_lock: what `Dockerfile.lock` pins for ADD and RUN.
      locked_images: the images that locks pin, in the form that `graph_scope`
        takes.
      mirrors: dict from registry to the URLs of its mirrors, for `image.lock` and
        `image.push`.
      srcs: files of the build context, at their path below `context_root`.
      context_paths: dict from target to its path in the build context, for built
        binaries and files of other packages. A path that ends in `/` is a directory
        for all files of the target: an executable keeps its name, other files keep
        their path below the package of the target, or, outside of it, below the
        root of the repository. The runfiles of an executable are in
        `PATH.runfiles/`, also for executables in `srcs`.
      strip_prefix: dict from a target of `context_paths` to the directory that is
        removed from the paths of its files: a directory below the package of the
        target; `/dir`, a directory below the root of the repository; or `*`, all
        directories.
      context_tar: archive with more files of the build context.
      context_root: directory of the workspace that is the root of the build
        context; by default the package of the Dockerfile.
      bases: dict from image reference, as in FROM or COPY --from, to the target to
        use instead of the image that `image.lock` pinned: a `base_image`, another
        `dockerfile_image`, or any target with an OCI image layout. `debian` and
        `docker.io/library/debian:latest` are the same reference.
      named_contexts: dict from name to target, as `docker build --build-context`:
        more names for FROM, COPY --from and RUN --mount=from. They take precedence
        over `bases`.
      remote_files: dict from a URL or git reference of ADD to a target with the
        file (an `http_file`, for example), or a tar of the git files. A URL that is
        not listed is fetched as `image.lock` or its `--checksum` pinned it.
      secrets: dict from the id of a RUN --mount=type=secret to a file. The content
        is never in a layer, but it is an input of the action: a remote cache or
        executor can read it.
      build_args: dict of build arguments, as `docker build --build-arg`.
      build_arg_flags: dict from a build setting (a `string_flag`, for example) to
        the name of the build argument that it sets.
      add_hosts: dict from host name to address, as `docker build --add-host`: lines
        of the /etc/hosts that RUN sees. They are not in a layer.
      target: the stage to build; by default the last.
      trigger_stages: names of earlier stages that ONBUILD triggers of a base image
        copy from or mount, which are not known when the stages are selected. List
        images that triggers name in `bases`.
      platform: platform of the image, such as `linux/arm64`; by default the target
        platform of the build (`--platforms`).
      platforms: labels of the Bazel platforms to build the image for. `image` is
        then an image index, and `image.image` the image of one platform.
      network: network of RUN: `none`; `locked`, only what `image.lock` recorded; or
        `host`, the network of the host that runs the action. With `host` the image
        is only as reproducible as what RUN fetches.
      labels: dict of labels. They override those of the Dockerfile.
      annotations: dict of annotations of the manifest.
      attestations: what `image.push` attaches to the image: names of its output
        groups `provenance`, `sbom_spdx` and `sbom_cyclonedx`.
      attestation_format: how a registry keeps these: `referrers` or `index`, as of
        `image_push`.
      repo_tags: references that `image.load` gives to the image; by default
        `PACKAGE/NAME:latest`.
      repository: where `image.push` pushes to, `registry/repository[:tag]`; by
        default the flag `--repository` of `image.push` is required.
      stamp: whether to replace `{KEY}` in labels and annotations with the value of KEY
        in the workspace status, such as `{STABLE_GIT_COMMIT}`: 1 always, 0 never, -1
        with the flag `--stamp`. Stamping does not run a RUN or COPY again, and does
        not change images that are based on this one.
      lint: what happens if the Dockerfile violates a rule of `docker build
        --check`: `off` (nothing), `warn` or `error`.
      tags: tags of all targets.
      visibility: visibility of all targets.
      **kwargs: attributes of all targets: `exec_properties`, `testonly`,
        `target_compatible_with`, …
    """
    unknown = unknown_attribute(kwargs)
    if unknown:
        fail("%s: %s" % (name, unknown))
    if platform and platforms:
        fail("%s: expected at most one of platform and platforms" % name)
    scope = {
        "build_args": build_args,
        "build_arg_flags": build_arg_flags,
        "escape": outline["escape"],
        "global_args": json.encode(outline["global_args"]),
        "platform": platform or select(TARGET_PLATFORMS),
        "target_stage": target_stage_name(outline["stages"], target),
    }
    image = image_request(name, dockerfile = dockerfile, outline = outline, platforms = platforms, repo_tags = repo_tags, scope = scope, tags = tags, common = dict(kwargs, visibility = visibility))
    resolved = resolve_image(image, platform = platform, bases = bases, named_contexts = named_contexts, trigger_stages = trigger_stages, locked_images = locked_images, mirrors = mirrors, target = target)
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
        "dockerfile_file": dockerfile,
        "lock_command": image.lock_command,
        "network": network,
        "network_lock": network_lock if fetches else None,
        "remote_files": {full_label(label): source for source, label in remote_files.items()},
        "secrets": {full_label(label): id for id, label in secrets.items()},
    }
    declare_image_stages(image, linked, attributes, labels = labels, annotations = annotations, stamp = stamp)
    declare_lock(image, resolved, linked, attributes, fetches = fetches, names_all = not bases and not named_contexts, mirrors = mirrors)
    declare_image_targets(image, resolved, linked, annotations = annotations, attested = {"attestation_format": attestation_format, "attestations": attestations}, bases = bases.keys(), mirrors = mirrors, repository = repository, stamp = stamp)
