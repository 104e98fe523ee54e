# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# An image of 1 GB whose last, small layer was edited: into Docker, and to a registry.
((EUID == 0)) || { echo "skipped: dockerd needs root" >&2 && return 0; }
start_docker || return 0
new_workspace //app:Dockerfile
write_base base "$(size 1000 20)"
import_base "$workspace/base/base.tar" benchmark-large
context=$work/row/context
mkdir "$context"
printf 'FROM benchmark-large\nCOPY source /source\n' >"$context/Dockerfile"
ours() { echo "$1" >"$workspace/app/source"; }
theirs() { echo "$1" >"$context/source"; }
attributes=('bases = {"base": "//base"}' 'srcs = ["source"]' 'repo_tags = ["benchmark-ours:v1"]')
if start_registry; then attributes+=("repository = \"$registry/ours:v1\""); fi
write_image app "${attributes[@]}" < <(printf 'FROM base\nCOPY source /source\n')
ours first
theirs first
# What Bazel alone takes, to build a program again that does nothing, and to run it.
our_program() { printf '#!/bin/sh\n# %s\n' "$1" >"$workspace/bazel/text"; }
mkdir "$workspace/bazel"
our_program first
cat >"$workspace/bazel/BUILD.bazel" <<'END'
genrule(name = "bazel", srcs = ["text"], outs = ["program"], cmd = "cp $< $@", executable = True)
END
run=(env -C "$workspace" LC_ALL=C.UTF-8 "${bazel_command[@]}" run "${bazel_flags[@]}")
# bazel_alone: one more contender.
bazel_alone() {
  contender "Bazel, an empty program" bound "${run[@]}" //bazel
  before "Bazel, an empty program" our_program
  client_of_daemon["Bazel, an empty program"]=yes
}

row "$(size 1000 20) MB, last layer edited, into Docker"
contender ours ours "${run[@]}" //app:image.load
before ours ours
bazel_alone
contender "docker build" peer "$docker" build --quiet --network=none --tag=benchmark-theirs "$context"
before "docker build" theirs
client_of_daemon[ours]=yes client_of_daemon["docker build"]=yes
measure 3

[[ ${registry:-} ]] || return 0
row "$(size 1000 20) MB, last layer edited, to a registry"
contender ours ours "${run[@]}" //app:image.push
before ours ours
bazel_alone
contender "docker build and push" peer sh -c '"$1" build --quiet --network=none --tag="$2" "$3" && "$1" push "$2"' _ \
  "$docker" "$registry/theirs" "$context"
before "docker build and push" theirs
client_of_daemon["docker build and push"]=yes
measure 3

has skopeo || return 0
row "push alone, of layers that the registry has, of $(size 1000 20) MB"
build //app:image.push //app:image.layout
contender ours ours env -C "$workspace" bazel-bin/app/image.push
contender skopeo peer skopeo copy --dest-tls-verify=false "oci:$workspace/bazel-bin/app/image/layout:v1" \
  "docker://$registry/skopeo:v1"
unset "client_of_daemon[ours]"
measure 3
