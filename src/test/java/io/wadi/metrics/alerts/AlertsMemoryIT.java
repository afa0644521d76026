package io.wadi.metrics.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.local.ChildJvm;
import io.wadi.testing.CommandProcess;
import io.wadi.testing.Heap;
import io.wadi.testing.Nightly;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** 10,000 hosts and 20 rules, in a JVM of 64 MiB. */
@Nightly(
        perChange = {
            "AlertEvaluatorTest#hostBeyondTheLimit_isRejected_untilAnotherIsRemoved",
            "StateBytesTest#state_isCompact"
        })
class AlertsMemoryIT {
    private static final int HOSTS = 10_000;
    private static final int RULES = 20;
    private static final long MOST_MIB = 32;

    @Test
    void tenThousandHostsAndTwentyRules_needLittleMemory() throws IOException, InterruptedException {
        CommandProcess ended = CommandProcess.end(
                new ProcessBuilder(ChildJvm.plain(AlertsMemoryIT.class.getName(), List.of("-Xmx64m"), List.of()))
                        .redirectErrorStream(true));

        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(Long.parseLong(ended.out().strip())).as("MiB in use").isBetween(1L, MOST_MIB);
    }

    /** Prints the used heap in MiB when all hosts are known, all rules fire and all no-data alerts are reported. */
    public static void main(String[] args) {
        StringBuilder yaml = new StringBuilder("rules:\n");
        for (int i = 0; i < RULES; i++) {
            yaml.append("  - {alert: rule %d, metricset: load, value: system.load.1, above: %d, no-data-after: 1m}\n"
                    .formatted(i, i));
        }
        AlertEvaluator alerts = new AlertEvaluator(AlertRules.parse(yaml.toString()), HOSTS);
        long fired = 0;
        for (int host = 0; host < HOSTS; host++) {
            fired += alerts.accept(Documents.load("host-" + host, 1_795_000_000_000L, 100), Long.MAX_VALUE)
                    .alerts()
                    .size();
        }
        long[] noData = new long[1];
        alerts.advanceTo(1_795_000_060_001L, Long.MAX_VALUE, alert -> noData[0]++);
        alerts.reload(AlertRules.parse(yaml.toString()), 1_795_000_060_001L, alert -> noData[0]++);
        if (fired != HOSTS * RULES || noData[0] != HOSTS * RULES) {
            throw new IllegalStateException("fired " + fired + ", silent " + noData[0]);
        }
        System.out.println(Heap.used() >> 20);
        if (alerts.hosts() != HOSTS) {
            throw new IllegalStateException("hosts " + alerts.hosts());
        }
    }
}
