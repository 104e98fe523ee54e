#!/usr/bin/env bash
# `bazel run :image.run`: containers as `docker run` runs them. The program in
# them is the probe (lib/sandbox/testing/probe.cc), which prints what it finds.
source e2e/support/nested/nested.sh

new_workspace //app:Dockerfile
mkdir app
cp "$RUNFILES/lib/sandbox/testing/probe" app/
cat >app/BUILD.bazel <<'END'
load("@dockerfiles//app:Dockerfile.bzl", "dockerfile_image")

dockerfile_image(
    name = "image",
    srcs = ["passwd", "probe"],
    context_paths = {"//prebuilt:box": "bin/sh"},
)
END
echo 'app:x:1000:100::/home/app:/bin/sh' >app/passwd
cat >app/Dockerfile <<'END'
FROM scratch
COPY passwd /etc/passwd
COPY probe /bin/probe
COPY bin/sh /bin/sh
ENV PATH=/bin A=image
WORKDIR /work
RUN echo base > /base
STOPSIGNAL SIGUSR1
ENTRYPOINT ["/bin/probe"]
CMD ["cwd", ";", "cat", "/base"]
END
build //app:image.run || {
  cat build.log
  exit 1
}
export run=$WORKSPACE/bazel-bin/app/image.run

# Prints the output of a container with the arguments, and its exit code.
container() {
  local code=0
  "$run" "$@" 2>&1 || code=$?
  ((code == 0)) || echo "exit code $code"
}

expect_equal "bazel run starts it" \
  "$(nested_bazel run //app:image.run -- -e A=b cwd ';' env 2>/dev/null)" \
  $'cwd /work\nPATH=/bin\nHOSTNAME='"$(uname -n)"$'\nA=b\nHOME=/'
expect_equal "ENTRYPOINT and CMD" "$(container)" $'cwd /work\nbase'
expect_equal "arguments replace CMD" "$(container pid)" "pid 1"
expect_equal "--entrypoint replaces both" \
  "$(container --entrypoint /bin/sh -- -c 'cat /base')" "base"
expect_equal "--entrypoint without arguments" \
  "$(container --entrypoint '' 2>&1)" \
  $'image_run: no command specified\nexit code 125'

expect_equal "an exit code" "$(container exit 42)" "exit code 42"
expect_equal "exit by a signal" "$(container kill 11)" "exit code 139"
expect_equal "a command that does not exist" "$(container --entrypoint nosuch)" \
  $'image_run: exec: "nosuch": executable file not found in $PATH\nexit code 127'
expect_equal "a command that is not executable" "$(container --entrypoint /base)" \
  $'image_run: exec: "/base": permission denied\nexit code 126'
expect_equal "an unknown option" "$(container --gpus=all)" \
  $'image_run: unknown option "--gpus": see --help\nexit code 125'

expect_equal "-e" "$(B=caller container -e B -e A -e C=d=e -e HOME=/h env)" \
  $'PATH=/bin\nHOSTNAME='"$(uname -n)"$'\nB=caller\nC=d=e\nHOME=/h'
expect_equal "-w and -u" "$(container -w /new -u app cwd ';' ids ';' stat /new)" \
  $'cwd /new\nuid 1000 1000 1000 gid 100 100 100 groups 100\n/new d0755 0:0'
expect_equal "a user that does not exist" "$(container -u nosuch pid)" \
  $'image_run: unable to find user nosuch: no matching entries in passwd file\nexit code 125'
mkdir volume
echo volume >volume/file
expect_equal "-v" \
  "$(container -v ./volume:/v -v "$PWD/volume/file:/r/f:ro" cat /v/file ';' cat /r/f ';' write /v/new new ';' write /r/f no)" \
  $'volume\nvolume\nwrite /r/f: EROFS'
expect_equal "-v, on the host" "$(cat volume/new)" "new"
expect_equal "-v of a path that does not exist" "$(container -v ./nosuch:/v pid)" \
  "image_run: cannot open \"$WORKSPACE/nosuch\": No such file or directory"$'\nexit code 125'
expect_equal "--network none" "$(container --network none interfaces ';' host)" \
  $'interfaces lo=up\nhost container'
expect_equal "the host's network" "$(container cat /etc/resolv.conf)" "$(cat /etc/resolv.conf)"
expect_equal "-i" "$(echo text | container -i line)" "line text"
expect_equal "no -i" "$(echo text | container stdin)" "stdin 0"

expect_equal "changes are discarded" "$(container write /base changed && container cat /base)" "base"
kept() { "$run" "$@" 2>/dev/null || echo "exit code $?"; }
kept --keep="$PWD/kept" write /base kept ';' rm /etc/passwd ';' exit 3 >code
expect_equal "--keep has the command's exit code" "$(cat code)" "exit code 3"
expect_equal "--keep resumes" "$(kept --keep=kept cat /base ';' list /etc)" \
  $'kept/etc: hostname hosts resolv.conf'
expect_equal "--keep prints the directory" "$(container --keep=kept pid)" \
  $'pid 1\nimage_run: changes saved; resume with --keep='"$PWD/kept"

# Two containers in parallel, each with separate files.
mkfifo first second
container -i write /mine one ';' line ';' cat /mine <first >one.log &
container -i write /mine two ';' line ';' cat /mine <second >two.log &
exec 7>first 8>second
echo go >&7
echo go >&8
exec 7>&- 8>&-
wait
expect_equal "several in parallel" "$(cat one.log two.log)" $'line go\noneline go\ntwo'

# within_a_minute COMMAND...: waits until it succeeds.
within_a_minute() {
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    "$@" && return
    sleep 0.1
  done
  return 1
}

# Starts a container in the background, with process id $started, and waits until it
# prints "waiting".
started=
start() {
  : >output
  "$run" "$@" >output 2>&1 &
  started=$!
  within_a_minute grep -q waiting output || {
    echo "FAILED: the container does not start" >&2
    cat output >&2
    exit 1
  }
}

# Appends its exit code to its output.
end() {
  local code=0
  wait "$started" || code=$?
  echo "exit code $code" >>output
}

start signal 10
kill -TERM "$started"
end
expect_equal "SIGTERM is the image's STOPSIGNAL" "$(cat output)" \
  $'waiting\nsignal 10\nexit code 0'
start signal 1
kill -HUP "$started"
end
expect_equal "SIGHUP is passed on" "$(cat output)" $'waiting\nsignal 1\nexit code 0'
start signal 2 ';' signal 1 # deaf to SIGUSR1
# Two that are pending at a time are one.
none_is_pending() { grep -Eq '^ShdPnd:\s0+$' "/proc/$started/status"; }
for _ in 1 2 3; do
  kill -TERM "$started"
  within_a_minute none_is_pending
done
end
expect_equal "the third SIGTERM kills the container" "$(tail -1 output)" "exit code 137"

# Prints what runs in the container that has this test's mark.
mark=MARK=$$.$RANDOM
marked() { grep -lsxzF "$mark" /proc/[0-9]*/environ | xargs -r dirname | sed 's,$,/exe,' | xargs -r readlink; }
none_is_marked() { [[ -z $(marked) ]]; }
start -e "$mark" signal 1
expect_equal "a process is there" "$(marked)" /bin/probe
kill -KILL "$started"
wait "$started" 2>/dev/null || true
within_a_minute none_is_marked || true
expect_equal "no process is left when the tool is killed" "$(marked)" ""

# script(1) provides a terminal, and prints what is written to it.
raw_terminal() {
  script --quiet --return --echo never --command "stty rows 33 cols 99; $1" /dev/null
}
terminal() { raw_terminal "$1" | tr -d '\r'; }
if command -v script >/dev/null; then
  expect_equal "-t" "$(terminal '$run -t terminal' </dev/null)" \
    $'0 /dev/pts/0 33x99\n1 /dev/pts/0 33x99\n2 /dev/pts/0 33x99\nleads 1 controls 1'
  expect_equal "no -t" "$(terminal '$run terminal' </dev/null)" \
    $'0 none 0x0\n1 none 0x0\n2 none 0x0\nleads 1 controls 0'
  : >shown
  shows() { (($(grep -c "$1" shown) >= $2)); }
  {
    within_a_minute shows '^line ' 1
    echo typed
    within_a_minute shows typed 2
  } | raw_terminal '$run -it line' >shown
  expect_equal "-it forwards input" "$(tr -d '\r' <shown)" $'line typed\ntyped'
  expect_equal "-it restores the terminal" \
    "$(terminal 'stty -g >before; $run -it pid >/dev/null; stty -g >after; cmp before after && echo same' </dev/null)" \
    "same"
  declare -f within_a_minute >killed.sh
  cat >>killed.sh <<'END'
stty -g >before
is_restored() { stty -g | cmp -s - before; }
is_changed() { ! is_restored; }
"$run" -it signal 1 <&0 &
within_a_minute is_changed && echo "it changes"
kill -9 $!
within_a_minute is_restored && echo "it is restored"
END
  expect_equal "-it restores it when killed, too" \
    "$(terminal 'bash killed.sh 2>errors' </dev/null | grep -v waiting)" \
    $'it changes\nit is restored'
else
  echo "skipped: no script(1)"
fi
expect_equal "-it without a terminal" "$(container -it pid </dev/null)" \
  $'image_run: option -t: standard input is not a terminal; use only -i\nexit code 125'
