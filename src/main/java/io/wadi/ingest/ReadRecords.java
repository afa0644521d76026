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
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Reads the records of {@code POST /topics/{topic}}, with {@code /partitions/{partition}} or not: afterwards the body is a list
 * of them as events, in their order, those that cannot be taken with their problem.
 */
public final class ReadRecords implements Processor {
    /** The exchange property with how many records the body has. */
    static final String COUNT = "wadiRecords";

    private static final int UNAVAILABLE = 503;
    /** What a record takes until it is answered, besides its bytes of the body. */
    private static final long RECORD_BYTES = 128;

    private final BodyLimits limits;

    /** Takes what a body may be at most. */
    public ReadRecords(BodyLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the exchange's request, whose topic was found.
     *
     * @throws RestException 415 for another type of body, 404 for what is no partition, 400 where the body is not JSON, 422
     *     where it is no list of records, 413 where there are too many, 503 where there is no room for them
     * @throws io.wadi.ingest.event.BodyException as {@link DecodedBody} does
     */
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        RestTypes.Format format =
                RestTypes.format(request.header(RequestHeaders.CONTENT_TYPE).orElse(null));
        byte[] body = DecodedBody.of(
                exchange.getMessage().getBody(byte[].class),
                request.header(RequestHeaders.CONTENT_ENCODING).orElse(""),
                limits,
                request.lease());
        List<Event> records = RestRecords.read(body, format, partition(request, exchange));
        if (!request.lease().grow(records.size() * RECORD_BYTES)) {
            throw new RestException(
                    RestError.of(UNAVAILABLE, "there is no room for so many more records at the moment"));
        }
        exchange.setProperty(COUNT, records.size());
        exchange.getMessage().setBody(records);
    }

    private static Integer partition(IngestRequest request, Exchange exchange) {
        String segment = request.path("partition");
        if (segment == null) {
            return null;
        }
        String topic = exchange.getProperty(SendEvents.TOPIC, String.class);
        return RestRecords.partition(segment).orElseThrow(() -> new RestException(RestError.noPartition(topic)));
    }
}
