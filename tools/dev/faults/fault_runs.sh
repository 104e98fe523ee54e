#!/usr/bin/env bash
# What the tools do when they are killed or asked to end, when a system call
# fails, when a disk or the memory is full: an output is complete or missing, a
# failure leaves no other file, nothing goes on running, and nothing ends by
# SIGABRT or SIGSEGV. What a server received is complete or missing, too.
#   fault_runs.sh KILLS CALLS [CASE…]
# KILLS: how many runs are killed, over all cases: in the first round by SIGKILL
# at any time, in the second by SIGTERM during any call, and so on; CALLS: in how
# many runs of each case a call fails, spread over all its calls; 0: in each,
# once, and SIGTERM comes during each, once.
set -euo pipefail

# The full disk is a separate file system, which only this script sees.
if [[ -z ${FAULT_MOUNTS:-} ]]; then
  export FAULT_MOUNTS=yes
  for namespaces in --mount "--user --map-root-user --mount"; do
    # shellcheck disable=SC2086
    if unshare $namespaces mount -t tmpfs none /mnt 2>/dev/null; then
      exec unshare $namespaces "$BASH" "$0" "$@"
    fi
  done
  FAULT_MOUNTS=no
  echo "left out: a disk that is full, as nothing can be mounted here"
fi

kills=$1
calls=$2
shift 2
bin=$PWD
work=${TEST_TMPDIR:-$(mktemp -d)}/faults
in=$work/in
disk=$work/disk
out=$disk/out
temporary=$disk/tmp
failures=0
runs=0
RANDOM=${FAULT_SEED:-1}

# shellcheck source=fault_cases.sh
source "$bin/tools/dev/faults/fault_cases.sh"
# shellcheck source=case_inputs.sh
source "$bin/tools/dev/faults/case_inputs.sh"

# stop CASE FAULT WHAT: no judgement is possible.
stop() {
  echo "FAILED: $1 under $2: $3"
  tail -5 "$work/stderr"
  exit 1
}

# run CASE FAULT: runs it, and sets exit_code, signal, orphans, calls…
# FAULT: as the program `fault` has it, or space:KIB, a disk of that size.
run() {
  local fault=$2
  if mountpoint -q "$disk"; then umount "$disk"; fi
  rm -rf "$disk"
  mkdir "$disk"
  if [[ $fault == space:* ]]; then
    mount -t tmpfs -o "size=${fault#space:}k" none "$disk"
    fault=none
  fi
  mkdir -p "$out" "$temporary"
  if speaks "$1"; then ask /forget; fi
  if declare -F "before_$1" >/dev/null; then "before_$1"; fi
  "case_$1"
  runs=$((runs + 1))
  local code=0
  TMPDIR=$temporary TEST_TMPDIR=$temporary timeout 60 "$bin/tools/dev/faults/fault" \
    --fault="$fault" --result_out="$work/result" -- "${command[@]}" \
    >"$work/stdout" 2>"$work/stderr" </dev/null || code=$?
  case $code in
  0) ;;
  124) stop "$1" "$2" "it does not end" ;;
  *) stop "$1" "$2" "cannot be run: exit code $code" ;;
  esac
  if speaks "$1"; then ask /state >"$work/served"; fi
  read -r exit_code signal orphans calls _ duration \
    < <(sed -n '1s/[a-z]*=//gp' "$work/result")
  failed=$(sed -n 2p "$work/result")
}

# complain CASE FAULT WHAT
complain() {
  failures=$((failures + 1))
  echo "FAILED: $1 under $2${failed:+ ($failed)}: $3"
  sed 's/^/    /' "$work/stderr" | head -5
}

# text CASE FILE: what it printed. A push that lost the answer for a blob asks
# again, and then finds the blob there.
text() {
  if [[ $1 == push && -n $failed ]]; then
    sed -E 's/ (sent|already there)$/ there/; /^[0-9]+ bytes sent, /d' "$2"
  else
    cat "$2"
  fi
}

# judge CASE FAULT: compares the outputs with those of a run without fault.
judge() {
  local file name
  if [[ $signal != 0 && $2 != kill:* && $2/$signal != ask*:*/15 ]]; then
    complain "$1" "$2" "it ended by signal $signal"
  fi
  [[ $orphans == 0 ]] || complain "$1" "$2" "$orphans processes are left"
  # A file of messages has the limit of all files.
  if [[ $exit_code != 0 && $signal == 0 && ! -s $work/stderr &&
    $failed != write* && $2 != size:* && $2 != ask*:* ]]; then
    complain "$1" "$2" "it failed without a message"
  fi
  if [[ $2 == memory:* && $exit_code != 0 && $(wc -l <"$work/stderr") != 1 ]]; then
    complain "$1" "$2" "the message is not of one line"
  fi
  while IFS= read -r -d '' file; do
    name=${file#"$out/"}
    if [[ -e $in/$1/$name ]]; then
      same "$file" "$in/$1/$name" || complain "$1" "$2" "wrong output $name"
    elif [[ $signal != 9 || $name != *.tmp.* && $name != *.root* && $name != *.archive* ]]; then
      complain "$1" "$2" "litter $name"
    fi
  done < <(find "$out" ! -type d -print0)
  if [[ $signal != 9 && -n $(ls "$temporary") ]]; then
    complain "$1" "$2" "litter in \$TMPDIR"
  fi
  # All that a server has is right, whatever happened.
  if speaks "$1" && comm -23 "$work/served" "$in/$1.served" | grep -q .; then
    complain "$1" "$2" "the server was sent something else"
  fi
  [[ $exit_code == 0 ]] || return 0
  if speaks "$1" && ! cmp -s "$work/served" "$in/$1.served"; then
    complain "$1" "$2" "the server was not sent all"
  fi
  diff -r -I "$recorded" "$out" "$in/$1" >/dev/null || complain "$1" "$2" "a missing output"
  cmp -s <(text "$1" "$work/stdout") <(text "$1" "$in/$1.stdout") ||
    complain "$1" "$2" "wrong text"
}

# learn CASE: the outputs, calls and time of a run without fault.
declare -A call_count run_time
learn() {
  local traced
  traced=$(call_kind "$1"):0
  run "$1" none
  if [[ $exit_code != 0 ]]; then
    complain "$1" none "exit $exit_code"
    exit 1
  fi
  cp -r "$out" "$in/$1"
  cp "$work/stdout" "$in/$1.stdout"
  if speaks "$1"; then cp "$work/served" "$in/$1.served"; fi
  run_time[$1]=$duration
  run "$1" "$traced"
  judge "$1" "$traced"
  call_count[$1]=$calls
}

# call_kind CASE: the calls that are counted.
call_kind() {
  if is_sandboxed "$1"; then echo call-alone; else echo call; fi
}

fail_calls() {
  local total=${call_count[$1]} step=1 n kind
  kind=$(call_kind "$1")
  ((calls_wanted == 0 || total <= calls_wanted)) || step=$((total / calls_wanted))
  for ((n = 1 + RANDOM % step; n <= total; n += step)); do
    run "$1" "$kind:$n"
    judge "$1" "$kind:$n"
    ((calls_wanted == 0)) || continue
    run "$1" "ask-$kind:$n"
    judge "$1" "ask-$kind:$n"
  done
}

fill_up() {
  local size
  for size in 0 1 512 4096 100000 700000; do
    run "$1" "size:$size"
    judge "$1" "size:$size"
  done
  if [[ $FAULT_MOUNTS == yes ]]; then
    for size in 4 8 64 256 1024; do
      run "$1" "space:$size"
      judge "$1" "space:$size"
    done
  fi
  if is_sandboxed "$1"; then return; fi
  # AddressSanitizer's shadow alone is larger.
  if grep -qa __asan_init "${command[0]}"; then return; fi
  local program
  program=$(stat -L -c %s "${command[0]}")
  for size in 8 12 16 20 24 32 48 64 96 128; do
    # The kernel starts no program that does not fit.
    ((size << 20 > program)) || continue
    run "$1" "memory:$((size << 20))"
    judge "$1" "memory:$((size << 20))"
  done
}

rm -rf "$work"
mkdir -p "$work"
mkdir "$in"
start_server
make_inputs
calls_wanted=$calls
for name in "${cases[@]}"; do learn "$name"; done
chosen=("${cases[@]}")
(($# == 0)) || chosen=("$@")
for name in "${chosen[@]}"; do
  before=$failures
  fail_calls "$name"
  fill_up "$name"
  echo "$name: ${call_count[$name]} calls, ${run_time[$name]} us, $((failures - before)) failures"
done
for ((i = 0; i < kills; i++)); do
  name=${chosen[$((i % ${#chosen[@]}))]}
  number=$((RANDOM * 32768 + RANDOM))
  fault=kill:$((number % (run_time[$name] + 1)))
  if ((i / ${#chosen[@]} % 2 == 1)); then
    fault=ask-$(call_kind "$name"):$((1 + number % call_count[$name]))
  fi
  run "$name" "$fault"
  judge "$name" "$fault"
done
echo "$runs runs, $kills of them killed: $failures failures"
((failures == 0))
