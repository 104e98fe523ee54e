# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# A workspace with a thousand Dockerfiles: the first query, one after an edit, one without.
count=$(size 1000 20)
mapfile -t labels < <(for ((i = 0; i < count; i++)); do echo "//app$i:Dockerfile"; done)
new_workspace "${labels[@]}"
for ((i = 0; i < count; i++)); do
  write_image "app$i" 'srcs = ["source"]' \
    < <(printf 'FROM scratch AS build\nCOPY source /source\nRUN true\nFROM scratch\nCOPY --from=build /source /\nCMD ["/source"]\n')
  echo "$i" >"$workspace/app$i/source"
done
query=(env -C "$workspace" LC_ALL=C.UTF-8 "${bazel_command[@]}" query --noshow_progress //...)
edit() { printf 'LABEL edited=%s\n' "$1" >>"$workspace/app1/Dockerfile"; }
forget() {
  stop_bazel
  chmod -R u+w "$work/row/output_base"
  rm -rf "$work/row/output_base"
  workspace_bazel info server_pid
}
client_of_daemon[ours]=yes

# As many packages, of one genrule each, in a workspace without these rules.
bare=$work/row/bare
for ((i = 0; i < count; i++)); do
  mkdir -p "$bare/app$i"
  echo "$i" >"$bare/app$i/source"
  echo 'genrule(name = "image", srcs = ["source"], outs = ["copy"], cmd = "cp $< $@")' >"$bare/app$i/BUILD.bazel"
done
echo 'module(name = "bare")' >"$bare/MODULE.bazel"
echo 'common --noenable_workspace' >"$bare/.bazelrc"
bare_bazel=(env -C "$bare" LC_ALL=C.UTF-8 "$bazel" --nohome_rc "--output_base=$work/row/bare_base" --max_idle_secs=600)
forget_bare() {
  "${bare_bazel[@]}" shutdown
  chmod -R u+w "$work/row/bare_base"
  rm -rf "$work/row/bare_base"
  "${bare_bazel[@]}" info server_pid
}
client_of_daemon["without these rules"]=yes

workspace_bazel info server_pid >"$work/log" 2>&1
row "$count Dockerfiles: first query"
contender ours ours "${query[@]}"
before ours forget
contender "without these rules" bound "${bare_bazel[@]}" query --noshow_progress //...
before "without these rules" forget_bare
measure 2
"${bare_bazel[@]}" shutdown >"$work/log" 2>&1
row "$count Dockerfiles: query after an edit of one"
contender ours ours "${query[@]}"
before ours edit
contender "query after nothing" bound "${query[@]}"
client_of_daemon["query after nothing"]=yes
measure
