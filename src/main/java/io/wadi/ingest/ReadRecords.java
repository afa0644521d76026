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
 * Reads the records of {@code POST /topics/{topic}}, with or without {@code /partitions/{partition}}, into a list of
 * events, in order, invalid ones with their problem.
 */
public final class ReadRecords implements Processor {
    /** The exchange property with the number of records in the body. */
    static final String COUNT = "wadiRecords";

    private final BodyLimits limits;

    public ReadRecords(BodyLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads the exchange's request, after {@link FindRestTopic}.
     *
     * @throws RestException 415 for an unsupported media type, 404 for an invalid partition, 400 for malformed JSON, 422 if the
     *     body is not a list of records, 413 for too many records, 503 if there is no memory for them
     * @throws io.wadi.ingest.event.RequestException as {@link DecodedBody} and {@link RestRecords} do
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
        List<Event> records = RestRecords.read(body, format, partition(request, exchange), request.lease());
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
