package io.wadi.ingest;

import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.HttpResponses;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.topics.Topic;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Creates the web event of {@code GET /api/select?color=…&user=…} as the message body: {@code timestamp}, {@code
 * userAgent}, {@code colorName}, {@code userName}, in this order. Rejects a request with 400 if a value is missing.
 *
 * @param clock the time zone of timestamps is the clock's
 */
public record ReadSelectEvent(Clock clock) implements Processor {
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSZ", Locale.ROOT);

    static String timestamp(Clock clock) {
        return ZonedDateTime.now(clock).format(TIMESTAMP);
    }

    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        Map<String, String> event = new LinkedHashMap<>();
        event.put("timestamp", timestamp(clock));
        event.put(
                "userAgent",
                request.userAgent()
                        .orElseThrow(() -> RequestException.invalid("request header User-Agent is missing")));
        event.put("colorName", request.query("color"));
        event.put("userName", request.query("user"));
        exchange.setProperty(SendEvents.WAY, Topic.EventEndpoint.SELECT);
        exchange.getMessage().setBody(HttpResponses.json(event));
    }
}
