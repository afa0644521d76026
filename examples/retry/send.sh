#!/bin/bash
# Sends each line of standard input as an event, retrying at each instance in turn until it is accepted, and prints the
# receipts. Run again with the same name after a crash, it sends the same ids: a topic with `deduplicate` has each event
# once.
#   usage   examples/retry/send.sh TOPIC NAME < events.ndjson
#   needs   curl; instances in URLS, by default http://localhost:8080
#   exit    0: all lines have a receipt, or were accepted with 202: as a dead letter, or by a topic without receipts;
#           1: an event was rejected, and the response is on standard error
#   test    DeduplicationIT, RetryExampleTest
set -uo pipefail
topic=$1
name=$2
read -ra urls <<< "${URLS:-http://localhost:8080}"

number=0
attempt=0
while IFS= read -r event || [ -n "$event" ]; do
  number=$((number + 1))
  while true; do
    url=${urls[attempt % ${#urls[@]}]}
    answer=$(printf '%s' "$event" | curl -sS --max-time 30 -w '\n%{http_code}' -H 'Content-Type: application/json' \
      -H "Idempotency-Key: $name-$number" --data-binary @- "$url/events/$topic")
    status=${answer##*$'\n'}
    case $status in
      200 | 202) echo "${answer%$'\n'*}"; break ;;
      # No response, overload, or no acknowledgment: it is unknown whether the event is stored, so it is sent again.
      000 | 408 | 429 | 5??) attempt=$((attempt + 1)); sleep 1 ;;
      *) echo "line $number: $answer" >&2; exit 1 ;;
    esac
  done
done
