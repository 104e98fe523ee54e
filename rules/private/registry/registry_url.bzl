"""URLs of registries (OCI distribution-spec)."""

load("//rules/private/plan:reference.bzl", "is_host", "normalize_reference")

# Characters that a URL may have after its host, except those with a special meaning to
# Bazel's downloader or curl, such as braces and backslashes.
_PATH_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/?&=%+:,;@"

# Registries whose host differs from their name.
_HOSTS = {"docker.io": "registry-1.docker.io"}

def is_registry(name):
    """Returns whether the name of a mirror is a registry.

    Args:
      name: such as `docker.io`, `localhost:5000`.
    """
    return "." in name or ":" in name or name == "localhost"

def registry_of(reference):
    """Returns the registry of an image reference.

    Args:
      reference: an image reference.
    """
    return normalize_reference(reference).partition("/")[0]

def repository_of(reference):
    """Returns the repository of an image reference, without its registry.

    Args:
      reference: an image reference.
    """
    name = normalize_reference(reference).partition("@")[0].partition("/")[2]
    return name.partition(":")[0]

def registry_origin(registry):
    """Returns the URL of a registry: http for the loopback interface, else https, as in Docker.

    Args:
      registry: such as `docker.io`, `localhost:5000`.
    """
    host = _HOSTS.get(registry, registry)
    return ("http://" if _is_loopback(host) else "https://") + host

def _is_loopback(host):
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in ["localhost", "[::1]"] or (name.startswith("127.") and not name.strip("0123456789."))

def repository_at(origin, repository):
    """Returns what a registry, or a mirror of it, calls a repository.

    Args:
      origin: as for `blob_url`.
      repository: such as `library/debian`.
    """
    prefix = origin.rstrip("/").partition("://")[2].partition("/")[2]
    return prefix + "/" + repository if prefix else repository

def blob_url(origin, repository, digest):
    """Returns the URL of a blob.

    Args:
      origin: URL of a registry, or of a mirror with the prefix of its repositories:
        `https://host[/prefix]`.
      repository: such as `library/debian`.
      digest: such as `sha256:…`.
    """
    scheme, _, place = origin.partition("://")
    return "%s://%s/v2/%s/blobs/%s" % (scheme, place.partition("/")[0], repository_at(origin, repository), digest)

def host_of(url):
    """Returns the host of a URL, with its port.

    Credentials are sent to it, so all parsers of the URL must agree on it: a URL with
    user information, a fragment or an unusual character has no host.

    Args:
      url: `http[s]://HOST[:PORT][/PATH][?QUERY]`.

    Returns:
      `HOST[:PORT]`, None for any other URL.
    """
    scheme, _, place = url.partition("://")
    host = place.partition("/")[0].partition("?")[0]
    if scheme not in ["http", "https"] or not is_host(host):
        return None
    odd = [ch for ch in place[len(host):].elems() if ch not in _PATH_CHARACTERS]
    return None if odd else host

def mirror_error(url):
    """Returns what is wrong with the URL of a registry's mirror.

    Args:
      url: any text.

    Returns:
      A message without user information, None if the URL is valid.
    """
    if host_of(url) and "?" not in url and "@" not in url:
        return None
    scheme, separator, place = url.partition("://")
    return "expected http[s]://HOST[:PORT][/PATH], got \"%s\"" % (scheme + separator + (("…@" if "@" in place else "") + place.rpartition("@")[2]))

def split_list(text):
    """Splits the value of an environment variable at commas and blanks.

    Args:
      text: the value; None if it is not set.
    """
    return [word for word in (text or "").replace(",", " ").split(" ") if word]

def mirror_variable(registry):
    """Returns the environment variable that names mirrors of a registry.

    Args:
      registry: such as `docker.io`.

    Returns:
      Such as `RD_DOCKER_IO_MIRROR`.
    """
    name = "".join([ch if ch.isalnum() else "_" for ch in registry.upper().elems()])
    return "RD_%s_MIRROR" % name

def mirrors_of_host(context, mirrors, registries):
    """Adds the mirrors from the host's environment to those of the project.

    Args:
      context: the context of a repository rule.
      mirrors: dict from registry to the URLs of its mirrors.
      registries: more registries to look up in the environment.

    Returns:
      A dict like `mirrors`, those of the environment first.
    """
    found = {}
    for registry in {name: None for name in mirrors.keys() + registries}:
        variable = mirror_variable(registry)
        own = split_list(context.getenv(variable))
        for url in own:
            error = mirror_error(url)
            if error:
                fail("%s: %s" % (variable, error))
        if own or registry in mirrors:
            found[registry] = own + mirrors.get(registry, [])
    return found
