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
 * A route step that scrapes the {@link PrometheusTarget} in the body and sets the body to a {@code List<Message>} of
 * documents in Metricbeat's form, which camel-kafka sends together. The Kafka key of each is the target's host. The
 * last document reports the outcome; after a failed scrape it is the only one ({@code up} is 0). Documents are created
 * as they are sent, so a scrape needs little more memory than its samples.
 *
 * <p>Only the beginning and the end of a series of failures, or of invalid lines, is logged; {@code up} and the meters
 * {@code wadi.scrapes}, {@code wadi.scrape.rejected.lines} and {@code wadi.scrape.samples.not.finite} count all of
 * them. Thread-safe.
 */
public final class PrometheusScrape implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(PrometheusScrape.class);

    private final Clock clock;
    private final DocumentFrame frame;
    private final TargetClient client;
    private final MeterRegistry meters;
    private final Map<PrometheusTarget, String> problems = new ConcurrentHashMap<>();

    /**
     * Creates the step with its limits.
     *
     * @param timeout maximum time of a complete response
     * @param maxBody maximum size of an exposition in bytes, both compressed and decompressed
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
     * Scrapes a target and returns the documents.
     *
     * @param periodMs the time between scrapes; null if unknown
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
            groups = new SampleGroups(); // without the samples before the failure
        }
        long took = System.nanoTime() - begin;
        logChange(target, failure, groups);
        count(target, failure.isEmpty(), groups);
        return new ScrapeDocuments(
                frame, new ScrapeDocuments.Scrape(target, time, took, periodMs, groups, failure.isEmpty()));
    }

    private void logChange(PrometheusTarget target, String failure, SampleGroups groups) {
        boolean refused = groups.refusedLines() > 0;
        String problem = refused ? "invalid lines" : failure; // the count and first line may change with each scrape
        String before = Objects.requireNonNullElse(problems.put(target, problem), "");
        if (problem.equals(before)) {
            return;
        }
        if (problem.isEmpty()) {
            LOG.info("Target {}: recovered", target);
        } else if (refused) {
            LOG.warn(
                    "Target {}: rejecting {} invalid lines and keeping the others, until recovery is logged; the first"
                            + " is {}",
                    target,
                    groups.refusedLines(),
                    groups.firstRefusal());
        } else {
            LOG.warn("Target {} {}; up is 0 until recovery is logged", target, failure);
        }
    }

    private void count(PrometheusTarget target, boolean up, SampleGroups groups) {
        Counter.builder("wadi.scrapes")
                .description("Scrapes of Prometheus targets")
                .tag("target", target.instance())
                .tag("outcome", up ? "done" : "failed")
                .register(meters)
                .increment();
        Counter.builder("wadi.scrape.rejected.lines")
                .description("Invalid lines in expositions")
                .tag("target", target.instance())
                .register(meters)
                .increment(groups.refusedLines());
        Counter.builder("wadi.scrape.samples.not.finite")
                .description("Samples left out because their value is NaN or infinite")
                .tag("target", target.instance())
                .register(meters)
                .increment(groups.notFinite());
    }
}
