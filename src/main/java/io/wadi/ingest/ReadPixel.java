package io.wadi.ingest;

import io.wadi.ingest.browser.PixelEvent;
import io.wadi.ingest.event.RequestException;
import io.wadi.ingest.request.IngestRequest;
import io.wadi.ingest.send.SendEvents;
import io.wadi.kafka.topics.Topic;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Creates the event of {@code GET /pixel.gif?…}: an object of the query's parameters, then {@code timestamp} and, if
 * present, {@code userAgent}, as in {@link ReadSelectEvent}. Sets the message body to a list with this event, and the
 * exchange property {@code topic} to the topic in the query or the default topic of pixels.
 *
 * @param clock the time zone of timestamps is the clock's
 */
public record ReadPixel(Clock clock) implements Processor {
    private static final String TOPIC = "topic";

    /**
     * Creates the event.
     *
     * @throws RequestException 400 if the query is malformed or has more than one topic
     */
    @Override
    public void process(Exchange exchange) {
        IngestRequest request = IngestRequest.of(exchange);
        List<Map.Entry<String, String>> query = request.query();
        if (query.stream().filter(parameter -> parameter.getKey().equals(TOPIC)).count() > 1) {
            throw RequestException.invalid("query parameter topic is given more than once");
        }
        Map<String, String> added = new LinkedHashMap<>();
        added.put("timestamp", ReadSelectEvent.timestamp(clock));
        request.userAgent().ifPresent(agent -> added.put("userAgent", agent));
        exchange.setProperty(SendEvents.TOPIC, request.path(TOPIC));
        exchange.setProperty(SendEvents.WAY, Topic.EventEndpoint.PIXEL);
        exchange.getMessage().setBody(List.of(PixelEvent.of(query, added)));
    }
}
