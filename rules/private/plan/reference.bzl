"""Image references and their normal form."""

def normalize_reference(reference):
    """Returns the full form of an image reference.

    Args:
      reference: such as `debian`, `debian:latest`, `ghcr.io/org/app@sha256:…`.

    Returns:
      registry/repository[:tag][@digest], with Docker's defaults.
    """
    name, at, digest = reference.partition("@")
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        registry = first
    else:
        registry = "docker.io"
        rest = name
    if registry == "index.docker.io":
        registry = "docker.io"
    repository, _, tag = rest.rpartition(":")
    if not repository:
        repository = rest
        tag = "" if digest else "latest"
    if registry == "docker.io" and "/" not in repository:
        repository = "library/" + repository
    return registry + "/" + repository + (":" + tag if tag else "") + at + digest

def locked_name(reference):
    """Returns the name of an image in a lock.

    That is the full form, without the tag if the reference has a digest: Docker
    ignores the tag then.

    Args:
      reference: an image reference.
    """
    name, at, digest = normalize_reference(reference).partition("@")
    host, slash, path = name.partition("/")
    return (host + slash + path.partition(":")[0] if at else name) + at + digest

def find_reference(images, reference):
    """Finds an image by any spelling of its reference.

    Args:
      images: dict from reference to anything.
      reference: an image reference.

    Returns:
      The value of the key that means `reference`, or None.
    """
    if reference in images:
        return images[reference]
    wanted = normalize_reference(reference)
    for key, value in images.items():
        if normalize_reference(key) == wanted:
            return value
    return None

def other_versions(images, reference):
    """Returns the references to the repository of `reference` with any tag or digest.

    Args:
      images: references.
      reference: an image reference.
    """
    repository = _repository(reference)
    return [image for image in images if _repository(image) == repository]

def _repository(reference):
    name = normalize_reference(reference).partition("@")[0]
    host, slash, path = name.partition("/")
    return host + slash + path.partition(":")[0]

def tag_of(reference):
    """Returns the tag of an image reference, `latest` if it has none.

    Args:
      reference: an image reference.
    """
    name = normalize_reference(reference).partition("@")[0]
    return name.rpartition("/")[2].partition(":")[2] or "latest"

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_DIGITS = "0123456789"
_ALNUM = _LOWER + _LOWER.upper() + _DIGITS

def is_reference(text):
    """Returns whether a text is an image reference (distribution/reference).

    Args:
      text: any text.
    """
    if len(text) == 64 and _consists_of(text, _DIGITS + "abcdef"):
        return False  # the id of an image
    name, at, digest = text.partition("@")
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first.lower() != first):
        if not is_host(first):
            return False
    else:
        rest = name
    path, colon, tag = rest.partition(":")
    if colon and not (_consists_of(tag, _ALNUM + "_.-") and tag and tag[0] in _ALNUM + "_" and len(tag) <= 128):
        return False
    if at and not (":" in digest and _consists_of(digest, _ALNUM + ":_+.-")):
        return False
    return len(path) <= 255 and not [part for part in path.split("/") if not _is_path_component(part)]

def _consists_of(text, characters):
    return not text.strip(characters)

def is_host(text):
    """Returns whether a text is the host of a registry (distribution/reference).

    Args:
      text: any text, such as `ghcr.io`, `localhost:5000`, `[::1]:5000`.
    """
    name, colon, port = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if colon and not (port and _consists_of(port, _DIGITS)):
        return False
    return _is_host_name(name if colon else text)

def _is_host_name(name):
    if name.startswith("[") and name.endswith("]"):
        return len(name) > 2 and _consists_of(name[1:-1], _DIGITS + "abcdefABCDEF:")
    for label in name.split("."):
        if not label or not _consists_of(label, _ALNUM + "-") or label[0] == "-" or label[-1] == "-":
            return False
    return True

def _is_path_component(part):
    """Returns whether it is lower-case letters and digits, separated by `.`, `_`, `__` or dashes."""
    if not part or part[0] not in _LOWER + _DIGITS or part[-1] not in _LOWER + _DIGITS:
        return False
    if not _consists_of(part, _LOWER + _DIGITS + "._-"):
        return False
    for separator in ["..", "___", "._", "_.", ".-", "-.", "_-", "-_"]:
        if separator in part:
            return False
    return True
