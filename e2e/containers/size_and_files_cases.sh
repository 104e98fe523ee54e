# shellcheck shell=bash
# Sourced by image_test_test.sh: `image_size_test` and `image_diff_test`.

write_sized_package() {
  mkdir sized
  head -c 1000 /dev/zero >sized/big
  echo 123 >sized/small
  cat >sized/Dockerfile <<'END'
FROM scratch
COPY bin/sh /bin/sh
COPY big small /data/
RUN rm /data/big && echo 12345 > /data/small
END
  cat >sized/BUILD.bazel <<'END'
load("@dockerfiles//sized:Dockerfile.bzl", "dockerfile_image")
load("@rules_dockerfile//rules:defs.bzl", "image_diff_test", "image_size_test")

dockerfile_image(
    name = "image",
    srcs = ["big", "small"],
    context_paths = {"//prebuilt:box": "bin/sh"},
)

image_size_test(name = "within_test", image = ":image", max = "1GB", max_layers = 3, max_wasted = 1004)

image_size_test(name = "beyond_test", image = ":image", max = "1kB", max_layers = 2, max_wasted = "1003B")

image_size_test(name = "pulled_test", compressed = True, image = ":image", max = "1KiB")

image_diff_test(name = "golden_test", golden = "image.mtree", ignore_keywords = ["time"], ignore_paths = ["b*", "dev", "proc", "sys"], image = ":image")
END
}

# Prints a number of bytes as messages have it, if it is between 1 MB and 1 GB.
in_megabytes() {
  awk -v size="$1" 'BEGIN {
    value = size / 1000000
    printf (value < 9.995 ? "%.2f MB" : value < 99.95 ? "%.1f MB" : "%.0f MB"), value
  }'
}

# The sizes of compressed layers are left out.
without_sizes() { sed -E 's/^ +[0-9]+  sized/  N sized/; s/^  [0-9]+ bytes (\([^)]*\) )?of compressed/  N of compressed/'; }

test_sizes() {
  expect_equal "a size within its limits" "$(run_test within_test sized)" \
    'PASS //sized:image: size
PASS //sized:image: wasted bytes
PASS //sized:image: layers
3 passed, 0 failed
exit code 0'
  local box size
  box=$(stat -Lc %s prebuilt/box)
  size=$((box + 1010))
  expect_equal "a size beyond its limits" "$(run_test beyond_test sized | without_sizes)" \
    "FAIL //sized:image: size
  $size bytes ($(in_megabytes "$size")) of files, expected at most 1000 bytes (1.00 kB)
  largest files:
  $(printf '%14d' "$box")  bin/sh, sized/Dockerfile:2: COPY bin/sh /bin/sh
            1000  data/big, sized/Dockerfile:3: COPY big small /data/
               6  data/small, sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
               4  data/small, sized/Dockerfile:3: COPY big small /data/
  hint: remove what the image does not need in the RUN that creates it, or copy what it needs from another stage
FAIL //sized:image: wasted bytes
  1004 bytes (1.00 kB) of files that later layers replace or remove, expected at most 1003 bytes (1.00 kB)
  largest of them:
            1000  data/big, sized/Dockerfile:3: COPY big small /data/, removed by sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
               4  data/small, sized/Dockerfile:3: COPY big small /data/, replaced by sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  hint: remove a file in the RUN that creates it, or copy the result from another stage
FAIL //sized:image: layers
  3 layers, expected at most 2
  smallest layers, compressed:
  N sized/Dockerfile:3: COPY big small /data/
  N sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  N sized/Dockerfile:2: COPY bin/sh /bin/sh
  hint: join RUNs with && or a here-document, and copy several sources with one COPY
0 passed, 3 failed
image_size: the image fails its tests
exit code 3"
  expect_equal "a compressed size" "$(run_test pulled_test sized | without_sizes)" \
    'FAIL //sized:image: compressed size
  N of compressed layers, expected at most 1024 bytes (1.02 kB)
  largest layers:
  N sized/Dockerfile:2: COPY bin/sh /bin/sh
  N sized/Dockerfile:4: RUN rm /data/big && echo 12345 > /data/small
  N sized/Dockerfile:3: COPY big small /data/
  hint: remove what the image does not need in the RUN that creates it, or copy what it needs from another stage
0 passed, 1 failed
image_size: the image fails its tests
exit code 3'
}

test_golden_files() {
  expect_equal "no golden file yet" "$(run_test golden_test sized)" \
    'A . type=dir mode=0755 uid=0 gid=0
A ./data type=dir mode=0755 uid=0 gid=0
A ./data/small type=file mode=0644 uid=0 gid=0 size=6
3 added, 0 changed, 0 removed
mtree_diff: the files of //sized:image differ from the golden file, which does not exist
hint: to accept them, run `bazel run //sized:golden_test.update`
exit code 3'
  nested_bazel run //sized:golden_test.update >run.log 2>&1 || {
    cat run.log
    exit 1
  }
  local digest new_digest
  digest=$(echo 12345 | sha256sum | cut -d' ' -f1)
  expect_equal "the golden file" "$(cat sized/image.mtree)" \
    "#mtree
. type=dir mode=0755 uid=0 gid=0
./data type=dir mode=0755 uid=0 gid=0
./data/small type=file mode=0644 uid=0 gid=0 size=6 sha256digest=$digest"
  expect_equal "files as the golden file has them" "$(run_test golden_test sized)" "exit code 0"
  sed -i 's/rm .data.big/mkdir \/new/; s/ 12345 >/ 123456 >/' sized/Dockerfile
  sed -i '$a ./gone type=dir' sized/image.mtree
  new_digest=$(echo 123456 | sha256sum | cut -d' ' -f1)
  expect_equal "files that the golden file does not have" "$(run_test golden_test sized)" \
    "A ./data/big type=file mode=0644 uid=0 gid=0 size=1000
C ./data/small size 6 -> 7, sha256digest ${digest::12}… -> ${new_digest::12}…
D ./gone
A ./new type=dir mode=0755 uid=0 gid=0
2 added, 1 changed, 1 removed
mtree_diff: the files of //sized:image differ from the golden file
hint: to accept them, run \`bazel run //sized:golden_test.update\`
exit code 3"
}
