# From the results of all measurements to the table as JSON. ratio: the median over the
# rounds of (ours / this), each round's own, since they ran in turns.
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
  else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def known: map(select(. != null));
def in_order(f): reduce .[] as $x ([]; if any(.[]; . == ($x | f)) then . else . + [$x | f] end);

def group($all; $title): [$all[] | select(.title == $title)] as $here
  | [$here[] | select(.seconds)] as $runs
  | [$runs[] | select(.role == "ours")] as $our_runs
  | ($our_runs[0].who // "") as $us
  | [$our_runs[] | select(.who == $us) | .seconds] as $ours
  | ($runs | in_order(.who))[] as $who
  | [$runs[] | select(.who == $who)] as $its
  | ([$its[] | .seconds]) as $seconds
  | {
      row: $its[0].row, title: $title, who: $who, role: $its[0].role, rounds: ($seconds | length),
      median: ($seconds | median), minimum: ($seconds | min),
      cpu: ([$its[] | .cpu] | known | median), memory: ([$its[] | .memory] | known | max),
      ratio: (if $who == $us or ($ours | length) != ($seconds | length) then null
        else [range($ours | length) | $ours[.] / ([$seconds[.], 0.0001] | max)] | median end),
      note: ([$here[] | select(.note and .who == $who) | .note][0])
    };

. as $all
| {
    machine: $machine[0],
    missing: ([$all[] | .missing // empty] | unique),
    failed: [$all[] | select(.failed) | {title: .failed, who}],
    rows: [([$all[] | select(.seconds)] | in_order(.title))[] as $title | group($all; $title)],
    facts: [$all[] | select(.fact) | {row, title, value: .fact}]
  }
