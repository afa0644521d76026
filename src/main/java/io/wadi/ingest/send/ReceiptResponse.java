package io.wadi.ingest.send;

import com.fasterxml.jackson.core.JsonGenerator;
import io.wadi.ingest.event.Problem;
import io.wadi.ingest.request.StreamedJson;
import io.wadi.kafka.PartitionOrder;
import java.io.IOException;
import java.util.Comparator;
import java.util.Iterator;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/** The response to a request with events, written from its {@link ReceiptLog}, which must not change meanwhile. */
abstract class ReceiptResponse extends StreamedJson {
    final ReceiptLog log;
    private final String error;

    ReceiptResponse(ReceiptLog log, String error) {
        this.log = log;
        this.error = error;
    }

    /** Returns the number of events that were not accepted. */
    final int notAccepted() {
        return log.failed() + log.open();
    }

    final void begin(JsonGenerator json) throws IOException {
        json.writeStartObject();
        if (error != null) {
            json.writeStringField("error", error);
        } else if (notAccepted() > 0) {
            json.writeStringField("error", "%d of %d events were not accepted".formatted(notAccepted(), log.events()));
        }
    }

    /** Writes why an event failed or is a dead letter, as fields of the current object. */
    final void writeReason(JsonGenerator json, int event) throws IOException {
        Problem reason = log.reason(event);
        json.writeStringField(log.placeOf(event) < 0 ? "error" : "invalid", reason.text());
        if (!reason.pointer().isEmpty()) {
            json.writeStringField("pointer", reason.pointer());
        }
        RecordMetadata first = log.firstWithSameId(event);
        if (first != null) {
            json.writeObjectFieldStart("first");
            json.writeStringField("topic", first.topic());
            json.writeNumberField("partition", first.partition());
            json.writeNumberField("offset", first.offset());
            json.writeEndObject();
        }
    }

    static final class Complete extends ReceiptResponse {
        private final OffsetRuns.Reader[] offsets;
        private int next = -1;

        Complete(ReceiptLog log, String error) {
            super(log, error);
            offsets = log.places().stream().map(place -> place.offsets.reader()).toArray(OffsetRuns.Reader[]::new);
        }

        @Override
        protected boolean write(JsonGenerator json) throws IOException {
            if (next < 0) {
                begin(json);
                json.writeArrayFieldStart("receipts");
            } else if (next < log.events()) {
                writeReceipt(json, next);
            } else {
                json.writeEndArray();
                json.writeEndObject();
                return false;
            }
            next++;
            return true;
        }

        private void writeReceipt(JsonGenerator json, int event) throws IOException {
            int place = log.placeOf(event);
            json.writeStartObject();
            if (place >= 0) {
                TopicPartition partition = log.places().get(place).partition;
                json.writeStringField("topic", partition.topic());
                json.writeNumberField("partition", partition.partition());
                json.writeNumberField("offset", offsets[place].nextOffset());
            }
            if (place < 0 || log.isInvalid(event)) {
                writeReason(json, event);
            }
            json.writeEndObject();
        }
    }

    static final class Minimal extends ReceiptResponse {
        private final Iterator<ReceiptLog.Place> sorted;
        private final Iterator<Integer> problems;
        private OffsetRuns.Reader ranges;
        private boolean begun;
        private boolean atProblems;

        Minimal(ReceiptLog log, String error) {
            super(log, error);
            sorted = log.places().stream()
                    .sorted(Comparator.comparing(place -> place.partition, PartitionOrder.BY_NAME))
                    .iterator();
            problems = log.eventsWithReasons();
        }

        @Override
        protected boolean write(JsonGenerator json) throws IOException {
            if (!begun) {
                begun = true;
                begin(json);
                if (!log.areDurable()) {
                    json.writeStringField("receipts", "none");
                }
                json.writeNumberField("events", log.events());
                json.writeNumberField("failed", notAccepted());
                atProblems = !log.areDurable();
                json.writeArrayFieldStart(log.areDurable() ? "offsets" : "problems");
                return true;
            }
            return ranges != null ? writeRange(json) : sorted.hasNext() ? writePlace(json) : writeProblem(json);
        }

        private boolean writePlace(JsonGenerator json) throws IOException {
            ReceiptLog.Place place = sorted.next();
            json.writeStartObject();
            json.writeStringField("topic", place.partition.topic());
            json.writeNumberField("partition", place.partition.partition());
            json.writeArrayFieldStart("ranges");
            ranges = place.offsets.reader();
            return true;
        }

        private boolean writeRange(JsonGenerator json) throws IOException {
            if (ranges.nextRun()) {
                json.writeStartArray();
                json.writeNumber(ranges.first());
                json.writeNumber(ranges.last());
                json.writeEndArray();
            } else {
                json.writeEndArray();
                json.writeEndObject();
                ranges = null;
            }
            return true;
        }

        private boolean writeProblem(JsonGenerator json) throws IOException {
            if (!atProblems) {
                atProblems = true;
                json.writeEndArray();
                json.writeArrayFieldStart("problems");
            } else if (problems.hasNext()) {
                int event = problems.next();
                json.writeStartObject();
                json.writeNumberField("index", event);
                writeReason(json, event);
                json.writeEndObject();
            } else {
                json.writeEndArray();
                json.writeEndObject();
                return false;
            }
            return true;
        }
    }
}
