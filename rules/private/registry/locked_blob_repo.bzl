"""The `locked_blob_repo` repository rule: one blob of a registry."""

load("//rules/private/extension:starlark_literal.bzl", "starlark_literal")
load(":base64.bzl", "BYTES")
load(":credentials.bzl", "find_credentials")
load(":locked_images.bzl", "blob_repo_name")
load(":registry_url.bzl", "blob_url", "host_of", "mirror_variable", "mirrors_of_host", "registry_origin", "repository_at", "split_list")

# Token servers of registries that are on another host. Others receive a password only
# if RD_TOKEN_HOSTS lists them: the lock is a file of the source tree, and must not be
# able to send passwords to any host.
_TOKEN_HOSTS = {
    "docker.io": "auth.docker.io",
    "registry.gitlab.com": "gitlab.com",
}

# Characters that are not encoded in a URL (RFC 3986, "Unreserved Characters").
_UNRESERVED = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

_PERCENT_CODES = {
    byte: byte if byte in _UNRESERVED else "%" + "0123456789ABCDEF"[i // 16] + "0123456789ABCDEF"[i % 16]
    for i, byte in enumerate(BYTES)
}

# The password is passed on curl's standard input, not in its environment.
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
    # A blob in Bazel's repository cache requires no credentials.
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
    return "%s/%s: cannot fetch the blob %s of the lock from %s\nhint: update the lock (bazel run //PACKAGE:IMAGE.lock -- --update=all), log in (docker login %s), or set a mirror (%s)" % (
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
    mirrors = mirrors_of_host(rctx, {registry: rctx.attr.mirrors.get(registry, [])}, [])[registry]
    origin = registry_origin(registry)
    hosts = []
    for place in mirrors + [origin]:
        repository = repository_at(place, source["repository"])
        url = blob_url(place, source["repository"], rctx.attr.digest)
        host = host_of(url)
        if url in urls or (place == origin and host in hosts):
            continue  # a "mirror" on the registry's host sets its scheme
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
    """Adds the credentials that a registry or mirror requires according to the lock (distribution spec, token authentication).

    A registry that is not in the lock requires no credentials. A mirror that is not in
    the lock was not used when the image was locked.
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
    """Requests a token to pull from a registry's token server; returns None if there is none."""
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
    """Parses the response of a token server.

    Args:
      answer: JSON.

    Returns:
      The token, None if there is none that is valid in a header.
    """
    decoded = json.decode(answer, default = None)
    if type(decoded) != "dict":
        return None
    token = decoded.get("token") or decoded.get("access_token")
    if type(token) != "string":
        return None
    return token if token and not [ch for ch in token.elems() if ch <= " " or ch > "~"] else None

def _ask_with_password(rctx, realm, query, credentials):
    """Returns the response of a token server to a request with a password or an identity token, "" if it fails.

    Uses curl, because Bazel's downloader stores what it fetches in its repository cache.
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
    """Returns a curl config file (`--config`) for a request to a token server.

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
    """Returns whether a token server in a lock may receive the password for a registry.

    Args:
      realm: URL of the server.
      registry: such as `docker.io`.
      token_hosts: the hosts in RD_TOKEN_HOSTS.
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
    doc = """Fetches a blob of a registry by its digest: the target `//:layer` for a layer, else the file `//:blob`.

Bazel's downloader fetches it, so its repository cache, `--distdir` and URL rewriting
apply. Mirrors are tried in order, then the registry.""",
    attrs = {
        "diff_id": attr.string(
            doc = "The digest of the uncompressed layer; empty if the blob is not a layer.",
        ),
        "digest": attr.string(
            doc = "`sha256:…`.",
            mandatory = True,
        ),
        "logins": attr.string_dict(
            doc = "Registries and mirrors that require a login, each with JSON of `realm` and `service` of its WWW-Authenticate header; an empty realm for a password.",
        ),
        "media_type": attr.string(
            doc = "The media type of the blob.",
        ),
        "mirrors": attr.string_list_dict(
            doc = "URLs of the mirrors of registries.",
        ),
        "sources": attr.string_list(
            doc = "JSON of each registry that has the blob: `registry`, such as `docker.io`, and `repository`, such as `library/debian`.",
            mandatory = True,
        ),
    },
)

def declare_locked_blobs(hub, blobs, mirrors):
    """Declares a repository for each blob.

    Args:
      hub: name of the repository that provides the macros.
      blobs: from `locked_blobs`.
      mirrors: dict from registry to a list of URLs.
    """
    for digest, attributes in blobs.items():
        locked_blob_repo(
            name = blob_repo_name(hub, digest),
            mirrors = mirrors,
            **attributes
        )
