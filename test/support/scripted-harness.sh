#!/bin/bash
# A harness that does what its words say, one after the other; see scripted-harness.ts.
set -u

while [ $# -gt 0 ]; do
  step=$1
  shift
  case $step in
    print) printf '%s\n' "$1"; shift ;;
    raw) printf '%b' "$1"; shift ;;
    complain) printf '%s\n' "$1" >&2; shift ;;
    prompt) if [ -n "${FORGE_PROMPT_CONTENT-}" ]; then printf '%s' "$FORGE_PROMPT_CONTENT"; else cat; fi ;;
    show) printenv "$1" || echo "no $1"; shift ;;
    bytes) head -c "$1" /dev/zero | tr '\0' x; shift ;;
    mark) echo "${FORGE_RUN_ID-}" >>"$1"; shift ;;
    await) until [ -e "$1" ]; do sleep 0.01; done; shift ;;
    sleep) sleep "$1"; shift ;;
    hang) sleep 1000 & wait ;;
    ignore-term) trap '' TERM INT HUP ;;
    fork) sleep 1000 >/dev/null 2>&1 & ;;
    fork-stubborn) (trap '' TERM INT HUP; exec sleep 1000 >/dev/null 2>&1) & ;;
    double-fork) (setsid bash -c 'trap "" TERM INT HUP; sleep 1000 & wait; sleep 1000' >/dev/null 2>&1 </dev/null & ) ;;
    hold-output) sleep 1000 & ;;
    exit) exit "$1" ;;
    die) kill "-$1" $$; sleep 1 ;;
    *) echo "scripted-harness: unknown step $step" >&2; exit 64 ;;
  esac
done
