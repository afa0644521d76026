package io.wadi.ingest;

import io.wadi.ingest.event.Event;
import io.wadi.ingest.json.BodyLimits;
import io.wadi.ingest.json.DecodedBody;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.request.RequestHeaders;
import io.wadi.ingest.rest.RestError;
import io.wadi.ingest.rest.RestException;
import io.wadi.ingest.rest.RestRecords;
import io.wadi.ingest.rest.RestTypes;
import io.wadi.ingest.send.SendEvents;
import java.util.BitSet;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * Reads the records of {@code POST /topics/{topic}}, with or without {@code /partitions/{partition}}, into a list of
 * events, in order, invalid ones with their problem. A long body is decoded and read in several turns on the event
 * loop, so that other requests have theirs.
 *
 * <p>The exchange fails with a {@link RestException}: 415 for an unsupported media type, 404 for an invalid partition,
 * 400 for malformed JSON, 422 if the body is not a list of records, 413 for too many records, 503 if there is no memory
 * for them. It fails with a {@link io.wadi.ingest.event.RequestException} as {@link DecodedBody} and
 * {@link RestRecords} describe.
 */
public final class ReadRecords extends AsyncProcessorSupport {
    /** The exchange property with the number of records in the body. */
    static final String COUNT = "wadiRecords";
    /** The exchange property with the indexes of the records that are rejected before their values are validated. */
    static final String REJECTED = "wadiRejectedRecords";
    /** The bytes of a record in a body besides its value: key, headers, names. */
    private static final int RECORD_BYTES = 64 << 10;

    private final BodyLimits limits;
    private final int maxRecord;

    /** Creates the step; a value in base64 takes a third more than its bytes, and whitespace counts too. */
    public ReadRecords(BodyLimits limits) {
        this.limits = limits;
        this.maxRecord = 2 * limits.maxEvent() + RECORD_BYTES;
    }

    /** Reads the exchange's request, after {@link FindRestTopic}. */
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
            Reading reading = new Reading(exchange);
            if (reading.readOn()) {
                callback.done(true);
                return true;
            }
            reading.continueLater(callback);
            return false;
        } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
            exchange.setException(e);
            callback.done(true);
            return true;
        }
    }

    private static BitSet rejected(List<Event> records) {
        BitSet rejected = new BitSet();
        for (int i = 0; i < records.size(); i++) {
            rejected.set(i, records.get(i).problem() != null);
        }
        return rejected;
    }

    private static Integer partition(IngestRequest request, Exchange exchange) {
        String segment = request.path("partition");
        if (segment == null) {
            return null;
        }
        String topic = exchange.getProperty(SendEvents.TOPIC, String.class);
        return RestRecords.partition(segment).orElseThrow(() -> new RestException(RestError.noPartition(topic)));
    }

    private final class Reading {
        private final Exchange exchange;
        private final IngestRequest request;
        private final RestTypes.Format format;
        private final Integer partition;
        private final DecodedBody body;
        /** Null until the body is decoded. */
        private RestRecords records;

        Reading(Exchange exchange) {
            this.exchange = exchange;
            this.request = IngestRequest.of(exchange);
            this.format =
                    RestTypes.format(request.header(RequestHeaders.CONTENT_TYPE).orElse(null));
            this.partition = partition(request, exchange);
            this.body = new DecodedBody(
                    exchange.getMessage().getBody(byte[].class),
                    request.header(RequestHeaders.CONTENT_ENCODING).orElse(""),
                    limits,
                    request.lease());
        }

        /** Reads until the end, a failure or the end of the turn; returns whether the exchange is complete. */
        boolean readOn() {
            boolean isComplete = true;
            try {
                isComplete = read();
            } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
                exchange.setException(e);
            } finally {
                if (isComplete) {
                    close();
                }
            }
            return isComplete;
        }

        private boolean read() {
            if (records == null) {
                byte[] decoded = body.decode(request::isTurnOver);
                if (decoded == null) {
                    return false;
                }
                body.close();
                records = new RestRecords(decoded, format, partition, maxRecord, request.lease());
            }
            List<Event> read = records.read(request::isTurnOver);
            if (read == null) {
                return false;
            }
            exchange.setProperty(COUNT, read.size());
            exchange.setProperty(REJECTED, rejected(read));
            exchange.getMessage().setBody(read);
            return true;
        }

        private void close() {
            body.close();
            if (records != null) {
                records.close();
            }
        }

        void continueLater(AsyncCallback callback) {
            request.inLaterTurn(() -> {
                if (readOn()) {
                    callback.done(false);
                } else {
                    continueLater(callback);
                }
            });
        }
    }
}
