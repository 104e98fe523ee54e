# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# What a user does all day: nothing, an edit of a source, of CMD, a new base.
new_workspace //app:Dockerfile
write_base base "$(size 115 8)"
cp "$workspace/base/base.tar" "$work/row/base0.tar"
write_rootfs "$work/row/base1.tar" "$(size 115 8)" 7
context=$work/row/context
mkdir -p "$workspace/app/src" "$context/src"

dockerfile() { # BASE CMD
  cat <<END_OF_DOCKERFILE
FROM $1
ENV LANG=C.UTF-8
WORKDIR /app
RUN mkdir -p /app/cache && echo ready > /app/cache/ready
COPY src /app/src
RUN cat /app/src/main > /app/built
LABEL org.opencontainers.image.title=app
EXPOSE 8080
CMD ["/bin/sh", "-c", "cat /app/built # $2"]
END_OF_DOCKERFILE
}
our_source() { echo "source $1" >"$workspace/app/src/main"; }
our_command() { dockerfile base "$1" >"$workspace/app/Dockerfile"; }
our_base() { cp "$work/row/base$(($1 % 2)).tar" "$workspace/base/base.tar"; }
our_text() { echo "text $1" >"$bare/app/src/main"; }
their_source() { echo "source $1" >"$context/src/main"; }
their_command() { dockerfile benchmark-edits "$1" >"$context/Dockerfile"; }

files "$workspace/app/src/lib" "$(size 500 100)" 4096
cp -r "$workspace/app/src" "$context"
our_source first
their_source first
their_command first
# What Bazel alone takes, with as many files, and one action that copies a file.
new_bare_workspace
mkdir "$bare/app"
cp -r "$workspace/app/src" "$bare/app"
cat >"$bare/app/BUILD.bazel" <<'END'
genrule(name = "bazel", srcs = ["src/main"] + glob(["src/**"], exclude = ["src/main"]), outs = ["copy"], cmd = "cp $(location src/main) $@")
END
write_image app 'bases = {"base": "//base"}' 'srcs = glob(["src/**"])' < <(dockerfile base first)
import_base "$work/row/base0.tar" benchmark-edits
build //app:image
"${bare_bazel[@]}" build "${bazel_flags[@]}" //app:bazel >"$work/build.log" 2>&1

docker_build=("$docker" build --quiet --network=none --tag=benchmark-edits-app "$context")
# docs/performance.md says what these give up.
quick_flags=(--noexperimental_check_external_repository_files --nogenerate_json_trace_profile)
bazel_build=(env -C "$workspace" LC_ALL=C.UTF-8 "${bazel_command[@]}" build "${bazel_flags[@]}")
# edits TITLE OUR_EDIT THEIR_EDIT: a row of builds after an edit.
edits() {
  row "$1"
  contender ours ours "${bazel_build[@]}" //app:image
  if [[ $2 ]]; then before ours "$2"; fi
  contender "ours, two flags of Bazel" ours "${bazel_build[@]}" "${quick_flags[@]}" //app:image
  client_of_daemon["ours, two flags of Bazel"]=yes
  # Another edit than that of the contender before it.
  edit_again() { "$edit" "$1 again"; }
  edit=$2
  if [[ $2 ]]; then before "ours, two flags of Bazel" edit_again; fi
  contender "Bazel, one genrule" bound "${bare_bazel[@]}" build "${bazel_flags[@]}" //app:bazel
  if [[ $2 ]]; then before "Bazel, one genrule" our_text; fi
  client_of_daemon["Bazel, one genrule"]=yes
  if start_docker; then
    contender "docker build" peer "${docker_build[@]}"
    if [[ $3 ]]; then before "docker build" "$3"; fi
    client_of_daemon["docker build"]=yes
  fi
  client_of_daemon[ours]=yes
  measure
}
edits "no-op build" "" ""
edits "edit of a source, to the image" our_source their_source
edits "edit of CMD, to the image" our_command their_command

row "another base of $(size 115 8) MB, to the image"
contender ours ours "${bazel_build[@]}" //app:image
before ours our_base
if start_docker; then
  their_base() { ln -sf "$work/row/base$(($1 % 2)).tar" "$work/row/their_base.tar"; }
  contender "docker import and build" peer sh -c '"$1" import "$2" benchmark-edits && shift 2 && "$@"' _ \
    "$docker" "$work/row/their_base.tar" "${docker_build[@]}"
  before "docker import and build" their_base
  client_of_daemon["docker import and build"]=yes
fi
measure 3
