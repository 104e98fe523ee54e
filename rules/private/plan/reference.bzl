"""Image references: when do two texts mean the same image?"""

def normalize_reference(reference):
    """Returns the full form of an image reference.

    Args:
      reference: such as `debian`, `debian:latest`, `ghcr.io/org/app@sha256:…`.

    Returns:
      registry/repository[:tag][@digest], Docker's defaults filled in.
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

def find_reference(images, reference):
    """Finds an image by a reference, however it is spelt.

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
