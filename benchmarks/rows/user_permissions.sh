# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# RUNs that mostly use files, as USER and as root. With real ids, the default of root, the
# kernel checks the permissions of USER; with emulated ids the supervisor does, for each call.
new_workspace //root:Dockerfile //user:Dockerfile
write_base base "$(size 115 8)"
scale=$(size 1 20)
declare -A commands=(
  [unpack]="mkdir /tmp/a /tmp/b && cd /tmp/a && for i in \$(seq $((3000 / scale))); do echo \$i > \$i; done && tar -cf ../a.tar . && tar -xf ../a.tar -C ../b"
  [tree]="cd /tmp && for i in \$(seq $((40 / scale))); do for j in \$(seq 20); do mkdir -p m\$i/p\$j/lib; done && cp -r m\$i n && rm -r n; done"
  [read]="cd /usr/share && find . -type f | xargs cat > /tmp/all && find /usr -type f | xargs stat -c %s > /tmp/sizes"
  [remove]="mkdir /tmp/a && cd /tmp/a && for i in \$(seq $((3000 / scale))); do echo \$i > \$i; done && chmod -R go-r . && mv ../a ../b && rm -r ../b"
  [processes]="for i in \$(seq $((400 / scale))); do /bin/cat /etc/none 2>/dev/null; done; true"
)
for mode in real emulated; do
  for kind in unpack tree read remove processes; do
    printf 'FROM base\nRUN %s\n' "${commands[$kind]}" >"$work/row/root"
    printf 'FROM base\nUSER 1000:1000\nRUN %s\n' "${commands[$kind]}" >"$work/row/user"
    row "RUN as USER with $mode ids: $kind"
    for who in user root; do
      rm -f "$workspace/$who/BUILD.bazel"
      write_image "$who" 'bases = {"base": "//base"}' <"$work/row/$who"
      build "//$who:image"
      action DockerfileRun "//$who:image"
      if [[ $who == user ]]; then
        contender ours ours "${action[@]}" --mode="$mode"
      else
        contender root bound "${action[@]}" --mode="$mode"
      fi
    done
    measure
  done
done
