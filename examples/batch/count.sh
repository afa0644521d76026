#!/bin/bash
# Counts the records of a topic in HDFS, once it is proven that all records that Kafka appended before a time have
# landed. With wadi.landing.time-buckets, it counts only files in directories with _COMPLETE, that is, all records of
# these days or hours, and no others. Without time buckets, it also counts landed records that were appended later. It
# counts lines, so all files must have the format jsonl.
#   usage   examples/batch/count.sh TOPIC TIME [BUCKET]
#           BUCKET is the directory of a day or hour, such as date=2026-11-23/hour=09, with TIME as its end; by default,
#           all directories with _COMPLETE
#   needs   ./wadi (or WADI), and hdfs of a Hadoop installation; the landing directory is /data (or DATA)
#   exit    0: counted; 1: not all records have landed within ten minutes, or a directory of BUCKET has no _COMPLETE
#           yet, which the pipeline writes some seconds after the proof; 2: completeness is unknown, a file has another
#           format, or HDFS does not respond
#   test    BatchJobIT, BatchCountTest
set -euo pipefail
topic=$1
before=$2
bucket=${3:-}
root=${DATA:-/data}/$topic

# Prints the paths that match the patterns, which may be none; fails if HDFS does not respond.
list() {
  printf '%s\n' "$@" | xargs hdfs dfs -ls -C -d 2>/dev/null || hdfs dfs -test -d "$root" || {
    echo "$root is no directory, or HDFS does not respond." >&2
    return 2
  }
}

"${WADI:-./wadi}" complete "$topic" --before "$before" --wait 10m >&2
directories=$(list "$root/partition=*/${bucket:-date=*}")
files=$root/partition=*/$topic+*
if [ -n "$bucket$directories" ]; then
  if [ -n "$bucket" ]; then
    marks=$(list "$root/partition=*/$bucket/_COMPLETE")
    missing=$(comm -23 <(sort <<<"$directories") <(sed 's,/_COMPLETE$,,' <<<"$marks" | sort))
    if [ -z "$marks" ] || [ -n "$missing" ]; then
      echo "Without _COMPLETE: ${missing:-$root/partition=*/$bucket}" >&2
      exit 1
    fi
  else
    marks=$(list "$root/partition=*/date=*/_COMPLETE" "$root/partition=*/date=*/hour=*/_COMPLETE")
  fi
  [ -n "$marks" ] || { echo 0; exit; }
  files=$(sed "s,_COMPLETE\$,$topic+*," <<<"$marks")
fi
landed=$(list "$files")
others=$(grep -v '\.jsonl$' <<<"$landed") || others=
[ -z "$others" ] || { echo "Only files of the format jsonl can be counted, found ${others%%$'\n'*}." >&2; exit 2; }
count=$(xargs --no-run-if-empty hdfs dfs -cat <<<"$landed" | wc -l) || exit 2
echo "$count"
