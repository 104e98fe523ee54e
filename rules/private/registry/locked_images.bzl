"""The images in a lock file: docs/design/0002_locked_network.md."""

load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")
load("//rules/private/plan:reference.bzl", "is_reference", "normalize_reference")
load(":registry_url.bzl", "registry_of", "repository_of")

# Docker's media types, each with its equivalent in the OCI manifest that is written.
_OCI_MEDIA_TYPES = {
    "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
    "application/vnd.docker.image.rootfs.diff.tar.gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
    "application/vnd.docker.image.rootfs.diff.tar.zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
}

_CONFLICT_HINT = "\nhint: resolve the merge conflict in it: keep the lines of both sides, one per image and platform"

_PLATFORM_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789._-/"

_DESCRIPTOR = {"digest": "string", "mediaType": "string", "size": "int"}

# Types of Starlark, in the words of JSON.
_TYPES = {"dict": "an object", "int": "an integer", "list": "a list", "string": "a string"}

def parse_locked_images(text):
    """Parses the images of a lock file, and the token servers of their registries.

    Args:
      text: string: the file's text, as `image_lock` writes it.

    Returns:
      struct(images, registries, signatures, error): the decoded list, a dict from
      registry to struct(realm, service), a dict from `image` to the decoded evidence
      that it is signed, and None or why the text is malformed.
    """
    lock = json.decode(text, default = None)
    if type(lock) != "dict":
        return _error("expected a JSON object" + (_CONFLICT_HINT if "\n<<<<<<< " in "\n" + text else ""))
    if lock.get("version") != 1:
        return _error("version: expected 1, got %s" % json.encode(lock.get("version")))
    for field in ["images", "registries", "signatures"]:
        if type(lock.get(field, [])) != "list":
            return _error("%s: expected a list, got %s" % (field, json.encode(lock[field])))
    images = lock.get("images", [])
    known = {}
    for i, image in enumerate(images):
        error = _image_error(image)
        if error:
            return _error("images[%d]: %s" % (i, error))
        key = (_locked_reference(image), image["platform"])
        if key in known:
            return _error("%s is locked twice for %s: delete the line of one" % key)
        known[key] = True
    registries = {}
    for i, registry in enumerate(lock.get("registries", [])):
        error = _fields_error(registry, {"realm": "string", "registry": "string", "service": "string"})
        if error:
            return _error("registries[%d]: %s" % (i, error))
        registries[registry["registry"]] = struct(realm = registry["realm"], service = registry["service"])
    signatures = {}
    for i, evidence in enumerate(lock.get("signatures", [])):
        error = _evidence_error(evidence)
        if error:
            return _error("signatures[%d]: %s" % (i, error))
        if evidence["image"] in signatures:
            return _error("signatures: %s is there twice: delete the line of one" % evidence["image"])
        signatures[evidence["image"]] = evidence
    return struct(images = images, registries = registries, signatures = signatures, error = None)

def _error(text):
    return struct(images = [], registries = {}, signatures = {}, error = text)

def _evidence_error(evidence):
    error = _fields_error(evidence, {"documents": "list", "image": "string", "policy": "string", "signatures": "list"})
    if not error and not evidence["policy"].startswith("//"):
        error = "policy: expected //PACKAGE:NAME, got \"%s\"" % evidence["policy"]
    return error

def _image_error(image):
    error = _fields_error(image, {"config": "dict", "image": "string", "layers": "list", "manifest": "dict", "platform": "string"})
    if error:
        return error
    if not is_reference(image["image"]) or not _is_digest(image["image"].partition("@")[2]):
        return "image: expected NAME@sha256:…, got \"%s\"" % image["image"]
    if image["platform"].count("/") not in [1, 2] or [ch for ch in image["platform"].elems() if ch not in _PLATFORM_CHARACTERS]:
        return "platform: expected os/architecture[/variant], got \"%s\"" % image["platform"]
    for name, descriptor in [("manifest", image["manifest"]), ("config", image["config"])]:
        error = _descriptor_error(descriptor, {})
        if error:
            return "%s: %s" % (name, error)
    for i, layer in enumerate(image["layers"]):
        error = _descriptor_error(layer, {"diff_id": "string"})
        if not error and not _is_digest(layer["diff_id"]):
            error = "diff_id: expected sha256:…, got \"%s\"" % layer["diff_id"]
        if error:
            return "layers[%d]: %s" % (i, error)
    onbuild = image.get("onbuild", [])
    if type(onbuild) != "list" or [trigger for trigger in onbuild if type(trigger) != "string"]:
        return "onbuild: expected a list of strings"
    return None

def _descriptor_error(descriptor, more):
    error = _fields_error(descriptor, _DESCRIPTOR | more)
    if not error and not _is_digest(descriptor["digest"]):
        error = "digest: expected sha256:…, got \"%s\"" % descriptor["digest"]
    return error

def _fields_error(value, types):
    if type(value) != "dict":
        return "expected an object, got a %s" % type(value)
    for field, wanted in types.items():
        if type(value.get(field)) != wanted:
            return "%s: expected %s, got %s" % (field, _TYPES[wanted], json.encode(value.get(field)))
    return None

def _is_digest(text):
    hexadecimal = text.removeprefix("sha256:")
    return len(text) == 71 and len(hexadecimal) == 64 and not hexadecimal.strip("0123456789abcdef")

def _locked_reference(image):
    """Returns the reference of an image as in a Dockerfile: with its digest only if it has no tag."""
    name, _, digest = normalize_reference(image["image"]).partition("@")
    return name if ":" in name.rpartition("/")[2] else name + "@" + digest

def blob_repo_name(hub, digest):
    """Returns the name of the repository with a blob.

    Args:
      hub: name of the repository that provides the macros.
      digest: `sha256:…`.
    """
    return "%s_blob_%s" % (hub, digest.removeprefix("sha256:"))

def locked_blobs(locks):
    """Lists the blobs in locks, each once, with each registry that has it.

    Access to one of these registries is sufficient.

    Args:
      locks: list from `parse_locked_images`.

    Returns:
      dict from digest to a dict of the attributes of a `locked_blob_repo`.
    """
    blobs = {}
    logins = {}
    registries = {}
    for lock in locks:
        for name, login in lock.registries.items():
            logins.setdefault(name, {"realm": login.realm, "service": login.service})
        for image in lock.images:
            registry = registry_of(image["image"])
            registries[registry] = True
            source = json.encode({"registry": registry, "repository": repository_of(image["image"])})
            for blob in [image["config"]] + image["layers"]:
                known = blobs.setdefault(blob["digest"], {"diff_id": "", "digest": blob["digest"], "sources": {}})
                known["sources"].setdefault(registry, source)
                if blob.get("diff_id") or "media_type" not in known:
                    # The same bytes can be a config elsewhere.
                    known["diff_id"] = blob.get("diff_id", "")
                    known["media_type"] = blob["mediaType"]
    mirrors = {name: login for name, login in logins.items() if name not in registries}
    for blob in blobs.values():
        known = {name: logins[name] for name in blob["sources"] if name in logins} | mirrors
        blob["logins"] = {name: json.encode(login) for name, login in known.items()}
        blob["sources"] = blob["sources"].values()
    return blobs

def _oci_descriptor(layer):
    """Returns the descriptor of a layer: what a verification checks, and nothing else of the lock."""
    media_type = layer["mediaType"]
    return {key: layer[key] for key in ["diff_id", "digest", "size"]} | {
        "mediaType": _OCI_MEDIA_TYPES.get(media_type, media_type),
    }

def _image_target(image):
    name = _locked_reference(image).partition("@")[0].rpartition("/")[2].replace(":", "_")
    return "%s_%s_%s" % (name, image["platform"].replace("/", "_"), image["manifest"]["digest"].removeprefix("sha256:"))

def read_locked_images(context, file, name):
    """Reads the images of a lock file, and watches it.

    Args:
      context: the context of a repository rule or a module extension.
      file: path of the lock; it need not exist.
      name: name of the lock in messages.

    Returns:
      As `parse_locked_images`, with the name before an error.
    """
    context.watch(file)
    if not file.exists:
        return _error(None)
    text = context.read(file)

    # Most of a lock is what RUNs fetch, which is slow to decode.
    if "\"images\"" not in text:
        return _error(None)
    lock = parse_locked_images(text)
    return _error("%s: %s" % (name, lock.error)) if lock.error else lock

def write_locked_images(hub, lock):
    """Returns the targets of a lock's images for a BUILD file.

    There are two targets per image: `NAME`, and `NAME.remote`, which leaves the
    layers in the registry.

    Args:
      hub: name of the repository that provides the macros.
      lock: from `parse_locked_images`.

    Returns:
      struct(build, images): the text for a BUILD file, and the images as
      `dockerfile_image` takes them, each with the name of its `target` instead of
      its `label`.
    """
    parts = ["load(\"%s\", \"locked_image\")\n" % Label(":locked_image.bzl")] if lock.images else []
    images = []
    for image in lock.images:
        target = _image_target(image)
        attributes = {
            "config": "@%s//:blob" % blob_repo_name(hub, image["config"]["digest"]),
            "descriptors": [json.encode(_oci_descriptor(layer)) for layer in image["layers"]],
            "onbuild": image.get("onbuild", []),
            "platform": image["platform"],
            "reference": normalize_reference(image["image"]),
            "visibility": ["//visibility:public"],
        }
        evidence = lock.signatures.get(image["image"])
        if evidence:
            attributes |= {
                "evidence": json.encode(evidence),
                "manifest": image["manifest"]["digest"],
                "policy": "@@" + evidence["policy"],
            }
        layers = ["@%s//:layer" % blob_repo_name(hub, layer["digest"]) for layer in image["layers"]]
        parts.append(_target_text(target, attributes | {"layers": layers}))
        parts.append(_target_text(target + ".remote", attributes))
        images.append({
            "onbuild": attributes["onbuild"],
            "platform": image["platform"],
            "policy": evidence["policy"] if evidence else "",
            "reference": _locked_reference(image),
            "target": target,
        })
    return struct(build = "\n".join(parts), images = images)

def _target_text(name, attributes):
    lines = ["    %s = %s,\n" % (key, starlark_literal(value)) for key, value in attributes.items()]
    return "locked_image(\n    name = %s,\n%s)\n" % (starlark_literal(name), "".join(lines))
