package io.wadi.extension.mirror;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.wadi.extension.mirror.MirrorReport.FlowState;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The probe of a mirror's health check, which also sets its gauges. */
final class MirrorProbe implements Prober.Probe {
    private static final double MS_PER_SECOND = 1000.0;

    private final MirrorMonitor monitor;
    private final Duration heartbeatTimeout;
    private final Duration maxLag;
    private final MultiGauge records;
    private final MultiGauge seconds;
    private final MultiGauge heartbeats;

    MirrorProbe(MirrorFile file, Duration heartbeatTimeout, Duration maxLag, MeterRegistry meters) {
        monitor = new MirrorMonitor(file, Clock.systemUTC());
        this.heartbeatTimeout = heartbeatTimeout;
        this.maxLag = maxLag;
        records = MultiGauge.builder("wadi.mirror.lag.records")
                .description("Records of a topic not yet copied to the target cluster")
                .register(meters);
        seconds = MultiGauge.builder("wadi.mirror.lag.seconds")
                .description("Age of a topic's first record not yet copied")
                .register(meters);
        heartbeats = MultiGauge.builder("wadi.mirror.heartbeat.age.seconds")
                .description("Age of the last heartbeat that arrived at the target cluster")
                .register(meters);
    }

    @Override
    public CheckResult check() throws InterruptedException {
        MirrorReport report = monitor.measure();
        setGauges(report);
        List<String> faults =
                report.flows().stream().flatMap(each -> faults(each).stream()).toList();
        return faults.isEmpty()
                ? CheckResult.proof(report.flows().stream().map(MirrorText::of).collect(Collectors.joining("; ")))
                : CheckResult.fault(String.join("; ", faults));
    }

    private List<String> faults(FlowState state) {
        List<String> faults = new ArrayList<>(state.problems());
        if (!faults.isEmpty() && state.partitions().isEmpty()) {
            return faults;
        }
        if (state.exceeds(heartbeatTimeout, maxLag)) {
            faults.add(MirrorText.of(state));
        }
        return faults;
    }

    private void setGauges(MirrorReport report) {
        List<Row<?>> ofRecords = new ArrayList<>();
        List<Row<?>> ofSeconds = new ArrayList<>();
        List<Row<?>> ofHeartbeats = new ArrayList<>();
        for (FlowState state : report.flows()) {
            Tags flow = Tags.of(
                    "source", state.flow().from(), "target", state.flow().to());
            state.byTopic().forEach((topic, ofTopic) -> {
                Tags tags = flow.and("topic", topic);
                ofRecords.add(Row.of(tags, ofTopic.lag()));
                if (ofTopic.lagMs() != null) {
                    ofSeconds.add(Row.of(tags, ofTopic.lagMs() / MS_PER_SECOND));
                }
            });
            if (state.heartbeatAgeMs() != null) {
                ofHeartbeats.add(Row.of(flow, state.heartbeatAgeMs() / MS_PER_SECOND));
            }
        }
        records.register(ofRecords, true);
        seconds.register(ofSeconds, true);
        heartbeats.register(ofHeartbeats, true);
    }

    @Override
    public void close() {
        monitor.close();
    }
}
