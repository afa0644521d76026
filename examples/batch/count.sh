#!/bin/bash
# Counts the records of a topic in HDFS, once it is proven that all records that Kafka appended before a time have
# landed. Without FILES, it also counts landed records that were appended later.
#   usage   examples/batch/count.sh TOPIC TIME [FILES]
#           FILES are below the topic's directory, by default partition=*/*.jsonl; of one hour, with
#           wadi.landing.time-buckets=hour: partition=*/date=2026-11-23/hour=09/*.jsonl
#   needs   ./wadi (or WADI), and hdfs of a Hadoop installation; the landing directory is /data (or DATA)
#   exit    0: counted; 1: not all records have landed within ten minutes; 2: completeness is unknown
#   test    BatchJobIT
set -euo pipefail
topic=$1
before=$2
files=${3:-partition=*/*.jsonl}

"${WADI:-./wadi}" complete "$topic" --before "$before" --wait 10m >&2
hdfs dfs -cat "${DATA:-/data}/$topic/$files" | wc -l
