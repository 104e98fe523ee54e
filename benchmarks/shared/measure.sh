# shellcheck shell=bash disable=SC1091,SC2034,SC2154,SC2164
# Sourced by run.sh: contenders that run in turns. A row file declares them, then
# calls `measure`:
#
#   row "COPY of 10 000 files"
#   contender ours ours layer_copy @flags
#   before ours change_a_file          # not timed; its argument is the round, from 0
#   contender tar bound tar -cf out .
#   measure

declare -A command_of role_of before_of note_of time_of
contenders=()

# row TITLE: begins a row of the table.
row() {
  title=$1
  contenders=()
  before_of=() note_of=()
}

# contender WHO ROLE COMMAND...: ROLE is `ours`, `peer`, or `bound`: what cannot be avoided. The
# command has no shell; what it prints is discarded.
contender() {
  contenders+=("$1")
  role_of[$1]=$2
  printf -v "command_of[$1]" '%q ' "${@:3}"
  time_of[$1]=wall
}

# reported WHO ROLE FUNCTION: FUNCTION sets $seconds, the time of a part of what it does.
reported() {
  contender "$@"
  time_of[$1]=reported
}

before() { before_of[$1]=$2; }

# noted WHO COMMAND...: adds what it prints after the last round to the table, as a note.
noted() { printf -v "note_of[$1]" '%q ' "${@:2}"; }

# has PROGRAM: whether it is installed; says so in the table if not.
has() {
  command -v "$1" >/dev/null && return
  jq -cn --arg program "$1" '{missing: $program}' >>"$work/results"
  return 1
}

# Runs $1; sets $seconds, $cpu and $memory, in MB, "null" if unknown. The log is $work/log.
run_once() {
  local start
  cpu=null memory=null
  if [[ ${time_of[$1]} == reported ]]; then
    eval "${command_of[$1]}" || return
    return
  fi
  start=${EPOCHREALTIME/./}
  if [[ -x /usr/bin/time ]]; then
    eval "/usr/bin/time -o $work/time -f '%U %S %M' ${command_of[$1]}" >"$work/log" 2>&1 || return
    seconds=$((${EPOCHREALTIME/./} - start))e-6
    read -r cpu memory < <(tail -n 1 "$work/time" | awk '{ print $1 + $2, $3 / 1000 }')
  else
    eval "${command_of[$1]}" >"$work/log" 2>&1 || return
    seconds=$((${EPOCHREALTIME/./} - start))e-6
  fi
}

# A daemon works in other processes, whose time and memory are unknown.
add_result() {
  if [[ ${client_of_daemon[$1]:-} ]]; then cpu=null memory=null; fi
  jq -cn --arg row "$row" --arg title "$title" --arg who "$1" --arg role "${role_of[$1]}" \
    "{row: \$row, title: \$title, who: \$who, role: \$role, seconds: $seconds, cpu: $cpu, memory: $memory}" \
    >>"$work/results"
}

# turn WHO ROUND: one run. A peer that fails is left out; ours ends the benchmark.
turn() {
  local status=0
  if [[ ${before_of[$1]:-} ]]; then "${before_of[$1]}" "$2" >"$work/log" 2>&1 || status=$?; fi
  if ((status == 0)); then run_once "$1" || status=$?; fi
  ((status)) || return 0
  echo "run.sh: $title: $1 failed:" >&2
  tail -n 20 "$work/log" >&2
  if [[ ${role_of[$1]} == ours ]]; then exit 1; fi
  jq -cn --arg title "$title" --arg who "$1" '{failed: $title, who: $who}' >>"$work/results"
  return 1
}

# measure [AT_MOST]: each contender once for the caches, then all in turns.
measure() {
  local i who kept=() many=$rounds
  if ((many > ${1:-many})); then many=$1; fi
  for who in "${contenders[@]}"; do
    if turn "$who" 0; then kept+=("$who"); fi
  done
  for ((i = 1; i <= many; i++)); do
    for who in "${kept[@]}"; do
      turn "$who" "$i"
      add_result "$who"
      printf '%s: %s: %s s\n' "$title" "$who" "$seconds" >&2
    done
  done
  for who in "${kept[@]}"; do
    [[ ${note_of[$who]:-} ]] || continue
    jq -cn --arg row "$row" --arg title "$title" --arg who "$who" --arg note "$(eval "${note_of[$who]}")" \
      '{row: $row, title: $title, who: $who, note: $note}' >>"$work/results"
  done
}

# fact TITLE VALUE: a figure that is counted, not timed.
fact() {
  jq -cn --arg row "$row" --arg title "$1" --arg value "$2" '{row: $row, title: $title, fact: $value}' \
    >>"$work/results"
}
