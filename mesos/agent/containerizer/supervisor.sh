#!/bin/sh
# Starts containers and outlives the agent that asked for them: one small forked shell waits for each.
#
#   usage: sh supervisor.sh RUNTIME_DIRECTORY BOOT_ID   (requests on standard input, until its end)
#
# Contract, version 1. Whatever honours it can replace this file.
#   request   `launch ID NONCE` starts the container that RUNTIME/ID/spec describes; `forget ID...` deletes RUNTIME/ID;
#             `reap` waits for ended supervisors.
#   spec      a shell script that turns the shell that sources it into the task, by exec.
#   pid       `1 PID START SUPERVISOR BOOT NONCE`, made exclusively before the task may run: only who made it runs the task, and an
#             agent that makes it first has cancelled the start for ever. START is field 22 of /proc/PID/stat.
#   exit      `1 exit CODE` or `1 signal NUMBER [core]`, made once after the end. pid and exit are valid once they end in a newline.
#   .events   a named pipe: `pid ID PID START SUPERVISOR` and `exit ID ...` are written to it after the files. Only a hint: it may get lost.
runtime=$1
boot=$2

# Sets pid, start and ppid of the shell that calls it.
identify() {
  if [ -r /proc/self/stat ]; then
    read -r pid comm state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime cutime cstime prio nice \
      threads itreal start rest </proc/self/stat
  else
    pid=$(exec sh -c 'echo "$PPID"')
    ppid=$(ps -o ppid= -p "$pid" | tr -d ' ')
    set -- $(ps -o lstart= -p "$pid")
    start=$1_$2_$3_$4_$5
  fi
}

become() {
  identify
  set -C
  echo "1 $pid $start $ppid $boot $nonce" 2>/dev/null >"$dir/pid" || exit 0
  set +C
  echo "pid $id $pid $start $ppid" 1<>"$runtime/.events"
  . "$dir/spec"
}

supervise() {
  dir=$runtime/$id
  # What the shell itself says, of this attempt alone: another supervisor, asked for the same start, may be at work.
  exec </dev/null >/dev/null 2>"$dir/shell.$nonce"
  # Caught, not ignored: the task starts with the defaults.
  trap : HUP TERM
  # In the foreground: then the shell names the signal that ended the task, and exit code 137 and SIGKILL can be told apart.
  (become)
  status=$?
  read -r version owner start ppid boot made_by <"$dir/pid" && [ "$made_by" = "$nonce" ] || exit 0
  ended="exit $status"
  if [ "$status" -gt 128 ]; then
    signal=
    read -r signal <"$dir/shell.$nonce"
    case $status-$signal in
    *"core dumped"*) ended="signal $((status - 128)) core" ;;
    # Shells keep silent about SIGINT and SIGPIPE.
    130-* | 141-* | *-?*) ended="signal $((status - 128))" ;;
    esac
  fi
  echo "1 $ended" >"$dir/exit"
  echo "exit $id $ended" 1<>"$runtime/.events"
}

deleting=
count=0
while read -r verb id nonce; do
  case $verb in
  launch)
    supervise &
    count=$((count + 1))
    ;;
  forget)
    (cd "$runtime" && exec rm -rf -- $id $nonce) </dev/null &
    deleting=$!
    count=$((count + 1))
    ;;
  reap) count=32 ;;
  esac
  if [ "$count" -ge 32 ]; then
    count=0
    jobs >/dev/null
  fi
done
# An agent that closes down finds nothing half deleted.
[ -z "$deleting" ] || wait "$deleting" 2>/dev/null
