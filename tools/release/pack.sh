#!/usr/bin/env bash
# pack.sh OUTPUT PROGRAM...: packs programs, each NAME.stripped, as bin/NAME into
# a tar whose bytes depend on their names and contents only.
set -euo pipefail

tar --create --file="$1" --format=ustar --dereference --hard-dereference --absolute-names \
  --sort=name --owner=0 --group=0 --numeric-owner --mode=0755 --mtime=@0 \
  --transform='s,.*/\([^/]*\)\.stripped$,bin/\1,' -- "${@:2}"
