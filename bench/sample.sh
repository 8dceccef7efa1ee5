#!/usr/bin/env bash
# Job: the most memory of its own (RssAnon, in kB) that a process was seen with.
# Caller: bench/rehydra.sql: sample.sh PID PEAK_FILE STOP_FILE.
# Promise: looks every 10 ms until STOP_FILE is there, writes one number to PEAK_FILE.
set -euo pipefail
pid=$1 peak_file=$2 stop_file=$3
peak=0
exec {clock}<> <(:)
while [ ! -e "$stop_file" ] && [ -r "/proc/$pid/status" ]; do
  while read -r name kilobytes _; do
    if [ "$name" = RssAnon: ]; then
      if [ "$kilobytes" -gt "$peak" ]; then peak=$kilobytes; fi
      break
    fi
  done <"/proc/$pid/status" || break
  read -r -t 0.01 -u "$clock" || true
done
echo "$peak" >"$peak_file.new"
mv "$peak_file.new" "$peak_file"
