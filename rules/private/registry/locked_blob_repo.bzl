"""A repository with one blob of a registry."""

load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")
load(":credentials.bzl", "find_credentials")
load(":locked_images.bzl", "blob_repo_name")
load(":registry_url.bzl", "blob_url", "host_of", "mirror_variable", "registry_origin")

# Servers of tokens that a registry of another host is known to have. Others get
# a password only if RD_TOKEN_HOSTS names them: the lock is a file of the source
# tree, and must not send passwords anywhere.
_TOKEN_HOSTS = {
    "docker.io": "auth.docker.io",
    "registry.gitlab.com": "gitlab.com",
}

# What means something in the query of a URL; the percent sign first.
_PERCENT_CODES = {
    "%": "%25",
    " ": "%20",
    "#": "%23",
    "&": "%26",
    "+": "%2B",
}

_LAYER = """\
load("{locked_layer_bzl}", "locked_layer")

locked_layer(
    name = "layer",
    blob = "blob",
    diff_id = {diff_id},
    media_type = {media_type},
    visibility = ["//visibility:public"],
)
"""

def _locked_blob_repo_impl(rctx):
    digest = rctx.attr.digest
    urls, auth = _sources(rctx)
    downloaded = rctx.download(
        allow_fail = True,
        auth = auth,
        output = "blob",
        sha256 = digest.removeprefix("sha256:"),
        url = urls,
    )
    if not downloaded.success:
        fail(_failure(rctx, urls))
    build = "exports_files([\"blob\"])\n"
    if rctx.attr.diff_id:
        build = _LAYER.format(
            diff_id = starlark_literal(rctx.attr.diff_id),
            locked_layer_bzl = Label(":locked_layer.bzl"),
            media_type = starlark_literal(rctx.attr.media_type),
        )
    rctx.file("BUILD.bazel", build, executable = False, legacy_utf8 = False)

def _failure(rctx, urls):
    return "%s/%s: cannot fetch the blob %s of the lock from %s\nhint: lock again what the registry has (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login %s), or name a mirror (%s)" % (
        rctx.attr.registry,
        rctx.attr.repository,
        rctx.attr.digest,
        " or ".join([host_of(url) for url in urls]),
        rctx.attr.registry,
        mirror_variable(rctx.attr.registry),
    )

def _sources(rctx):
    """Returns the URLs to try, mirrors first, and Bazel's `auth` for them."""
    mirrors = (rctx.getenv(mirror_variable(rctx.attr.registry)) or "").replace(",", " ").split(" ")
    mirrors = [mirror for mirror in mirrors + rctx.attr.mirrors if mirror]
    urls = []
    auth = {}
    for mirror in mirrors:
        url = blob_url(mirror, rctx.attr.repository, rctx.attr.digest)
        urls.append(url)
        _add_password(auth, url, find_credentials(rctx, host_of(mirror)))
    url = blob_url(registry_origin(rctx.attr.registry), rctx.attr.repository, rctx.attr.digest)
    _add_login(rctx, auth, url)
    return urls + [url], auth

def _add_password(auth, url, credentials):
    if credentials and credentials.username:
        auth[url] = {
            "type": "basic",
            "login": credentials.username,
            "password": credentials.password,
        }

def _add_login(rctx, auth, url):
    """Logs in as the lock says that the registry wants it (distribution spec, token authentication)."""
    login = json.decode(rctx.attr.login) if rctx.attr.login else None
    if not login:
        return
    credentials = find_credentials(rctx, rctx.attr.registry)
    if not login["realm"]:
        _add_password(auth, url, credentials)
        return
    token = _fetch_token(rctx, login, credentials)
    if token:
        auth[url] = {
            "type": "pattern",
            "pattern": "Bearer <password>",
            "password": token,
        }

def _fetch_token(rctx, login, credentials):
    """Asks the registry's token server for the right to pull; None if it gives none.

    What is in Bazel's cache needs no token, so that this may fail.
    """
    query = "scope=repository:%s:pull" % rctx.attr.repository
    if login["service"]:
        query = "service=%s&%s" % (_percent_encoded(login["service"]), query)
    url = "%s%s%s" % (login["realm"], "&" if "?" in login["realm"] else "?", query)
    if not url.startswith("https://"):
        return None
    auth = {}
    if _may_have_password(rctx, host_of(url)):
        _add_password(auth, url, credentials)
    file = "token.json"
    if not rctx.download(allow_fail = True, auth = auth, output = file, url = url).success:
        return None
    answer = json.decode(rctx.read(file), default = None)
    rctx.delete(file)
    if type(answer) != "dict":
        return None
    token = answer.get("token") or answer.get("access_token") or ""
    return token if token and not [ch for ch in token.elems() if ch <= " " or ch > "~"] else None

def _may_have_password(rctx, host):
    registry = rctx.attr.registry
    allowed = (rctx.getenv("RD_TOKEN_HOSTS") or "").replace(",", " ").split(" ")
    return host in [registry, _TOKEN_HOSTS.get(registry)] + allowed

def _percent_encoded(text):
    for character, code in _PERCENT_CODES.items():
        text = text.replace(character, code)
    return text

locked_blob_repo = repository_rule(
    implementation = _locked_blob_repo_impl,
    doc = """A blob of a registry, by its digest: `//:layer` of a layer, else the file `//:blob`.

Bazel's downloader fetches it: its repository cache, `--distdir` and rewriting
of URLs work. Mirrors are tried in order, then the registry.""",
    attrs = {
        "diff_id": attr.string(
            doc = "The digest of the uncompressed layer; empty for what is no layer.",
        ),
        "digest": attr.string(
            doc = "`sha256:…`.",
            mandatory = True,
        ),
        "login": attr.string(
            doc = "JSON of the `realm` and `service` that the registry's WWW-Authenticate names; no realm for a password, empty for no login.",
        ),
        "media_type": attr.string(
            doc = "The media type of the blob.",
        ),
        "mirrors": attr.string_list(
            doc = "URLs of mirrors of the registry.",
        ),
        "registry": attr.string(
            doc = "Such as `docker.io`.",
            mandatory = True,
        ),
        "repository": attr.string(
            doc = "Such as `library/debian`.",
            mandatory = True,
        ),
    },
)

def declare_locked_blobs(hub, blobs, mirrors):
    """Declares a repository for each blob.

    Args:
      hub: name of the repository that gives the macros their place.
      blobs: from `locked_blobs`.
      mirrors: dict from registry to a list of URLs.
    """
    for digest, attributes in blobs.items():
        locked_blob_repo(
            name = blob_repo_name(hub, digest),
            mirrors = mirrors.get(attributes["registry"], []),
            **attributes
        )
