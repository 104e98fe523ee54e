# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# A hundred Dockerfiles on twenty locked images of ten layers, and the same on a base of the
# workspace: the first query, and one when nothing has changed. No blob is fetched.
count=$(size 100 10)
mapfile -t labels < <(for ((i = 0; i < count; i++)); do echo "//app$i:Dockerfile"; done)
new_workspace "${labels[@]}"

blob() { printf '"mediaType":"application/vnd.oci.image.%s","digest":"sha256:%064x","size":1000' "$1" "$2"; }
lock_of() { # NUMBER: of an image
  local layer layers=()
  for ((layer = 1; layer <= 10; layer++)); do
    layers+=("{$(blob layer.v1.tar+gzip $(($1 * 100 + layer))),\"diff_id\":\"sha256:$(printf %064x $(($1 * 100 + layer)))\"}")
  done
  printf '{\n  "version": 1,\n  "images": [\n    {"image":"localhost:1/base%d:1@sha256:%064x","platform":"linux/amd64","manifest":{%s},"config":{%s},"layers":[%s],"onbuild":[]}\n  ],\n  "files": [],\n  "runs": []\n}\n' \
    "$1" "$1" "$(blob manifest.v1+json $(($1 * 100 + 50)))" "$(blob config.v1+json $(($1 * 100 + 51)))" "$(IFS=, && echo "${layers[*]}")"
}
write_images() { # [ATTRIBUTE]
  for ((i = 0; i < count; i++)); do
    write_image "app$i" 'srcs = ["source"]' "${@//N/$((i % 20))}" \
      < <(printf 'FROM localhost:1/base%d:1\nCOPY source /source\nCMD ["/source"]\n' $((i % 20)))
    echo "$i" >"$workspace/app$i/source"
  done
}
write_images
for ((i = 0; i < count; i++)); do lock_of $((i % 20)) >"app$i/Dockerfile.lock"; done

# The workspace without locks has its own Bazel.
locked=$workspace locked_command=("${bazel_command[@]}")
workspace=$work/row/unlocked
mkdir "$workspace"
cp -rl "$locked"/{.bazelrc,MODULE.bazel,prebuilt} "$workspace"
write_images 'bases = {"localhost:1/baseN:1": "//base"}'
write_base base 1
unlocked=$workspace unlocked_command=("$bazel" --nohome_rc "--output_base=$work/row/unlocked_output_base" --max_idle_secs=600)
workspace=$locked

query=(query --noshow_progress //...)
forget_locked() { # what a query reads; the server is up
  (cd "$locked" && "${locked_command[@]}" shutdown)
  chmod -R u+w "$work/row/output_base"
  rm -rf "$work/row/output_base"
  (cd "$locked" && "${locked_command[@]}" info server_pid)
}
forget_unlocked() {
  (cd "$unlocked" && "${unlocked_command[@]}" shutdown)
  chmod -R u+w "$work/row/unlocked_output_base"
  rm -rf "$work/row/unlocked_output_base"
  (cd "$unlocked" && "${unlocked_command[@]}" info server_pid)
}
contenders_of_query() {
  contender ours ours env -C "$locked" LC_ALL=C.UTF-8 "${locked_command[@]}" "${query[@]}"
  contender "without locks" bound env -C "$unlocked" LC_ALL=C.UTF-8 "${unlocked_command[@]}" "${query[@]}"
}
client_of_daemon[ours]=yes client_of_daemon["without locks"]=yes
(cd "$unlocked" && "${unlocked_command[@]}" info server_pid) >"$work/log" 2>&1
workspace_bazel info server_pid >"$work/log" 2>&1

row "$count Dockerfiles on 20 locked images of 10 layers: first query"
contenders_of_query
before ours forget_locked
before "without locks" forget_unlocked
measure 2
row "$count Dockerfiles on 20 locked images of 10 layers: query after nothing"
contenders_of_query
measure
(cd "$unlocked" && "${unlocked_command[@]}" shutdown) >"$work/log" 2>&1
