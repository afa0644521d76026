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
 * The route step {@code host-metrics}: measures this machine and makes the body a list of {@link DocumentMessage}s, the documents
 * that Metricbeat 8.17's system module would send, metricset by metricset: {@code cpu}, {@code memory} and {@code load}
 * one each, {@code filesystem} and {@code network} one for each device and interface. {@code system.cpu} is of the time
 * since the step ran last; the first run therefore has none, nor has one that follows so soon that no tick was counted.
 *
 * <p>Each document can be read by {@link MetricDocument}. {@code agent.type} is {@code wadi}; {@code metricset.period} is
 * the timer's, where the route starts with one that tells it ({@code includeMetadata}).
 *
 * <p>The machine is looked at on the first run, not before: constructing this costs nothing where the route is switched
 * off. A metricset that the operating system refuses to tell is missing from the run, with a warning; the next run tries
 * again.
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
     * Measures this machine.
     *
     * @param metricsets what of it: {@code cpu}, {@code memory}, {@code load}, {@code filesystem}, {@code network}
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
     * This moment's documents.
     *
     * @param periodMs the time between measurements; null where it is not known
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
                LOG.warn(
                        "This machine's {} could not be measured, the next run tries again: {}",
                        metricset,
                        e.toString());
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
            default -> throw new IllegalArgumentException("there is no such metricset");
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
