"""A repository with one blob of a registry."""

load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")
load(":base64.bzl", "BYTES")
load(":credentials.bzl", "find_credentials")
load(":locked_images.bzl", "blob_repo_name")
load(":registry_url.bzl", "blob_url", "host_of", "mirror_variable", "mirrors_of_machine", "registry_origin", "repository_at", "split_list")

# Servers of tokens that a registry of another host is known to have. Others get
# a password only if RD_TOKEN_HOSTS names them: the lock is a file of the source
# tree, and must not send passwords anywhere.
_TOKEN_HOSTS = {
    "docker.io": "auth.docker.io",
    "registry.gitlab.com": "gitlab.com",
}

# What stands for itself in a URL (RFC 3986, "Unreserved Characters").
_UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

_PERCENT_CODES = {
    byte: byte if byte in _UNRESERVED else "%" + "0123456789ABCDEF"[i // 16] + "0123456789ABCDEF"[i % 16]
    for i, byte in enumerate(BYTES)
}

# The password is on curl's standard input, and not in its environment.
_RUN_CURL = "config=$RD_CURL_CONFIG; unset RD_CURL_CONFIG; printf %s \"$config\" | \"$0\" --disable --config -"

_LAYER = """\
load("{locked_layer_bzl}", "locked_layer")

exports_files(["blob"])

locked_layer(
    name = "layer",
    blob = "blob",
    diff_id = {diff_id},
    media_type = {media_type},
    visibility = ["//visibility:public"],
)
"""

def _locked_blob_repo_impl(rctx):
    # What Bazel's repository cache has needs no login.
    if not _download(rctx, [], {}):
        urls = []
        auth = {}
        sources = [json.decode(source) for source in rctx.attr.sources]
        for source in sources:
            _add_source(rctx, source, urls, auth)
        if not _download(rctx, urls, auth):
            fail(_failure(rctx, sources, urls))
    build = "exports_files([\"blob\"])\n"
    if rctx.attr.diff_id:
        build = _LAYER.format(
            diff_id = starlark_literal(rctx.attr.diff_id),
            locked_layer_bzl = Label(":locked_layer.bzl"),
            media_type = starlark_literal(rctx.attr.media_type),
        )
    rctx.file("BUILD.bazel", build, executable = False, legacy_utf8 = False)

def _download(rctx, urls, auth):
    return rctx.download(
        allow_fail = True,
        auth = auth,
        output = "blob",
        sha256 = rctx.attr.digest.removeprefix("sha256:"),
        url = urls,
    ).success

def _failure(rctx, sources, urls):
    registry = sources[0]["registry"]
    return "%s/%s: cannot fetch the blob %s of the lock from %s\nhint: lock again what the registry has (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login %s), or name a mirror (%s)" % (
        registry,
        sources[0]["repository"],
        rctx.attr.digest,
        " or ".join([host_of(url) for url in urls]),
        registry,
        mirror_variable(registry),
    )

def _add_source(rctx, source, urls, auth):
    """Adds the URLs to try for a source, mirrors first, and Bazel's `auth` for them."""
    registry = source["registry"]
    mirrors = mirrors_of_machine(rctx, {registry: rctx.attr.mirrors.get(registry, [])}, [])[registry]
    origin = registry_origin(registry)
    hosts = []
    for place in mirrors + [origin]:
        repository = repository_at(place, source["repository"])
        url = blob_url(place, source["repository"], rctx.attr.digest)
        host = host_of(url)
        if url in urls or (place == origin and host in hosts):
            continue  # a "mirror" has said how to speak to the registry
        hosts.append(host)
        urls.append(url)
        _add_login(rctx, auth, url, registry if host == host_of(origin) else host, repository)

def _add_password(auth, url, credentials):
    if credentials and credentials.username:
        auth[url] = {
            "type": "basic",
            "login": credentials.username,
            "password": credentials.password,
        }

def _add_login(rctx, auth, url, registry, repository):
    """Logs in as the lock says that the registry, or a mirror, wants it (distribution spec, token authentication).

    What it says nothing of is a registry that wants no login, or a mirror that was
    not asked when the image was locked.
    """
    login = json.decode(rctx.attr.logins.get(registry, "null"))
    is_registry = registry in [json.decode(source)["registry"] for source in rctx.attr.sources]
    if not login and is_registry:
        return
    credentials = find_credentials(rctx, registry)
    if not login or not login["realm"]:
        _add_password(auth, url, credentials)
        return
    token = _fetch_token(rctx, login, registry, repository, credentials)
    if token:
        auth[url] = {
            "type": "pattern",
            "pattern": "Bearer <password>",
            "password": token,
        }

def _fetch_token(rctx, login, registry, repository, credentials):
    """Asks a registry's token server for the right to pull; None if it gives none."""
    query = "scope=repository:%s:pull" % repository
    if login["service"]:
        query = "service=%s&%s" % (percent_encoded(login["service"]), query)
    realm = login["realm"]
    if not realm.startswith("https://") or not host_of(realm):
        return None
    if credentials and may_have_password(realm, registry, split_list(rctx.getenv("RD_TOKEN_HOSTS"))):
        return token_of(_ask_with_password(rctx, realm, query, credentials))
    file = "token.json"
    url = "%s%s%s" % (realm, "&" if "?" in realm else "?", query)
    if not rctx.download(allow_fail = True, output = file, url = url).success:
        return None
    answer = rctx.read(file)
    rctx.delete(file)
    return token_of(answer)

def token_of(answer):
    """Reads the token of a token server's answer.

    Args:
      answer: JSON.

    Returns:
      The token, None if there is none that a header can have.
    """
    decoded = json.decode(answer, default = None)
    if type(decoded) != "dict":
        return None
    token = decoded.get("token") or decoded.get("access_token")
    if type(token) != "string":
        return None
    return token if token and not [ch for ch in token.elems() if ch <= " " or ch > "~"] else None

def _ask_with_password(rctx, realm, query, credentials):
    """Returns the answer of a token server to who has a password or an identity token, "" if it has none.

    By curl: what Bazel's downloader fetches stays in its repository cache.
    """
    curl = rctx.which("curl")
    if not curl:
        return ""
    result = rctx.execute(
        ["/bin/sh", "-c", _RUN_CURL, curl],
        environment = {"RD_CURL_CONFIG": curl_config(realm, query, credentials)},
        quiet = True,
        timeout = 60,
    )
    return result.stdout if result.return_code == 0 else ""

def curl_config(realm, query, credentials):
    """Writes what curl reads with `--config` to ask a token server.

    Args:
      realm: URL of the server.
      query: `service=…&scope=…`.
      credentials: from `find_credentials`.

    Returns:
      The text: with a password a GET, with an identity token a POST (OAuth2
      refresh token, distribution spec).
    """
    lines = ["silent", "fail", "globoff", "proto = \"=https\"", "max-time = 30"]
    if credentials.identity_token:
        lines.append("url = " + _curl_quoted(realm))
        lines += ["data = " + _curl_quoted(part) for part in ["grant_type=refresh_token", "client_id=rules_dockerfile"] + query.split("&")]
        lines.append("data-urlencode = " + _curl_quoted("refresh_token=" + credentials.identity_token))
    else:
        lines.append("url = " + _curl_quoted("%s%s%s" % (realm, "&" if "?" in realm else "?", query)))
        lines.append("user = " + _curl_quoted("%s:%s" % (credentials.username, credentials.password)))
    return "\n".join(lines) + "\n"

def _curl_quoted(text):
    return "\"%s\"" % text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\r", "\\r")

def may_have_password(realm, registry, token_hosts):
    """Returns whether a token server that a lock names may have the password for a registry.

    Args:
      realm: URL of the server.
      registry: such as `docker.io`.
      token_hosts: hosts that RD_TOKEN_HOSTS names.
    """
    host = host_of(realm)
    return host != None and host in [registry, _TOKEN_HOSTS.get(registry)] + token_hosts

def percent_encoded(text):
    """Encodes a text for the query of a URL.

    Args:
      text: any text.
    """
    return "".join([_PERCENT_CODES[byte] for byte in text.elems()])

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
        "logins": attr.string_dict(
            doc = "How registries and mirrors want a login: their names to JSON, `realm` and `service` that WWW-Authenticate names; no realm for a password.",
        ),
        "media_type": attr.string(
            doc = "The media type of the blob.",
        ),
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "sources": attr.string_list(
            doc = "JSON of each place that has it: `registry`, such as `docker.io`, `repository`, such as `library/debian`.",
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
            mirrors = mirrors,
            **attributes
        )
