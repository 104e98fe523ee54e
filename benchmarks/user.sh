#!/usr/bin/env bash
# Measures the cost of the permission checks of USER with emulated ids: RUNs that mostly
# access files of a Debian base, from a snapshot in memory, as root, as a user that root
# becomes (setpriv, checked only where root is checked, too) and as USER (everything is
# checked). The three run in turns. Prints the medians of N rounds (by default 11) of the
# time and of the CPU seconds of all processes, and their ratios to root's.
# Usage, as root: benchmarks/user.sh [N]
# Does not change the host.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
rounds=${1:-11}

source benchmarks/run_setup.sh

snapshots="/dev/shm/$(basename "$work").user"
sed 's/"user": ""/"user": "1000:1000"/' "$work/state" >"$work/state.user"
cp "$work/state" "$work/state.root"
ln -s state.root "$work/state.setpriv"

declare -A commands=(
  [nothing]='true'
  [unpack]='mkdir /tmp/a /tmp/b && cd /tmp/a && seq 3000 | split -l 1 -a 4 && tar -cf ../a.tar . && tar -xf ../a.tar -C ../b'
  [tree]='cd /tmp && for i in $(seq 40); do mkdir -p $(seq -f "m$i/node_modules/p%g/lib" 20); done && cp -r m1 n && cp -r m2 n && find . -type d | wc -l && rm -r n'
  [read]='cd /usr/share && find . -type f | xargs cat >/tmp/all && find /usr -type f | xargs stat -c %s >/tmp/sizes && grep -rl zzz /usr/share/doc; true'
  [remove]='mkdir /tmp/a && cd /tmp/a && seq 3000 | split -l 1 -a 4 && chmod -R go-r . && mv ../a ../b && rm -r ../b'
  [processes]='for i in $(seq 400); do /bin/cat /etc/passwd >/dev/null; done'
)

# run WHO WORKLOAD: adds "time cpu" in ms to $work/times.WORKLOAD.WHO.
run() {
  local quoted
  printf -v quoted '%q' "${commands[$2]}"
  case $1 in
    setpriv) printf 'RUN exec setpriv --reuid=1000 --regid=1000 --clear-groups sh -c %s\n' "$quoted" ;;
    *) printf 'RUN %s\n' "${commands[$2]}" ;;
  esac >"$work/instruction"
  TIMEFORMAT='%R %U %S'
  { time "$work/layer_run" "${run_flags[@]}" "--state=$work/state.$1" --mode=emulated \
    --snapshot_cache="$snapshots" >"$work/log" 2>&1; } 2>"$work/time" || { cat "$work/log" >&2 && exit 1; }
  awk '{ print $1 * 1000, ($2 + $3) * 1000 }' "$work/time" >>"$work/times.$2.$1"
}

# median WORKLOAD WHO COLUMN
median() { cut -d' ' -f"$3" "$work/times.$1.$2" | sort -n | sed -n "$(((rounds + 1) / 2))p"; }

echo "$(nproc) cores, load $(cut -d' ' -f1-3 /proc/loadavg); $rounds rounds; median time/CPU in ms"
run root nothing # creates the snapshot
rm "$work"/times.*
for workload in nothing unpack tree read remove processes; do
  for ((i = 0; i < rounds; i++)); do
    for who in root setpriv user; do run "$who" "$workload"; done
  done
  for who in root setpriv user; do
    printf '%-10s %-8s %6.0f / %6.0f' "$workload" "$who" "$(median "$workload" "$who" 1)" "$(median "$workload" "$who" 2)"
    awk -v a="$(median "$workload" "$who" 1)" -v b="$(median "$workload" root 1)" \
      -v c="$(median "$workload" "$who" 2)" -v d="$(median "$workload" root 2)" \
      'BEGIN { printf "   %.2f / %.2f of root\n", a / b, c / d }'
  done
done
echo "load at the end $(cut -d' ' -f1-3 /proc/loadavg)"
