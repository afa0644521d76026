package io.wadi.cli;

import static io.wadi.kafka.records.RecordText.inLine;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.wadi.ingest.send.EventReplay;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.DeadLetterSelection;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.records.TopicReader;
import io.wadi.runtime.config.Units;
import io.wadi.runtime.config.WadiSettings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code wadi dead-letters}: lists, shows and replays dead letters. */
@Command(
        description = {"Lists, shows and replays dead letters.", "Without a subcommand, it runs list."},
        exitCodeList = {
            "0:done",
            "1:some dead letters were not found or not replayed; the output lists them",
            "2:the command failed, or the arguments are invalid"
        })
final class DeadLettersCommand extends OperatorCommand {
    @Mixin
    private Selection selection;

    @Mixin
    private PipelineOptions pipeline;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean isListedAsJson;

    DeadLettersCommand(Terminal terminal) {
        super(terminal, "Could not read the dead letters");
    }

    /** The options that select dead letters. */
    static final class Selection {
        @Option(
                names = "--route",
                paramLabel = "NAME",
                scope = ScopeType.INHERIT,
                description = "Selects dead letters that failed in a route.")
        private String route;

        @Option(
                names = "--topic",
                paramLabel = "NAME",
                scope = ScopeType.INHERIT,
                description = "Selects dead letters that came from a topic.")
        private String topic;

        @Option(
                names = "--cause",
                paramLabel = "TEXT",
                scope = ScopeType.INHERIT,
                converter = CausePart.class,
                description = "Selects dead letters by a part of their cause; case does not matter.")
        private String cause;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                scope = ScopeType.INHERIT,
                converter = OptionValues.Time.class,
                description =
                        "Selects dead letters written at or after a time such as 2026-11-20T10:00:00Z, or 2h for two"
                                + " hours ago.")
        private Instant since;

        @Option(
                names = "--until",
                paramLabel = "TIME",
                scope = ScopeType.INHERIT,
                converter = OptionValues.Time.class,
                description = "Selects dead letters written before a time.")
        private Instant until;

        DeadLetterSelection of(List<String> at) {
            return new DeadLetterSelection(
                    route,
                    topic,
                    DeadLetterSelection.causeContains(cause, UnaryOperator.identity()),
                    since,
                    until,
                    Set.copyOf(at));
        }
    }

    /** Converts a part of a cause. An empty one would select all dead letters, also for a replay without --all. */
    private static final class CausePart extends OptionValues.Parsed<String> {
        CausePart() {
            super(text -> Units.matching(text, "(?s).+"), "a part of a cause");
        }
    }

    /** Converts a dead letter's partition and offset. */
    private static final class At extends OptionValues.Parsed<String> {
        At() {
            super(DeadLetterSelection::location, "a dead letter such as 0:17");
        }
    }

    private static final class Attempts extends OptionValues.Range {
        Attempts() {
            super(1, 999_999, "a number from 1 to 999999");
        }
    }

    @Override
    public Integer call() throws Exception {
        return list(isListedAsJson);
    }

    @Command(description = "Counts the dead letters by route, topic and cause; beyond 1,000 groups, as other causes.")
    int list(@Option(names = "--json", description = "Prints JSON.") boolean json) throws Exception {
        try (CommandConfiguration configured = pipeline.read()) {
            list(deadLetters(configured, (deadLetter, producer) -> deadLetter.replayed()), json || isListedAsJson);
            return 0;
        }
    }

    @Command(description = "Prints dead letters with their causes, headers and values.")
    int show(
            @Parameters(
                            paramLabel = "PARTITION:OFFSET",
                            arity = "1..*",
                            converter = At.class,
                            description = "Dead letters, such as 0:17.")
                    List<String> at)
            throws Exception {
        rejectJson();
        try (CommandConfiguration configured = pipeline.read()) {
            return show(deadLetters(configured, (deadLetter, producer) -> deadLetter.replayed()), at);
        }
    }

    @Command(
            description =
                    "Sends records back to their source topics. Events are validated against the current schemas.")
    int replay(
            @Parameters(
                            paramLabel = "PARTITION:OFFSET",
                            arity = "0..*",
                            converter = At.class,
                            description = "Dead letters, such as 0:17.")
                    List<String> at,
            @Option(names = "--all", description = "Replays all dead letters.") boolean all,
            @Option(
                            names = "--max-attempts",
                            paramLabel = "N",
                            defaultValue = "3",
                            converter = Attempts.class,
                            description = "Skips dead letters that were replayed N times (default: ${DEFAULT-VALUE})")
                    long maxAttempts,
            @Option(names = "--dry-run", description = "Prints what would be replayed and replays nothing.")
                    boolean dryRun)
            throws Exception {
        rejectJson();
        DeadLetterSelection selected = selection.of(at == null ? List.of() : at);
        if (selected.isAll() != all) {
            throw usageError("replay requires a selection or --all");
        }
        try (CommandConfiguration configured = pipeline.read()) {
            DeadLetterTopic deadLetters = deadLetters(configured, new EventReplay(configured.eventTopics()));
            return replay(deadLetters, selected, configured.kafka(), (int) maxAttempts, dryRun);
        }
    }

    private void rejectJson() {
        if (isListedAsJson) {
            throw usageError("--json is an option of list");
        }
    }

    /** Returns the topic. Without this check, a mistyped name or another cluster would look like no dead letters. */
    private static DeadLetterTopic deadLetters(
            CommandConfiguration configured, DeadLetterTopic.EventConverter readmission) {
        String topic = configured.get(WadiSettings.DEAD_LETTERS_TOPIC);
        DeadLetterTopic deadLetters = new DeadLetterTopic(
                topic, readmission, configured.kafka().readerProperties(), TopicReader.Fetch.DEFAULT);
        if (!deadLetters.exists()) {
            throw new IllegalArgumentException(
                    "There is no topic \"%s\" (%s) in this Kafka cluster: ./wadi topics apply creates the declared topics."
                            .formatted(topic, WadiSettings.DEAD_LETTERS_TOPIC.name()));
        }
        return deadLetters;
    }

    private void list(DeadLetterTopic deadLetters, boolean json) throws Exception {
        List<DeadLetterTopic.FailureGroup> groups =
                deadLetters.groups(selection.of(List.of()), UnaryOperator.identity()).stream()
                        .sorted(Comparator.comparingLong(DeadLetterTopic.FailureGroup::count)
                                .reversed())
                        .toList();
        if (json) {
            SimpleModule times = new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance);
            out().println(new ObjectMapper().registerModule(times).writeValueAsString(groups));
            return;
        }
        long count =
                groups.stream().mapToLong(DeadLetterTopic.FailureGroup::count).sum();
        out().printf(
                        "%d dead letter%s%s%n",
                        count, count == 1 ? "" : "s", selection.of(List.of()).isAll() ? "" : " selected");
        for (DeadLetterTopic.FailureGroup each : groups) {
            out().printf(
                            "%n%d in route %s, of topic %s, %s%n",
                            each.count(), inLine(each.route()), inLine(each.topic()), times(each));
            out().printf("  %s%n  the last one: ./wadi dead-letters show %s%n", inLine(each.cause()), each.at());
        }
    }

    private static String times(DeadLetterTopic.FailureGroup group) {
        Instant first = group.first().truncatedTo(ChronoUnit.SECONDS);
        Instant last = group.last().truncatedTo(ChronoUnit.SECONDS);
        return first.equals(last) ? "at " + first : "from " + first + " to " + last;
    }

    private int show(DeadLetterTopic deadLetters, List<String> at) {
        Set<String> missing = new HashSet<>(at);
        deadLetters.forEach(selection.of(at), deadLetter -> {
            missing.remove(deadLetter.at());
            out().printf("at        %s, written %s%n", deadLetter.at(), deadLetter.time());
            out().printf(
                            "from      %s, route %s, replayed %d times%n",
                            inLine(deadLetter.from()), inLine(deadLetter.route()), deadLetter.attempts());
            out().printf("cause     %s%n", belowTitles(deadLetter.kind() + ": " + deadLetter.message()));
            out().printf("key       %s%n", belowTitles(text(deadLetter.record().key())));
            for (Header header : deadLetter.headers()) {
                out().printf("header    %s: %s%n", inLine(header.key()), belowTitles(text(header.value())));
            }
            out().printf(
                            "value     %s%n%n",
                            belowTitles(text(deadLetter.record().value())));
        });
        missing.forEach(each -> out().printf("There is no dead letter %s%s%n", each, selected()));
        return missing.isEmpty() ? 0 : 1;
    }

    /** Indents further lines, so that a record cannot contain what looks like another dead letter. */
    private static String belowTitles(String text) {
        return text.replace("\n", "\n          ");
    }

    private String selected() {
        return selection.of(List.of()).isAll() ? "" : " in this selection";
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "none" : new String(bytes, UTF_8);
    }

    private int replay(
            DeadLetterTopic deadLetters,
            DeadLetterSelection selected,
            KafkaClients kafka,
            int maxAttempts,
            boolean dryRun) {
        String verb = dryRun ? "would be replayed" : "is replayed";
        DeadLetterTopic.ReplayResult done;
        try (Producer<Object, Object> producer = kafka.backgroundProducer()) {
            done = deadLetters.replay(
                    selected,
                    maxAttempts,
                    producer,
                    dryRun,
                    (at, topic) -> out().printf("%s %s to %s%n", at, verb, topic));
        }
        out().printf("%d %sreplayed%n", done.replayed(), dryRun ? "would be " : "");
        if (done.maxAttemptsReached() > 0) {
            out().printf(
                            "%d skipped: replayed %d times already; replay them with --max-attempts %d%n",
                            done.maxAttemptsReached(), maxAttempts, maxAttempts + 1);
        }
        if (done.withoutSourceTopic() > 0) {
            out().printf("%d skipped: their headers do not name the original topic%n", done.withoutSourceTopic());
        }
        if (done.rejected() > 0) {
            out().printf(
                            "%d skipped: their topic rejects them. The first is %s%n",
                            done.rejected(), inLine(done.rejection()));
        }
        long skipped = done.maxAttemptsReached() + done.withoutSourceTopic() + done.rejected();
        long missing = Math.max(0, selected.at().size() - done.replayed() - skipped);
        if (missing > 0) {
            String does = missing == 1 ? "does" : "do";
            out().printf("%d of the given dead letters %s not exist%s%n", missing, does, selected());
        }
        return skipped + missing > 0 ? 1 : 0;
    }
}
