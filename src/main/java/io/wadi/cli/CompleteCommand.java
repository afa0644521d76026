package io.wadi.cli;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.completeness.Completeness;
import io.wadi.completeness.CompletenessSettings;
import io.wadi.completeness.Watermark;
import io.wadi.indexing.IndexedTarget;
import io.wadi.indexing.IndexingSettings;
import io.wadi.kafka.Causes;
import io.wadi.kafka.targets.RecordTarget;
import io.wadi.landing.LandingSettings;
import io.wadi.runtime.config.Setting;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.WadiSettings;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code wadi complete}: proves that all records of a topic before a time have arrived, for jobs that depend on them.
 */
@Command(
        description = {
            "Proves that every record that Kafka appended to a topic before a time has arrived.",
            "For topics without append times, it proves this for all records at the start of the command."
        },
        exitCodeList = {"0:proven for each checked target", "1:not yet", "2:unknown, or the arguments are invalid"})
final class CompleteCommand extends OperatorCommand {
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

    /** The targets to check for completeness. */
    enum Target {
        LANDED,
        INDEXED,
        /** All targets for which the settings name the topic. */
        ALL
    }

    @Parameters(paramLabel = "TOPIC", description = "The topic.")
    private String topic;

    @Option(
            names = "--before",
            paramLabel = "TIME",
            required = true,
            converter = OptionValues.Time.class,
            description = "The time, such as 2026-11-23T10:00Z, or a duration before now, such as 1h.")
    private Instant before;

    @Option(
            names = "--target",
            paramLabel = "TARGET",
            converter = TargetName.class,
            description = {
                "landed (default), indexed, or all for which the settings name the topic.",
                "Standard error lists the targets that all does not check."
            })
    private Target target = Target.LANDED;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            converter = OptionValues.Wait.class,
            description = "How long to wait for the proof, such as 10m.")
    private Duration wait = Duration.ZERO;

    @Option(names = "--accept-expired", description = "Ignores records that Kafka deleted before they arrived.")
    private boolean acceptExpired;

    @Option(names = "--json", description = "Prints one JSON object at the end.")
    private boolean json;

    @Mixin
    private PipelineOptions pipeline;

    /** The targets for which the settings do not name the topic, if all are to be checked. */
    private final List<String> notChecked = new ArrayList<>();
    /** The last message of each target. */
    private final Map<String, String> reported = new HashMap<>();

    CompleteCommand(Terminal terminal) {
        super(terminal, "Could not prove that the topic is complete");
    }

    /** Converts the name of a target in lower case. */
    static final class TargetName extends OptionValues.Parsed<Target> {
        TargetName() {
            super(
                    text -> Target.valueOf(
                            Units.matching(text, "landed|indexed|all").toUpperCase(Locale.ROOT)),
                    "landed, indexed or all");
        }
    }

    @Override
    public Integer call() throws Exception {
        Instant deadline = Instant.now().plus(wait);
        if (before.isAfter(deadline)) {
            throw new IllegalArgumentException(
                    "--before is in the future, %s: records may still be appended before it; expected a time in the past, or a --wait that ends after it"
                            .formatted(before));
        }
        try (CommandConfiguration configured = pipeline.read();
                IndexedTarget indexed = configured.indexedTarget();
                Completeness completeness = new Completeness(
                        configured.kafka(),
                        configured.get(WadiSettings.DEAD_LETTERS_TOPIC),
                        configured.get(CompletenessSettings.MAX_CLOCK_SKEW))) {
            return prove(completeness, targets(configured.landedTarget(), indexed), deadline);
        }
    }

    private List<RecordTarget> targets(RecordTarget landed, RecordTarget indexed) {
        List<RecordTarget> targets =
                switch (target) {
                    case LANDED -> List.of(configured(landed, LandingSettings.TOPICS));
                    case INDEXED -> List.of(configured(indexed, IndexingSettings.TOPIC));
                    case ALL ->
                        List.of(landed, indexed).stream()
                                .filter(each -> each.group(topic).isPresent())
                                .toList();
                };
        if (targets.isEmpty()) {
            throw new IllegalArgumentException(
                    notConfigured("for any target", LandingSettings.TOPICS, IndexingSettings.TOPIC));
        }
        if (target == Target.ALL) {
            reportIfNotConfigured(landed, LandingSettings.TOPICS);
            reportIfNotConfigured(indexed, IndexingSettings.TOPIC);
        }
        return targets;
    }

    private void reportIfNotConfigured(RecordTarget target, Setting<?> setting) {
        if (target.group(topic).isEmpty()) {
            notChecked.add(target.name());
            terminal().err().println("Not checked: " + notConfigured("to be " + target.name(), setting));
        }
    }

    private RecordTarget configured(RecordTarget target, Setting<?> setting) {
        if (target.group(topic).isEmpty()) {
            throw new IllegalArgumentException(notConfigured("to be " + target.name(), setting));
        }
        return target;
    }

    private String notConfigured(String what, Setting<?>... settings) {
        return "Topic %s is not configured %s: expected it in %s; for a topic of another route, set this and the route's group"
                .formatted(topic, what, Stream.of(settings).map(Setting::name).collect(joining(" or ")));
    }

    private int prove(Completeness completeness, List<RecordTarget> targets, Instant deadline) throws Exception {
        while (true) {
            Instant now = Instant.now();
            Map<RecordTarget, Watermark> watermarks = new HashMap<>();
            Exception failure = null;
            try {
                for (RecordTarget each : targets) {
                    watermarks.put(each, completeness.watermark(topic, each, acceptExpired));
                }
                if (watermarks.values().stream().allMatch(each -> each.proves(before))) {
                    for (RecordTarget each : targets) {
                        each.refresh(topic);
                    }
                    return end(targets, watermarks, 0);
                }
            } catch (KafkaException | IOException e) {
                failure = e;
            }
            boolean isOver = !now.isBefore(deadline);
            if (isOver && failure != null) {
                throw failure;
            }
            // Other unknown states pass, such as that of a group without a commit, or of a log's end after a failover.
            boolean isLasting = failure == null && watermarks.values().stream().anyMatch(Watermark::isLasting);
            if (isOver || isLasting) {
                boolean isUnknown = watermarks.values().stream()
                        .anyMatch(each -> each.state() == Watermark.State.UNKNOWN && !each.proves(before));
                return end(targets, watermarks, isUnknown ? NOT_DONE : 1);
            }
            report(targets, watermarks, failure);
            await(Duration.between(now, deadline));
        }
    }

    private static void await(Duration left) throws InterruptedException {
        Duration wait = left.compareTo(POLL_INTERVAL) < 0 ? left : POLL_INTERVAL;
        new CountDownLatch(1).await(Math.max(1, wait.toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Prints the targets that are not complete yet, each time their state changes. */
    private void report(List<RecordTarget> targets, Map<RecordTarget, Watermark> watermarks, Exception failure) {
        if (failure != null) {
            change("", failure() + ": " + Causes.reason(failure) + "; retrying");
            return;
        }
        change("", "");
        for (RecordTarget each : targets) {
            Watermark watermark = watermarks.get(each);
            if (!watermark.proves(before)) {
                change(each.name(), "Waiting: " + text(watermark));
            }
        }
    }

    private void change(String name, String message) {
        if (!message.equals(reported.put(name, message)) && !message.isEmpty()) {
            terminal().err().println(message);
        }
    }

    private int end(List<RecordTarget> targets, Map<RecordTarget, Watermark> watermarks, int code) throws IOException {
        if (json) {
            List<String> outcomes = List.of("proven", "not-yet", "unknown");
            ObjectNode report = JsonNodeFactory.instance
                    .objectNode()
                    .put("topic", topic)
                    .put("before", before.toString())
                    .put("outcome", outcomes.get(code));
            notChecked.forEach(report.putArray("notChecked")::add);
            ObjectNode byTarget = report.putObject("targets");
            targets.forEach(
                    each -> byTarget.set(each.name(), watermarks.get(each).json()));
            json(report);
            return code;
        }
        for (RecordTarget each : targets) {
            out().println(text(watermarks.get(each)));
        }
        return code;
    }

    private String text(Watermark watermark) {
        if (watermark.proves(before)) {
            return "%s: every record appended before %s is %s (%s)"
                    .formatted(topic, before, watermark.target(), watermark.basisText());
        }
        if (watermark.state() == Watermark.State.UNKNOWN) {
            return "%s: cannot determine what is %s: %s".formatted(topic, watermark.target(), watermark.reason());
        }
        String until = watermark.time() == null
                ? "not all records that existed at the start of this command are " + watermark.target()
                : watermark.target() + " until " + watermark.time();
        return "%s: %s%s".formatted(topic, until, watermark.reason() == null ? "" : "; " + watermark.reason());
    }
}
