package io.wadi.metrics.alerts.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.metrics.alerts.Alert;
import io.wadi.metrics.alerts.AlertEvaluator;
import io.wadi.metrics.alerts.AlertRules;
import io.wadi.metrics.alerts.DocumentOutcome;
import io.wadi.metrics.alerts.flow.ActiveRules.Rules;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The alerts of one partition number. Used on its task's thread only. */
final class AlertProcessor implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Logger LOG = LoggerFactory.getLogger(AlertProcessor.class);

    /**
     * How often it looks up from the documents. Each look also has Kafka Streams commit where it stands, be there documents
     * or not: {@link NoDataMonitor} goes by that.
     */
    static final Duration EVERY = Duration.ofMillis(500);

    /** After a start a host has so long before it may be forgotten, however long nobody could hear it. */
    private static final long HEARD_BEFORE_FORGETTING_MS =
            Duration.ofMinutes(10).toMillis();

    private final AlertsTopology.Options options;
    private final ActiveRules rulesInForce;
    private final NoDataClocks silence;
    private final AlertMeters meters;
    private final DeadLetterSender letters;
    private final Clock clock;
    private ProcessorContext<byte[], byte[]> context;
    private KeyValueStore<String, byte[]> store;
    private Rules rules;
    private AlertEvaluator alerts;
    private TaskClock time;
    private AlertMeters.OfTask counts;
    /** What restoring has changed, which cannot be told before it is over. */
    private final List<Alert> untold = new ArrayList<>();

    private final Set<String> unwritten = new LinkedHashSet<>();

    AlertProcessor(
            AlertsTopology.Options options,
            ActiveRules rulesInForce,
            NoDataClocks silence,
            AlertMeters meters,
            DeadLetterSender letters,
            Clock clock) {
        this.options = options;
        this.rulesInForce = rulesInForce;
        this.silence = silence;
        this.meters = meters;
        this.letters = letters;
        this.clock = clock;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> newContext) {
        context = newContext;
        store = context.getStateStore(AlertsTopology.STORE);
        rules = rulesInForce.get();
        alerts = new AlertEvaluator(AlertRules.parse(rules.yaml()), options.mostHosts());
        try (KeyValueIterator<String, byte[]> hosts = store.all()) {
            hosts.forEachRemaining(this::restore);
        }
        time = silence.begin(context.taskId().toString());
        time.saw(alerts.newest());
        counts = meters.ofTask(context.taskId().toString());
        context.schedule(EVERY, PunctuationType.WALL_CLOCK_TIME, now -> lookUp());
    }

    /** The rules may be others than those that the state was written by. */
    private void restore(KeyValue<String, byte[]> host) {
        try {
            alerts.restore(host.key, host.value, 0, untold::add);
        } catch (IllegalArgumentException e) {
            LOG.error("The state of host \"{}\" cannot be read, it begins anew: {}", host.key, e.getMessage());
        }
        if (!Arrays.equals(host.value, alerts.state(host.key).orElse(null))) {
            unwritten.add(host.key);
        }
    }

    @Override
    public void process(Record<byte[], byte[]> document) {
        settle();
        byte[] value = document.value() == null ? new byte[0] : document.value();
        DocumentOutcome outcome =
                alerts.accept(value, clock.millis() + options.clockSkew().toMillis());
        counts.document(outcome);
        outcome.alerts().forEach(this::tell);
        outcome.deadLetter().ifPresent(why -> refuse(document, why));
        if (outcome.host() != null) {
            write(outcome.host());
            time.saw(alerts.newest());
        }
    }

    private void lookUp() {
        settle();
        NoDataClocks.Proof proof = time.proof();
        Set<String> changed = new LinkedHashSet<>();
        alerts.advanceTo(proof.time(), proof.heardMs(), change -> {
            tell(change);
            changed.add(change.host());
        });
        long forgetMs = options.forgetAfter().toMillis();
        if (proof.heardMs() >= Math.min(forgetMs, HEARD_BEFORE_FORGETTING_MS)) {
            for (String host : alerts.silentSince(proof.time() - forgetMs)) {
                alerts.forget(host, proof.time(), this::tell);
                changed.add(host);
            }
        }
        changed.forEach(this::write);
        counts.standing(alerts.hosts(), alerts.active());
    }

    /** Tells what restoring has changed, and takes new rules over. */
    private void settle() {
        if (!untold.isEmpty() || !unwritten.isEmpty()) {
            untold.forEach(this::tell);
            unwritten.forEach(this::write);
            untold.clear();
            unwritten.clear();
        }
        Rules now = rulesInForce.get();
        if (!now.equals(rules)) {
            alerts.reload(AlertRules.parse(now.yaml()), alerts.newest(), this::tell);
            rules = now;
            List<String> hosts = new ArrayList<>();
            try (KeyValueIterator<String, byte[]> all = store.all()) {
                all.forEachRemaining(each -> hosts.add(each.key));
            }
            hosts.forEach(this::write);
        }
    }

    private void tell(Alert change) {
        counts.change(change);
        byte[] key = (change.rule() + (change.kind() == Alert.Kind.NO_DATA ? ":no-data@" : "@") + change.host())
                .getBytes(UTF_8);
        context.forward(new Record<>(key, change.toJson(), clock.millis()), AlertsTopology.CHANGES);
    }

    /** Null where the host is not known any more. */
    private void write(String host) {
        store.put(host, alerts.state(host).orElse(null));
    }

    private void refuse(Record<byte[], byte[]> document, String why) {
        RecordMetadata at = context.recordMetadata().orElseThrow();
        ProducerRecord<Object, Object> letter = letters.letter(
                new ConsumerRecord<>(
                        at.topic(),
                        at.partition(),
                        at.offset(),
                        document.timestamp(),
                        TimestampType.CREATE_TIME,
                        -1,
                        -1,
                        document.key(),
                        document.value(),
                        document.headers(),
                        Optional.empty()),
                AlertsTopology.NAME,
                new RejectedDocumentException(why));
        context.forward(
                new Record<>((byte[]) letter.key(), (byte[]) letter.value(), clock.millis(), letter.headers()),
                AlertsTopology.LETTERS);
    }

    @Override
    public void close() {
        if (time != null) {
            silence.end(time);
        }
        if (counts != null) {
            counts.end();
        }
    }
}
