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
# put_aside OUTPUT_BASE: for the end of the row. Without a journal, ext4 does not use the inodes of
# files that were deleted in the last minutes, and searching for others takes 0.5 ms per new file.
put_aside() { mv "$1" "$(mktemp -d "$work/row/aside.XXXXXX")"; }
forget() {
  stop_bazel
  put_aside "$work/row/output_base"
  workspace_bazel info server_pid
}
client_of_daemon[ours]=yes

# As many packages, of one genrule each, in a workspace without these rules.
new_bare_workspace
for ((i = 0; i < count; i++)); do
  mkdir "$bare/app$i"
  echo "$i" >"$bare/app$i/source"
  echo 'genrule(name = "image", srcs = ["source"], outs = ["copy"], cmd = "cp $< $@")' >"$bare/app$i/BUILD.bazel"
done
forget_bare() {
  "${bare_bazel[@]}" shutdown
  put_aside "$work/row/bare_output_base"
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
