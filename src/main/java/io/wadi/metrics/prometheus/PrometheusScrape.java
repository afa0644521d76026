package io.wadi.metrics.prometheus;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.wadi.metrics.DocumentFrame;
import io.wadi.metrics.DocumentMessage;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route step {@code prometheus-scrape}: scrapes the {@link PrometheusTarget} that is the body, and makes the body a {@code
 * List<Message>} of Metricbeat's documents, each with the target's host as its Kafka key, which camel-kafka sends together.
 * The last document tells how the scrape went; it is the only one where the target cannot be scraped ({@code up} is 0).
 * Documents are made as they are sent, so a scrape takes little more room than its samples.
 *
 * <p>A failure, or refused lines, are warned of when they begin, not with every scrape; {@code up} and the meters {@code
 * wadi.scrapes}, {@code wadi.scrape.rejected.lines} and {@code wadi.scrape.samples.not.finite} count them all. Thread-safe.
 */
public final class PrometheusScrape implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusScrape.class);

    private final Clock clock;
    private final DocumentFrame frame;
    private final TargetClient client;
    private final MeterRegistry meters;
    private final Map<PrometheusTarget, String> troubles = new ConcurrentHashMap<>();

    /**
     * Scrapes within limits.
     *
     * @param timeout for the whole of an answer
     * @param maxBody an exposition's size in bytes, as it comes and decompressed
     */
    public PrometheusScrape(Clock clock, Duration timeout, long maxBody, MeterRegistry meters) {
        this.clock = clock;
        this.frame = new DocumentFrame("prometheus");
        this.client = new TargetClient(timeout, maxBody);
        this.meters = meters;
    }

    @Override
    public void process(Exchange exchange) throws InterruptedException {
        PrometheusTarget target = exchange.getMessage().getBody(PrometheusTarget.class);
        List<byte[]> documents = scrape(target, exchange.getProperty(Exchange.TIMER_PERIOD, Long.class));
        exchange.getMessage().setBody(new AbstractList<Message>() {
            @Override
            public int size() {
                return documents.size();
            }

            @Override
            public Message get(int index) {
                return DocumentMessage.of(exchange.getContext(), target.host(), documents.get(index));
            }
        });
    }

    /**
     * One scrape's documents.
     *
     * @param periodMs the time between scrapes; null where it is not known
     */
    ScrapeDocuments scrape(PrometheusTarget target, Long periodMs) throws InterruptedException {
        Instant time = clock.instant();
        long begin = System.nanoTime();
        SampleGroups groups = new SampleGroups();
        String failure = "";
        try {
            client.read(target, groups);
        } catch (ScrapeException e) {
            failure = e.getMessage();
        }
        long took = System.nanoTime() - begin;
        tell(target, failure, groups);
        count(target, failure.isEmpty(), groups);
        SampleGroups whole = failure.isEmpty() ? groups : new SampleGroups();
        return new ScrapeDocuments(
                frame, new ScrapeDocuments.Scrape(target, time, took, periodMs, whole, failure.isEmpty()));
    }

    private void tell(PrometheusTarget target, String failure, SampleGroups groups) {
        boolean refused = failure.isEmpty() && groups.refusedLines() > 0;
        String trouble = refused ? "lines are refused" : failure; // their text may be another each time
        String before = Objects.requireNonNullElse(troubles.put(target, trouble), "");
        if (trouble.equals(before)) {
            return;
        }
        if (trouble.isEmpty()) {
            LOG.info("{} is scraped in whole again", target);
        } else if (refused) {
            LOG.warn(
                    "{}: {} of its lines are refused and the others taken, until this is said to be over; the first is {}",
                    target,
                    groups.refusedLines(),
                    groups.firstRefusal());
        } else {
            LOG.warn("{} {}; its up is 0 until this is said to be over", target, failure);
        }
    }

    private void count(PrometheusTarget target, boolean up, SampleGroups groups) {
        Counter.builder("wadi.scrapes")
                .description("Scrapes of Prometheus targets")
                .tag("instance", target.instance())
                .tag("outcome", up ? "done" : "failed")
                .register(meters)
                .increment();
        Counter.builder("wadi.scrape.rejected.lines")
                .description("Lines of expositions that are no samples")
                .tag("instance", target.instance())
                .register(meters)
                .increment(groups.refusedLines());
        Counter.builder("wadi.scrape.samples.not.finite")
                .description("Samples left out, since their value is NaN or infinite")
                .tag("instance", target.instance())
                .register(meters)
                .increment(groups.notFinite());
    }
}
