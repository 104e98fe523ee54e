"""Descriptions of images, as files for image_explore: of names alone, without data."""

import hashlib
import json
import os

HOSTILE = [
    "</script><script>document.title='broken'</script>".replace("/", "\\"),
    "<img src=x onerror=\"document.title='broken'\">",
    "<!--<script>",
    "\u202egnp.exe",
    "\u2066left\u2069\u200f",
    "\x1b]0;title\x07",
    "line\nfeed\ttab",
    "\u2028\u2029",
    "{{report}}${document.title='broken'}",
    "a" * 200,
]


def digest(text):
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


class Layer:
    """The entries of a layer, in the format of docs/design/0001_artifacts.md."""

    def __init__(self):
        self.lines = ['{"version":1,"passwd":null,"group":null}']
        self.offset = 512

    def add(self, path, kind, mode, **more):
        entry = {"path": path, "type": kind}
        if kind != "whiteout":
            entry |= {"mode": mode, "uid": 0, "gid": 0, "mtime": 0}
        self.lines.append(json.dumps(entry | more, ensure_ascii=False, separators=(",", ":")))

    def directory(self, path):
        self.add(path, "directory", "0755")

    def file(self, path, size, data=None):
        self.add(path, "file", "0644", size=size, offset=self.offset, digest=digest(data or path + str(size)))
        self.offset += 512 + (size + 511) // 512 * 512

    def whiteout(self, path):
        self.add(path, "whiteout", None)


class Shape:
    """The paths of a large image: directories as those of a Node or Python tree."""

    KINDS = ("so", "py", "js", "txt")

    def __init__(self, files):
        self.files = files

    def directory(self, i):
        return f"usr/lib/package{i % 331:03}/part{i // 331 % 17}"

    def path(self, i):
        return f"{self.directory(i)}/file{i:06}.{self.KINDS[i * 7919 % 4]}"

    def size(self, i):
        """Small ones, and a few large ones."""
        number = i * 2654435761 % 2**32
        return number % 60000 + (number % 211 == 0) * (number % 40_000_000)

    def add(self, layer, numbers, times=1):
        made = set()
        for i in numbers:
            parts = self.directory(i).split("/")
            for end in range(1, len(parts) + 1):
                directory = "/".join(parts[:end])
                if directory not in made:
                    made.add(directory)
                    layer.directory(directory)
            layer.file(self.path(i), self.size(i) * times)


def large(files):
    """Three layers with many files: a base, more of them, some of both replaced or removed."""
    shape = Shape(files)
    base, more, last = Layer(), Layer(), Layer()
    shape.add(base, range(0, files, 3))
    shape.add(more, (i for i in range(files) if i % 3))
    shape.add(last, range(1, files, 400), times=2)
    for package in (5, 17):
        last.whiteout(f"usr/lib/package{package:03}")
    return [base, more, last]


def hostile():
    layer = Layer()
    for i, name in enumerate(HOSTILE):
        layer.file(name, 1000 * (i + 1))
    return [layer]


def write(directory, name, layers, instructions):
    """Writes the image; returns the flags of image_explore."""
    os.makedirs(directory, exist_ok=True)
    digests = [digest(f"{name}{i}") for i in range(len(layers))]
    config = {
        "architecture": "amd64",
        "os": "linux",
        "created": "2024-01-01T00:00:00Z",
        "config": {"Env": ["PATH=/usr/bin"], "Cmd": ["sh"], "Labels": {HOSTILE[0]: HOSTILE[3]}},
        "rootfs": {"type": "layers", "diff_ids": digests},
        "history": [{"created_by": instruction} for instruction in instructions],
    }
    plan = {
        "dockerfile": "app/Dockerfile",
        "stage": "0",
        "instructions": [{"line": 1, "text": "FROM scratch\n", "layer": False, "history": False}]
        + [{"line": i + 3, "text": text + "\n", "layer": True, "history": True} for i, text in enumerate(instructions)],
    }
    flags = ["--name=" + name]
    for flag, file, text in [("config", "config.json", json.dumps(config)), ("plan", "plan.json", json.dumps(plan))]:
        flags.append(f"--{flag}={put(directory, file, text)}")
    for i, layer in enumerate(layers):
        descriptor = {
            "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
            "digest": digests[i],
            "size": layer.offset // 3,
            "diff_id": digests[i],
        }
        flags.append(f"--index={put(directory, f'{i}.index', chr(10).join(layer.lines) + chr(10))}")
        flags.append(f"--descriptor={put(directory, f'{i}.json', json.dumps(descriptor))}")
    return flags


def put(directory, file, text):
    path = os.path.join(directory, file)
    with open(path, "wb") as out:
        out.write(text.encode("utf-8", "surrogateescape"))
    return path
