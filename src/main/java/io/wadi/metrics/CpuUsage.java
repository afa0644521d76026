package io.wadi.metrics;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import oshi.hardware.CentralProcessor.TickType;

/**
 * CPU usage between two readings of the tick counters, in the form of Metricbeat's {@code system.cpu}.
 *
 * <p>Let d(x) be the ticks that the cores spent in the state x between the readings, and D the sum over all states.
 * Then {@code x.norm.pct} is d(x) / D, {@code x.pct} is that value times the number of cores, and {@code total} is the
 * sum of all states except {@code idle} and {@code iowait}. See <a
 * href="https://www.elastic.co/docs/reference/beats/metricbeat/exported-fields-system">the system module's fields</a>
 * and {@code metric/cpu/metrics.go} of elastic-agent-system-metrics, where Metricbeat computes them. A state that the
 * operating system does not count is 0.
 */
final class CpuUsage {
    private CpuUsage() {}

    /**
     * Computes the usage of all cores.
     *
     * @param before ticks by {@link TickType#getIndex}
     * @param after later ticks, by the same index
     * @return the usage; empty if no tick was counted between the readings
     */
    static Optional<ObjectNode> between(long[] before, long[] after, int cores) {
        long[] gained = new long[after.length];
        for (int i = 0; i < after.length; i++) {
            gained[i] = Math.max(0, after[i] - before[i]); // proc(5): iowait may decrease
        }
        long all = LongStream.of(gained).sum();
        return all == 0 ? Optional.empty() : Optional.of(toJson(gained, all, cores));
    }

    private static ObjectNode toJson(long[] gained, long all, int cores) {
        ObjectNode cpu = JsonNodeFactory.instance.objectNode().put("cores", cores);
        long unused = gained[TickType.IDLE.getIndex()] + gained[TickType.IOWAIT.getIndex()];
        cpu.set("total", pct((double) (all - unused) / all, cores));
        for (TickType state : TickType.values()) {
            double share = (double) gained[state.getIndex()] / all;
            cpu.set(state.name().toLowerCase(Locale.ROOT), pct(share, cores));
        }
        return cpu;
    }

    private static ObjectNode pct(double share, int cores) {
        ObjectNode pct = JsonNodeFactory.instance.objectNode().put("pct", Percentages.rounded(share * cores));
        pct.putObject("norm").put("pct", Percentages.rounded(share));
        return pct;
    }
}
