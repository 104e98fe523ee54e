"""Where registries are (OCI distribution-spec)."""

load("//rules/private/plan:reference.bzl", "normalize_reference")

# Docker Hub answers at another name than it has.
_HOSTS = {"docker.io": "registry-1.docker.io"}

def is_registry(name):
    """Returns whether a name is that of a registry, and of no other mirror.

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
    """Returns the URL of a registry: http for this machine, https for others, as Docker does.

    Args:
      registry: such as `docker.io`, `localhost:5000`.
    """
    host = _HOSTS.get(registry, registry)
    return ("http://" if _is_loopback(host) else "https://") + host

def _is_loopback(host):
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return name in ["localhost", "[::1]"] or (name.startswith("127.") and not name.strip("0123456789."))

def blob_url(origin, repository, digest):
    """Returns the URL of a blob.

    Args:
      origin: URL of a registry, or of a mirror of it with what goes before its
        repositories: `https://host[/prefix]`.
      repository: such as `library/debian`.
      digest: such as `sha256:…`.
    """
    scheme, _, place = origin.rstrip("/").partition("://")
    host, _, prefix = place.partition("/")
    return "%s://%s/v2/%s%s/blobs/%s" % (scheme, host, prefix + "/" if prefix else "", repository, digest)

def host_of(url):
    """Returns the host of a URL, with its port.

    Args:
      url: `https://host[:port]/path`.
    """
    return url.partition("://")[2].partition("/")[0].rpartition("@")[2]

def mirror_variable(registry):
    """Returns the environment variable that names mirrors of a registry.

    Args:
      registry: such as `docker.io`.

    Returns:
      Such as `RD_DOCKER_IO_MIRROR`.
    """
    name = "".join([ch if ch.isalnum() else "_" for ch in registry.upper().elems()])
    return "RD_%s_MIRROR" % name
