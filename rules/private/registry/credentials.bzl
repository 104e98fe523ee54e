"""Credentials for registries in the loading phase, as `docker login` stores them."""

load("@bazel_tools//tools/build_defs/repo:utils.bzl", "read_netrc")
load(":base64.bzl", "decode_base64")

# docker login stores Docker Hub under the URL of its first API.
_DOCKER_HUB_KEYS = ["https://index.docker.io/v1/", "index.docker.io", "docker.io"]

def registry_keys(registry):
    """Returns the keys that config.json may have for a registry, the usual one first.

    Args:
      registry: such as `docker.io`.
    """
    if registry == "docker.io":
        return _DOCKER_HUB_KEYS
    return [registry, "https://" + registry, "https://%s/" % registry, "http://" + registry]

def netrc_machines(registry):
    """Returns the machine names that a netrc may have for a registry: with its port, and without.

    Args:
      registry: such as `docker.io`.
    """
    if registry == "docker.io":
        return ["docker.io", "index.docker.io", "registry-1.docker.io"]
    name = registry if registry.endswith("]") else registry.rpartition(":")[0]
    return [registry, name or registry]

def config_credentials(config, registry):
    """Finds the credentials for a registry in a client's config.json.

    Args:
      config: the decoded file.
      registry: such as `docker.io`.

    Returns:
      struct(helpers, login): list of (credential helper, key), to run in that order
      before `login` is used, and struct(username, password, identity_token) or
      None.
    """
    keys = registry_keys(registry)
    helpers = []
    own = config.get("credHelpers") or {}
    for key in keys:
        if key in own:
            return struct(helpers = [(own[key], key)], login = None)
    if config.get("credsStore"):
        helpers.append((config["credsStore"], keys[0]))
    auths = config.get("auths") or {}
    for key in keys:
        if key in auths:
            return struct(helpers = helpers, login = _login_of(auths[key] or {}))
    return struct(helpers = helpers, login = None)

def _login_of(auth):
    username = auth.get("username", "")
    password = auth.get("password", "")
    if auth.get("auth"):
        username, _, password = (decode_base64(auth["auth"]) or "").partition(":")
    login = struct(username = username, password = password, identity_token = auth.get("identitytoken", ""))
    return login if username or login.identity_token else None

def helper_credentials(text):
    """Parses the output of a credential helper.

    Args:
      text: JSON, as docker-credential-helpers write it.

    Returns:
      struct(username, password, identity_token), None if it is malformed.
    """
    answer = json.decode(text, default = None)
    if type(answer) != "dict" or "Secret" not in answer or "Username" not in answer:
        return None
    if answer["Username"] == "<token>":
        return struct(username = "", password = "", identity_token = answer["Secret"])
    return struct(username = answer["Username"], password = answer["Secret"], identity_token = "")

def find_credentials(rctx, registry):
    """Finds the credentials for a registry on the host.

    Searches Docker's config.json, podman's auth.json, their credential helpers, and
    ~/.netrc.

    Args:
      rctx: the context of a repository rule.
      registry: such as `docker.io`.

    Returns:
      struct(username, password, identity_token), or None.
    """
    for file in _config_files(rctx):
        path = rctx.path(file)
        config = json.decode(rctx.read(path, watch = "no"), default = None) if path.exists else None
        if type(config) != "dict":
            continue
        found = config_credentials(config, registry)
        for helper, key in found.helpers:
            login = _ask_helper(rctx, helper, key)
            if login:
                return login
        if found.login:
            return found.login
    return _netrc_login(rctx, registry)

def _config_files(rctx):
    home = rctx.getenv("HOME", "")
    docker = rctx.getenv("DOCKER_CONFIG", home + "/.docker" if home else "")
    files = [docker + "/config.json"] if docker else []
    if rctx.getenv("REGISTRY_AUTH_FILE"):
        files.append(rctx.getenv("REGISTRY_AUTH_FILE"))
    elif rctx.getenv("XDG_RUNTIME_DIR"):
        files.append(rctx.getenv("XDG_RUNTIME_DIR") + "/containers/auth.json")
    return [file for file in files if file.startswith("/")]

def _ask_helper(rctx, helper, key):
    program = rctx.which("docker-credential-" + helper) if "/" not in helper else None
    if not program:
        return None
    result = rctx.execute(["/bin/sh", "-c", "printf %s \"$1\" | \"$0\" get", program, key], quiet = True)
    return helper_credentials(result.stdout) if result.return_code == 0 else None

def _netrc_login(rctx, registry):
    file = rctx.getenv("NETRC") or rctx.getenv("HOME", "") + "/.netrc"
    if not file.startswith("/") or not rctx.path(file).exists:
        return None
    entries = read_netrc(rctx, file)
    for machine in netrc_machines(registry):
        entry = entries.get(machine, {})
        if "login" in entry:
            return struct(username = entry["login"], password = entry.get("password", ""), identity_token = "")
    return None
