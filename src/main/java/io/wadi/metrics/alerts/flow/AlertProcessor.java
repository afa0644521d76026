package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.streams.RejectedRecord;
import io.wadi.kafka.streams.StreamsReset;
import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.AlertEvaluator;
import io.wadi.metrics.alerts.AlertRules;
import io.wadi.metrics.alerts.DocumentOutcome;
import io.wadi.metrics.alerts.flow.ActiveRules.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * A processor that evaluates the alert rules for one partition number. Not thread-safe: used by its task's thread only.
 */
final class AlertProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    /**
     * The interval of checks. A punctuation also makes Kafka Streams commit without new records, on which
     * {@link NoDataMonitor} depends.
     */
    static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    /**
     * How long Kafka must have been available, after a start or an outage, before the state of hosts is removed: they
     * have this time to send documents again.
     */
    private static final long MIN_AVAILABLE_BEFORE_EXPIRY_MS =
            Duration.ofMinutes(10).toMillis();

    /** The maximum number of hosts that one check removes, so that its records fit into a transaction. */
    private static final int MAX_EXPIRED = 500;

    private final AlertsTopology flow;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private Rules rules;
    private AlertEvaluator alerts;
    private TaskClock time;
    private AlertMeters.TaskMeters counts;
    /**
     * Changes made while restoring; they are emitted later, because records cannot be forwarded before init() has
     * returned. Kafka Streams initializes the same processor again after a failed commit.
     */
    private final List<Alert> pendingChanges = new ArrayList<>();

    private final Set<String> pendingHosts = new LinkedHashSet<>();

    AlertProcessor(AlertsTopology flow) {
        this.flow = flow;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        pendingChanges.clear();
        pendingHosts.clear();
        context = newContext;
        store = context.getStateStore(AlertsTopology.STORE);
        rules = flow.rules().get();
        alerts = new AlertEvaluator(
                AlertRules.parse(rules.yaml()), flow.options().maxHosts());
        try (KeyValueIterator<String, byte[]> hosts = store.all()) {
            hosts.forEachRemaining(this::restore);
        }
        time = flow.noDataClocks().begin(context.taskId().toString());
        time.observe(alerts.newest());
        counts = flow.meters().forTask(context.taskId().toString());
        context.schedule(CHECK_INTERVAL, PunctuationType.WALL_CLOCK_TIME, now -> check());
    }

    /**
     * Restores the state of a host, which may have been written under different rules. Fails if the state cannot be
     * read: without it, alerts that fire would never be resolved, and hosts that send nothing would be unknown.
     */
    private void restore(KeyValue<String, byte[]> host) {
        try {
            // A no-data alert fires by this clock: with the time of the last document, it would end before it fired.
            alerts.restore(host.key, host.value, flow.clock().millis(), pendingChanges::add);
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException(
                    ("Alert state of host \"%s\" in %s cannot be read: %s. Start the version of Wadi that wrote it; or"
                                    + " stop Wadi and delete this topic and the group %s, so that all alerts start over")
                            .formatted(
                                    host.key,
                                    StreamsReset.changelog(context.applicationId(), AlertsTopology.STORE),
                                    e.getMessage(),
                                    context.applicationId()));
        }
        if (!Arrays.equals(host.value, alerts.state(host.key).orElse(null))) {
            pendingHosts.add(host.key);
        }
    }

    @Override
    public void process(Record<byte[], byte[]> document) {
        flushPending();
        byte[] value = document.value() == null ? new byte[0] : document.value();
        DocumentOutcome outcome = alerts.accept(
                value, flow.clock().millis() + flow.options().clockSkew().toMillis());
        counts.document(outcome);
        outcome.alerts().forEach(this::emit);
        outcome.deadLetter().ifPresent(why -> sendDeadLetter(document, why));
        if (outcome.host() != null) {
            write(outcome.host());
            time.observe(alerts.newest());
        }
    }

    private void check() {
        flushPending();
        NoDataClocks.Progress progress = time.progress();
        Set<String> changed = new LinkedHashSet<>();
        alerts.advanceTo(progress.time(), progress.availableMs(), change -> {
            emit(change);
            changed.add(change.host());
        });
        long ttlMs = flow.options().hostTtl().toMillis();
        if (progress.availableMs() >= Math.min(ttlMs, MIN_AVAILABLE_BEFORE_EXPIRY_MS)) {
            alerts.withoutDocumentSince(progress.time() - ttlMs).stream()
                    .limit(MAX_EXPIRED)
                    .forEach(host -> {
                        remove(host, progress.time());
                        changed.add(host);
                    });
        }
        changed.forEach(this::write);
        counts.update(alerts.hosts(), alerts.active());
    }

    /** Resolves a host's alerts, and has compaction remove their records, which nothing else would ever replace. */
    private void remove(String host, long time) {
        List<byte[]> keys = new ArrayList<>();
        alerts.visitAlerts(host, (rule, kind) -> keys.add(key(rule, kind, host)));
        alerts.remove(host, time, this::emit);
        keys.forEach(key -> forward(key, null));
    }

    /** Forwards the changes made while restoring and applies reloaded rules. */
    private void flushPending() {
        if (!pendingChanges.isEmpty() || !pendingHosts.isEmpty()) {
            pendingChanges.forEach(this::emit);
            pendingHosts.forEach(this::write);
            pendingChanges.clear();
            pendingHosts.clear();
        }
        Rules now = flow.rules().get();
        if (!now.equals(rules)) {
            long changedAt = Math.max(alerts.newest(), time.progress().time());
            alerts.reload(AlertRules.parse(now.yaml()), changedAt, this::emit);
            rules = now;
            List<String> hosts = new ArrayList<>();
            try (KeyValueIterator<String, byte[]> all = store.all()) {
                all.forEachRemaining(each -> hosts.add(each.key));
            }
            hosts.forEach(this::write);
        }
    }

    private void emit(Alert change) {
        counts.change(change);
        forward(key(change.rule(), change.kind(), change.host()), change.toJson());
    }

    private static byte[] key(String rule, Alert.Kind kind, String host) {
        return (rule + (kind == Alert.Kind.NO_DATA ? ":no-data@" : "@") + host).getBytes(UTF_8);
    }

    private void forward(byte[] key, byte[] value) {
        context.forward(new Record<>(key, value, flow.clock().millis()), AlertsTopology.CHANGES);
    }

    /** Stores the state of a host, or a tombstone if the host was removed. */
    private void write(String host) {
        store.put(host, alerts.state(host).orElse(null));
    }

    private void sendDeadLetter(Record<byte[], byte[]> document, String why) {
        RejectedRecord.write(
                flow.deadLetters(),
                AlertsTopology.NAME,
                context,
                document,
                new RejectedDocumentException(why),
                deadLetter -> context.forward(deadLetter, AlertsTopology.DEAD_LETTERS));
    }

    @Override
    public void close() {
        if (time != null) {
            flow.noDataClocks().end(time);
        }
        if (counts != null) {
            counts.end();
        }
    }
}
