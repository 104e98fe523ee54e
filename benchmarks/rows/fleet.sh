# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# A thousand images on fifty bases, with a remote cache (nginx, from e2e/remote): what an edit
# costs in actions, bytes and time, on the host that builds and on one with an empty output base.
images=$(size 1000 20) bases=$(size 50 2)
RULES_ROOT=$tree private=$work/row/servers pids=()
mkdir "$private"
source "$tree/e2e/remote/servers.sh"
start_http_cache
printf '%s\n' "${pids[@]}" >>"$work/daemons"

mapfile -t labels < <(
  for ((i = 0; i < bases; i++)); do echo "//base$i:Dockerfile"; done
  for ((i = 0; i < images; i++)); do echo "//app$i:Dockerfile"; done
)
new_workspace "${labels[@]}"
bazel_flags+=("--remote_cache=$cache")
write_base root 4
for ((i = 0; i < bases; i++)); do
  mkdir "$workspace/base$i"
  bytes 4 "$((i + 10))" >"$workspace/base$i/data"
  write_image "base$i" 'bases = {"root": "//root:base"}' 'srcs = ["data"]' \
    < <(printf 'FROM root\nCOPY data /data\nRUN cat /data > /copy\n')
done
for ((i = 0; i < images; i++)); do
  mkdir "$workspace/app$i"
  head -c 100000 < <(bytes 1 "$i") >"$workspace/app$i/source"
  write_image "app$i" "bases = {\"base\": \"//base$((i % bases)):image\"}" 'srcs = ["source"]' \
    < <(printf 'FROM base\nCOPY source /source\nRUN cat /source > /made\nCMD ["cat", "/made"]\n')
done

# counted TITLE [FLAG...]: builds all images; adds a line of what that was.
counted() {
  local start before actions stored loaded
  : >"$private/requests"
  before=$(du -sb "$private/cache" | cut -f1)
  start=${EPOCHREALTIME/./}
  workspace_bazel build --remote_download_minimal --execution_log_json_file="$work/row/log" "${@:2}" //... >"$work/build.log" 2>&1 ||
    { tail -n 30 "$work/build.log" >&2 && return 1; }
  start=$(((${EPOCHREALTIME/./} - start) / 1000))
  actions=$(grep -c '"mnemonic"' "$work/row/log" || true)
  stored=$(($(du -sb "$private/cache" | cut -f1) - before))
  loaded=$(awk '$1 == "GET" && $3 == 200 { sum += $4 } END { print sum + 0 }' "$private/requests")
  fact "$images images on $bases bases: $1" "$(awk -v a="$actions" -v h="$(grep -c '"runner": "remote cache hit"' "$work/row/log" || true)" \
    -v s="$stored" -v l="$loaded" -v t="$start" 'BEGIN {
      printf "%d actions, of which %d from the cache; %.2f MB stored in it, %.2f MB loaded; %.1f s\n", a, h, s / 1e6, l / 1e6, t / 1000 }')"
}
# Another client has nothing.
forget() {
  stop_bazel
  chmod -R u+w "$work/row/output_base"
  rm -rf "$work/row/output_base"
}
counted "first build"
counted "nothing changed"
echo edited >>"$workspace/app1/source"
counted "a source of one image edited"
echo 'LABEL edited=yes' >>"$workspace/app1/Dockerfile"
counted "a label of one image edited"
echo edited >>"$workspace/base1/data"
counted "a file of one base edited"
forget
counted "another client, with nothing"
echo edited >>"$workspace/app1/source"
counted "a source edited there"
