package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The route step {@code host-metrics}: measures this machine and sets the body to a list of messages
 * ({@link DocumentMessage}) with the documents that Metricbeat 8.17's system module would send. There is one document
 * for each of {@code cpu}, {@code memory} and {@code load}, and one per device or interface for {@code filesystem} and
 * {@code network}. {@code system.cpu} covers the time since the previous run, so the first run has no cpu document, and
 * neither has a second run within one clock tick.
 *
 * <p>{@code agent.type} is {@code wadi}. {@code metricset.period} is the period of the route's timer, if that sets
 * {@code includeMetadata}. The machine is inspected on the first run, so a disabled route costs nothing. If a metricset
 * cannot be measured, a warning is logged and the metricset is left out.
 */
public final class HostMetrics implements Processor {
    private static final Logger LOG = LoggerFactory.getLogger(HostMetrics.class);

    private final Clock clock;
    private final DocumentFrame frame;
    private final List<String> metricsets;
    private final Supplier<Machine> finder;
    private Machine machine;
    private long[] ticks;

    /**
     * Creates the step for this machine.
     *
     * @param metricsets any of {@code cpu}, {@code memory}, {@code load}, {@code filesystem}, {@code network}
     */
    public HostMetrics(Clock clock, List<String> metricsets) {
        this(clock, metricsets, OshiMachine::new);
    }

    HostMetrics(Clock clock, List<String> metricsets, Supplier<Machine> finder) {
        this.clock = clock;
        this.frame = new DocumentFrame("system");
        this.metricsets = List.copyOf(metricsets);
        this.finder = finder;
    }

    @Override
    public void process(Exchange exchange) {
        List<byte[]> documents = measure(exchange.getProperty(Exchange.TIMER_PERIOD, Long.class));
        String host = machine.host().path("name").asText();
        exchange.getMessage()
                .setBody(documents.stream()
                        .map(document -> DocumentMessage.of(exchange.getContext(), host, document))
                        .toList());
    }

    /**
     * Measures the machine and returns its documents.
     *
     * @param periodMs the time between measurements; null if unknown
     */
    synchronized List<byte[]> measure(Long periodMs) {
        if (machine == null) {
            machine = finder.get();
        }
        List<byte[]> documents = new ArrayList<>();
        for (String metricset : metricsets) {
            try {
                long begin = System.nanoTime();
                List<ObjectNode> measured = values(metricset);
                long took = System.nanoTime() - begin;
                measured.forEach(values -> documents.add(document(metricset, values, periodMs, took)));
            } catch (RuntimeException e) {
                LOG.warn("Host metrics: measuring {} failed, retrying in the next run: {}", metricset, e.toString());
            }
        }
        return documents;
    }

    private List<ObjectNode> values(String metricset) {
        return switch (metricset) {
            case "cpu" -> cpu().stream().toList();
            case "memory" -> List.of(machine.memory().toJson());
            case "load" -> machine.load().map(LoadAverage::toJson).stream().toList();
            case "filesystem" ->
                machine.filesystems().stream().map(FilesystemUsage::toJson).toList();
            case "network" ->
                machine.networks().stream().map(NetworkTraffic::toJson).toList();
            default -> throw new IllegalArgumentException("unknown metricset");
        };
    }

    private Optional<ObjectNode> cpu() {
        long[] before = ticks;
        ticks = machine.cpuTicks();
        return before == null ? Optional.empty() : CpuUsage.between(before, ticks, machine.cores());
    }

    private byte[] document(String metricset, ObjectNode values, Long periodMs, long tookNanos) {
        ObjectNode host = machine.host();
        ObjectNode agent = frame.agent(host);
        if (metricset.equals("cpu")) {
            host.putObject("cpu").set("usage", values.at("/total/norm/pct"));
        }
        ObjectNode document = frame.document(metricset, clock.instant(), host, agent, periodMs, tookNanos);
        document.putObject("system").set(metricset, values);
        return DocumentFrame.bytes(document);
    }
}
