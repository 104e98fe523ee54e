#!/usr/bin/env bash
# Layers in eStargz are what the reference implementation reads, and plain gzip to
# Docker, podman and skopeo. A program that is not installed is skipped. As root:
#
#   apt-get install docker.io podman skopeo golang-go golang-github-containerd-stargz-snapshotter-dev
#   tools/bazel test //e2e/docker:estargz_test --test_output=all
source e2e/support/nested/nested.sh
source e2e/support/daemons/daemons.sh

new_workspace //:Dockerfile
head -c 9000000 /dev/urandom >big
cat >Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
COPY big /big
RUN echo hello > /hello
CMD ["/bin/sh", "-c", "cat /hello"]
END
cat >BUILD.bazel <<'END'
load("@dockerfiles//:Dockerfile.bzl", "dockerfile_image")
dockerfile_image(
    name = "image",
    context_paths = {"//prebuilt:box": "bin/sh"},
    repo_tags = ["rules-dockerfile.test/estargz:v1"],
    srcs = ["big"],
)
END
setting=--@rules_dockerfile//rules/settings:compression=estargz
nested_bazel clean >/dev/null 2>&1
build "$setting" //:image //:image.archive //:image.layout //:image.load || { cat build.log >&2; exit 1; }
layout=bazel-bin/image/layout
manifest=$(tr -d ' \n' <bazel-bin/image/manifest.json)
expect_equal "each layer has the digest of its TOC" \
  "$(grep -o '"containerd.io/snapshot/stargz/toc.digest":"sha256:[0-9a-f]\{64\}"' <<<"$manifest" | wc -l)" 3
digest=$(cat bazel-bin/image/manifest.digest)
id=sha256:$(sha256sum <bazel-bin/image/config.json | cut -d' ' -f1)

# --- the reader of stargz-snapshotter: each TOC, each chunk, each file
test_reference() {
  local gopath=/usr/share/gocode
  if ! command -v go >/dev/null || [[ ! -d $gopath/src/github.com/containerd/stargz-snapshotter/estargz ]]; then
    echo "skipped: no Go, or no stargz-snapshotter"
    return
  fi
  mkdir -p "$private/go/src/verify"
  cat >"$private/go/src/verify/main.go" <<'END'
// Verifies a blob: verify BLOB TOC_DIGEST. Prints how many files and bytes.
package main

import (
	"fmt"
	"io"
	"os"

	"github.com/containerd/stargz-snapshotter/estargz"
	digest "github.com/opencontainers/go-digest"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	file, err := os.Open(os.Args[1])
	check(err)
	info, err := file.Stat()
	check(err)
	reader, err := estargz.Open(io.NewSectionReader(file, 0, info.Size()))
	check(err)
	verifier, err := reader.VerifyTOC(digest.Digest(os.Args[2]))
	check(err)
	if _, ok := reader.Lookup(estargz.NoPrefetchLandmark); !ok {
		check(fmt.Errorf("no landmark"))
	}
	files, bytes := 0, int64(0)
	var walk func(name string, entry *estargz.TOCEntry)
	walk = func(name string, entry *estargz.TOCEntry) {
		if entry.Type == "reg" && entry.Size > 0 {
			name := entry.Name // of a hard link that of the file
			section, err := reader.OpenFile(name)
			check(err)
			whole := digest.Digest(entry.Digest).Verifier()
			for offset := int64(0); offset < entry.Size; {
				chunk, ok := reader.ChunkEntryForOffset(name, offset)
				if !ok {
					check(fmt.Errorf("%s: no chunk at %d", name, offset))
				}
				data := make([]byte, chunk.ChunkSize)
				_, err := section.ReadAt(data, offset)
				if err != io.EOF {
					check(err)
				}
				part, err := verifier.Verifier(chunk)
				check(err)
				part.Write(data)
				if !part.Verified() {
					check(fmt.Errorf("%s: wrong chunk at %d", name, offset))
				}
				whole.Write(data)
				offset += chunk.ChunkSize
			}
			if !whole.Verified() {
				check(fmt.Errorf("%s: wrong data", name))
			}
			files++
			bytes += entry.Size
		}
		entry.ForeachChild(func(base string, child *estargz.TOCEntry) bool {
			if name == "" {
				walk(base, child)
			} else {
				walk(name+"/"+base, child)
			}
			return true
		})
	}
	root, ok := reader.Lookup("")
	if !ok {
		check(fmt.Errorf("no root"))
	}
	walk("", root)
	fmt.Println(files, "files", bytes, "bytes")
}
END
  GO111MODULE=off GOFLAGS='' GOPATH=$private/go:$gopath GOCACHE=$private/gocache go build -o "$private/verify" verify
  local blob toc
  while read -r blob toc; do
    "$private/verify" "$layout/blobs/sha256/$blob" "$toc"
  done < <(grep -o '"digest":"sha256:[0-9a-f]*","size":[0-9]*,"annotations":{"containerd.io/snapshot/stargz/toc.digest":"sha256:[0-9a-f]*"' <<<"$manifest" |
    sed 's/"digest":"sha256:\([0-9a-f]*\)".*:"\(sha256:[0-9a-f]*\)"/\1 \2/') >"$private/verified"
  # Landmark and sh, landmark and big, landmark and hello.
  expect_equal "stargz-snapshotter's reader verifies each file" "$(sed 's/ bytes$//' "$private/verified" | tr '\n' ' ')" \
    "2 files $(($(stat -c %s prebuilt/box) + 1)) 2 files 9000001 2 files 7 "
  if "$private/verify" "$layout/blobs/sha256/${digest#*:}" "$digest" 2>/dev/null; then
    echo "FAILED: it verifies anything" >&2
    exit 1
  fi
}

test_skopeo() {
  command -v skopeo >/dev/null || { echo "skipped: no skopeo"; return; }
  skopeo copy --insecure-policy --quiet "oci:$layout" "oci:$private/copy:tagged"
  expect_equal "skopeo: a copy keeps the digest" \
    "$(skopeo inspect --format='{{.Digest}}' "oci:$private/copy:tagged")" "$digest"
  skopeo copy --insecure-policy --quiet "oci:$layout" "dir:$private/dir"
  echo "ok: skopeo: the layers are read"
}

test_podman() {
  command -v podman >/dev/null || { echo "skipped: no podman"; return; }
  local podman=(podman --root="$private/podman" --runroot="$private/podman.run" --storage-driver=vfs)
  "${podman[@]}" load --quiet --input bazel-bin/image/archive.tar >"$private/podman.log" 2>&1 || { cat "$private/podman.log" >&2; exit 1; }
  expect_equal "podman: the image id is the digest of the config" \
    "sha256:$("${podman[@]}" images --no-trunc --quiet | sed 's/^sha256://')" "$id"
}

test_docker() {
  if ! command -v dockerd >/dev/null || ((EUID != 0)); then
    echo "skipped: no dockerd, or not root"
    return
  fi
  start_dockerd
  nested_bazel run "$setting" //:image.load >"$private/load.log" 2>&1 || { cat "$private/load.log" >&2; exit 1; }
  expect_equal "docker: the image id is the digest of the config" \
    "$(docker image inspect --format='{{.Id}}' rules-dockerfile.test/estargz:v1)" "$id"
  expect_equal "docker: the command runs" "$(docker run --rm --network=none rules-dockerfile.test/estargz:v1)" hello
}

test_reference
test_skopeo
test_podman
test_docker
echo "all tests passed"
