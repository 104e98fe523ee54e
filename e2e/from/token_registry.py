"""A registry with TLS that gives tokens, and whose blobs are on another host.

token_registry.py DIRECTORY CERTIFICATE KEY STATE

Serves the files of DIRECTORY as a registry, to `user` with the password
hunter2hunter2: https://localhost:PORT/token gives a token. Blobs are redirected to a
second port, which wants no login. Writes the ports to STATE/token_port and
STATE/storage_port, and each request, with what it has for Authorization, to
STATE/token_requests and STATE/storage_requests. While there is a file STATE/line_break,
tokens have one.
"""

import base64
import http.server
import json
import os
import ssl
import sys
import threading

directory, certificate, key, state = sys.argv[1:]
TOKEN = "tok3n-tok3n"
BASIC = "Basic " + base64.b64encode(b"user:hunter2hunter2").decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve_file(self):
        path = directory + self.path
        if not os.path.isfile(path):
            return self.answer(404)
        with open(path, "rb") as f:
            body = f.read()
        is_document = "/manifests/" in path
        self.answer(200, body, Content_Type=json.loads(body)["mediaType"] if is_document else "x/y")

    def log_message(self, *args):
        authorization = self.headers.get("Authorization", "none") if self.headers else "?"
        kind = "wrong"
        kind = {BASIC: "password", "Bearer " + TOKEN: "token", "none": "nothing"}.get(authorization, kind)
        with open(os.path.join(state, self.server.requests), "a") as f:
            f.write("%s %s\n" % (self.path, kind))


class Registry(Handler):
    def do_GET(self):
        authorization = self.headers.get("Authorization")
        if self.path.startswith("/token?"):
            if authorization != BASIC:
                return self.answer(401)
            end = "\r\nX-Injected: 1" if os.path.exists(os.path.join(state, "line_break")) else ""
            return self.answer(200, json.dumps({"token": TOKEN + end}).encode())
        if authorization != "Bearer " + TOKEN:
            realm = 'Bearer realm="https://localhost:%d/token",service="tokens of a test"' % self.server.server_port
            return self.answer(401, WWW_Authenticate=realm)
        if "/blobs/" in self.path:
            return self.answer(307, Location="https://localhost:%d%s" % (storage.server_port, self.path))
        self.serve_file()


class Storage(Handler):
    def do_GET(self):
        self.serve_file()


def start(handler, name):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.requests = name + "_requests"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever).start()
    port_file = os.path.join(state, name + "_port")
    with open(port_file + ".new", "w") as f:
        f.write(str(server.server_port))
    os.rename(port_file + ".new", port_file)
    return server


storage = start(Storage, "storage")
start(Registry, "token")
