package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Generates the documents of hosts with Metricbeat, one host after another in rotation. A document is a function of its
 * number alone, so that the expected results can be computed from it.
 *
 * <p>Half of the hosts have Metricbeat 8.x, with {@code metricset} early in the document, half 9.x, with
 * {@code metricset} late. A twentieth does not report {@code norm.pct}. Incidents last 60 consecutive documents of a
 * host, which are two and a half minutes; in a twentieth of these intervals the host is over a threshold. Some
 * documents are exactly at the threshold.
 */
final class MetricFleet {
    static final int HOSTS = 1_000;

    /** The thresholds of the shipped rules, which documents must exceed. */
    static final double CPU_THRESHOLD = 0.5;

    static final double MEMORY_THRESHOLD = 0.9;

    private static final long SEED = 20_261_120;
    private static final long BEGIN_MS = Instant.parse("2026-11-20T01:00:00Z").toEpochMilli();
    private static final long PERIOD_MS = 2_500;
    private static final int INCIDENT = 60;
    private static final int OVER_PER_THOUSAND = 50;
    private static final int AT_THRESHOLD_PER_THOUSAND = 20;
    private static final int WITHOUT_NORM = 20;
    private static final List<Metricset> ORDER = List.of(
            Metricset.CPU,
            Metricset.MEMORY,
            Metricset.CPU,
            Metricset.MEMORY,
            Metricset.LOAD,
            Metricset.CPU,
            Metricset.MEMORY,
            Metricset.CPU,
            Metricset.MEMORY,
            Metricset.NETWORK);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final List<MetricHost> hosts =
            IntStream.range(0, HOSTS).mapToObj(MetricHost::of).toList();

    /** The metricset of a document. */
    enum Metricset {
        CPU,
        MEMORY,
        LOAD,
        NETWORK
    }

    static Metricset metricset(long number) {
        return ORDER.get((int) ((number / HOSTS + number % HOSTS) % ORDER.size()));
    }

    /** Returns whether a document raises an alert. */
    static boolean isOver(long number) {
        Metricset metricset = metricset(number);
        if (metricset != Metricset.CPU && metricset != Metricset.MEMORY) {
            return false;
        }
        long host = number % HOSTS;
        // The hosts' incidents begin at different times.
        long time = (number / HOSTS + host * 7) / INCIDENT;
        long seed = SEED + (time * HOSTS + host) * 2 + (metricset == Metricset.CPU ? 0 : 1);
        return new SplittableRandom(seed).nextInt(1_000) < OVER_PER_THOUSAND;
    }

    /** Returns the host's name, the record's key. */
    byte[] key(long number) {
        return host(number).name().getBytes(US_ASCII);
    }

    private MetricHost host(long number) {
        return hosts.get((int) (number % HOSTS));
    }

    /** Returns {@code @timestamp}. */
    static String time(long number) {
        return TIME.format(Instant.ofEpochMilli(BEGIN_MS + number / HOSTS * PERIOD_MS + number % HOSTS));
    }

    /** Returns the number of a host's document at a time; -1 if there is none. */
    static long number(String host, String time) {
        long ms = Instant.parse(time).toEpochMilli() - BEGIN_MS;
        long number = ms / PERIOD_MS * HOSTS + ms % PERIOD_MS;
        return ms < 0 || ms % PERIOD_MS >= HOSTS || !host.equals(MetricHost.name((int) (number % HOSTS))) ? -1 : number;
    }

    /** Returns the document, 1.5 to 2 KB. */
    byte[] document(long number) {
        MetricHost host = host(number);
        SplittableRandom random = new SplittableRandom(SEED + number);
        String name = name(metricset(number));
        int share = share(number, random);
        String hostObject = "\"host\":" + host.object(cpuUsage(number, share)) + "}";
        String system = "\"system\":{\"" + name + "\":" + system(number, share, random) + "}";
        String metricset =
                "\"metricset\":{\"name\":\"" + name + "\",\"period\":10000},\"service\":{\"type\":\"system\"}";
        String event = "\"event\":{\"dataset\":\"system." + name + "\",\"module\":\"system\",\"duration\":"
                + random.nextInt(100_000, 10_000_000) + "}";
        String begin = "{\"@timestamp\":\"" + time(number) + "\"," + host.metadata() + ",";
        String document = host.isNine()
                ? String.join(",", begin + host.agent(), hostObject, system, host.cloud(), event, metricset)
                : String.join(",", begin + metricset, event, host.agent(), hostObject, host.cloud(), system);
        return (document + "}").getBytes(US_ASCII);
    }

    /** Returns the alert on a document: its host object with its time as {@code timestamp}. */
    byte[] alert(long number) {
        int share = share(number, new SplittableRandom(SEED + number));
        String host = host(number).object(cpuUsage(number, share));
        return (host + ",\"timestamp\":\"" + time(number) + "\"}").getBytes(US_ASCII);
    }

    /** Returns the used share, in ten-thousandths. */
    private static int share(long number, SplittableRandom random) {
        int threshold = metricset(number) == Metricset.MEMORY ? 9_000 : 5_000;
        if (isOver(number)) {
            return random.nextInt(threshold + 1, 10_000);
        }
        return random.nextInt(1_000) < AT_THRESHOLD_PER_THOUSAND ? threshold : random.nextInt(200, threshold);
    }

    /** Returns the field {@code cpu.usage} of {@code host} in ECS, for documents about the CPU; empty for others. */
    private static String cpuUsage(long number, int share) {
        return metricset(number) == Metricset.CPU ? ",\"cpu\":{\"usage\":" + decimal(share) + "}" : "";
    }

    private String system(long number, int share, SplittableRandom random) {
        MetricHost host = host(number);
        return switch (metricset(number)) {
            case CPU -> cpu(host.cores(), share, number % WITHOUT_NORM != 0);
            case MEMORY -> memory(host.memory(), share);
            case LOAD -> load(host.cores(), random);
            case NETWORK -> network(random);
        };
    }

    private static String cpu(int cores, int share, boolean hasNorm) {
        StringBuilder cpu = new StringBuilder("{\"cores\":").append(cores);
        usage(cpu, "total", share, cores, hasNorm);
        usage(cpu, "user", share * 7 / 10, cores, hasNorm);
        usage(cpu, "system", share / 4, cores, hasNorm);
        usage(cpu, "idle", 10_000 - share, cores, hasNorm);
        usage(cpu, "iowait", 0, cores, hasNorm);
        usage(cpu, "nice", 0, cores, hasNorm);
        usage(cpu, "irq", 0, cores, hasNorm);
        usage(cpu, "softirq", share / 20, cores, hasNorm);
        usage(cpu, "steal", 0, cores, hasNorm);
        return cpu.append('}').toString();
    }

    private static void usage(StringBuilder cpu, String name, int share, int cores, boolean hasNorm) {
        cpu.append(",\"").append(name).append("\":{\"pct\":").append(decimal((long) share * cores));
        cpu.append(hasNorm ? ",\"norm\":{\"pct\":" + decimal(share) + "}}" : "}");
    }

    private static String memory(long total, int share) {
        long used = total / 10_000 * share;
        long cached = (total - used) / 4;
        return ("{\"total\":%d,\"free\":%d,\"cached\":%d,\"used\":{\"bytes\":%d,\"pct\":%s},"
                        + "\"actual\":{\"free\":%d,\"used\":{\"bytes\":%d,\"pct\":%s}},"
                        + "\"swap\":{\"total\":2147483648,\"free\":2147483648,\"used\":{\"bytes\":0,\"pct\":0}}}")
                .formatted(
                        total,
                        total - used - cached,
                        cached,
                        used + cached,
                        decimal((used + cached) * 10_000 / total),
                        total - used,
                        used,
                        decimal(share));
    }

    private static String load(int cores, SplittableRandom random) {
        int load = random.nextInt(100, 40_000);
        return "{\"1\":%s,\"5\":%s,\"15\":%s,\"norm\":{\"1\":%s,\"5\":%s,\"15\":%s},\"cores\":%d}"
                .formatted(
                        decimal(load),
                        decimal(load / 2),
                        decimal(load / 3),
                        decimal(load / cores),
                        decimal(load / 2 / cores),
                        decimal(load / 3 / cores),
                        cores);
    }

    private static String network(SplittableRandom random) {
        return ("{\"name\":\"eth0\",\"in\":{\"bytes\":%d,\"packets\":%d,\"errors\":0,\"dropped\":0},"
                        + "\"out\":{\"bytes\":%d,\"packets\":%d,\"errors\":0,\"dropped\":0}}")
                .formatted(
                        random.nextLong(1L << 40),
                        random.nextLong(1L << 32),
                        random.nextLong(1L << 40),
                        random.nextLong(1L << 32));
    }

    private static String name(Metricset metricset) {
        return switch (metricset) {
            case CPU -> "cpu";
            case MEMORY -> "memory";
            case LOAD -> "load";
            case NETWORK -> "network";
        };
    }

    private static String decimal(long tenThousandths) {
        String digits = Long.toString(10_000 + tenThousandths % 10_000);
        return tenThousandths / 10_000 + "." + digits.substring(1);
    }
}
