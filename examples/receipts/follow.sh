#!/bin/bash
# Sends the event on standard input, waits until its record has arrived, and prints the file and the document.
#   usage   echo '{"colorName":"red"}' | examples/receipts/follow.sh TOPIC
#   needs   curl; an instance at URL, by default http://localhost:8080
#   exit    0: the record is in a file and in a document; otherwise the reason is on standard error
#   test    ReceiptsIT, FollowExampleTest
set -euo pipefail
topic=$1
url=${URL:-http://localhost:8080}

# Sent once: examples/retry/send.sh is a client that sends an event again.
answer=$(curl -sS -H 'Content-Type: application/json' --data-binary @- "$url/events/$topic")
receipt='"topic":"([^"]+)","partition":([0-9]+),"offset":([0-9]+)'
# An event that the topic's schema rejects may have the receipt of a dead letter, which is a record of another topic.
if ! [[ $answer =~ $receipt ]] || [ "${BASH_REMATCH[1]}" != "$topic" ]; then
  echo "$answer" >&2
  exit 1
fi
path=$topic/${BASH_REMATCH[2]}/${BASH_REMATCH[3]}

state='"state":"pending"'
while [[ $state == *'"state":"pending"'* ]]; do
  # --retry repeats the request after 408, 429 and 503, after Retry-After.
  state=$(curl -sSf --retry 9 "$url/receipts/$path?wait=60s")
done

file='"file":"([^"]+)"'
document='"index":"([^"]+)","id":"([^"]+)"'
if [[ $state =~ $file ]] && echo "file      ${BASH_REMATCH[1]}" && [[ $state =~ $document ]]; then
  echo "document  ${BASH_REMATCH[1]}/_doc/${BASH_REMATCH[2]}"
else
  echo "$state" >&2
  exit 1
fi
