package io.wadi.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.config.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * The route step {@code host-metrics}: measures this machine and makes the body a {@code List<byte[]>} of the documents
 * that Metricbeat 8.17's system module would send: {@code system.memory}, and {@code system.cpu} for the time since the
 * step ran last. The first run therefore has memory only, and so has one that follows so soon that no tick was counted.
 *
 * <p>Each document can be read by {@link MetricDocument}. {@code agent.type} is {@code wadi}; {@code metricset.period} is
 * the timer's, where the route starts with one that tells it ({@code includeMetadata}).
 *
 * <p>The machine is looked at on the first run, not before: constructing this costs nothing where the route is switched
 * off. What the operating system refuses to tell is thrown as OSHI throws it; the next run tries again.
 */
public final class HostMetrics implements Processor {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private final Clock clock;
    private final Supplier<Machine> finder;
    private final String run = UUID.randomUUID().toString();
    private Machine machine;
    private long[] ticks;

    public HostMetrics(Clock clock) {
        this(clock, OshiMachine::new);
    }

    HostMetrics(Clock clock, Supplier<Machine> finder) {
        this.clock = clock;
        this.finder = finder;
    }

    @Override
    public void process(Exchange exchange) {
        exchange.getMessage().setBody(measure(exchange.getProperty(Exchange.TIMER_PERIOD, Long.class)));
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
        List<byte[]> documents = new ArrayList<>(2);
        long cpuBegin = System.nanoTime();
        cpu().ifPresent(cpu -> {
            ObjectNode host = machine.host();
            host.putObject("cpu").set("usage", cpu.at("/total/norm/pct"));
            documents.add(document("cpu", cpu, host, periodMs, System.nanoTime() - cpuBegin));
        });
        long memoryBegin = System.nanoTime();
        ObjectNode memory = machine.memory().toJson();
        documents.add(document("memory", memory, machine.host(), periodMs, System.nanoTime() - memoryBegin));
        return documents;
    }

    private Optional<ObjectNode> cpu() {
        long[] before = ticks;
        ticks = machine.cpuTicks();
        return before == null ? Optional.empty() : CpuUsage.between(before, ticks, machine.cores());
    }

    private byte[] document(String metricset, ObjectNode values, ObjectNode host, Long periodMs, long tookNanos) {
        ObjectNode document = JsonNodeFactory.instance.objectNode();
        document.put("@timestamp", TIMESTAMP.format(Instant.now(clock)));
        document.putObject("@metadata").put("beat", "wadi").put("type", "_doc").put("version", Version.CURRENT);
        ObjectNode set = document.putObject("metricset").put("name", metricset);
        if (periodMs != null) {
            set.put("period", periodMs);
        }
        document.putObject("service").put("type", "system");
        document.putObject("event")
                .put("dataset", "system." + metricset)
                .put("module", "system")
                .put("duration", tookNanos);
        document.set("agent", agent(host));
        document.putObject("ecs").put("version", "8.0.0");
        document.set("host", host);
        document.putObject("system").set(metricset, values);
        return bytes(document);
    }

    private ObjectNode agent(ObjectNode host) {
        String name = host.path("name").asText();
        String seed = "wadi/" + host.path("id").asText(name);
        return JsonNodeFactory.instance
                .objectNode()
                .put("type", "wadi")
                .put("version", Version.CURRENT)
                .put("ephemeral_id", run)
                .put(
                        "id",
                        UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8))
                                .toString())
                .put("name", name);
    }

    private static byte[] bytes(ObjectNode document) {
        try {
            return JSON.writeValueAsBytes(document);
        } catch (IOException e) {
            throw new UncheckedIOException("a tree of numbers and strings always has a JSON form", e);
        }
    }
}
