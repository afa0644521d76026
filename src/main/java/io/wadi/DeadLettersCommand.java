package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.ingest.send.EventReplay;
import io.wadi.ingest.send.IngestTopics;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.deadletter.Letter;
import io.wadi.kafka.deadletter.LetterBox;
import io.wadi.kafka.deadletter.LetterSelection;
import io.wadi.runtime.config.WadiSettings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.header.Header;

/**
 * {@code ./wadi dead-letters}: lists what failed by route and cause, shows single letters, and puts records back where they came
 * from.
 *
 * <p>Exit codes: 0 done, 1 some were not replayed, which the output says, 2 it could not be done.
 */
final class DeadLettersCommand {
    private static final String USAGE = "Usage: ./wadi dead-letters [list [--json] | show PARTITION:OFFSET …"
            + " | replay [PARTITION:OFFSET …] [--all] [--max-attempts N] [--dry-run]]"
            + " [--route NAME] [--topic NAME] [--cause TEXT] [--since 2h|TIME] [--until 2h|TIME] [--config DIR]";
    private static final Set<String> VERBS = Set.of("list", "show", "replay");
    private static final String AT = "\\d{1,9}:\\d{1,18}";

    private String verb = "list";
    private String route;
    private String topic;
    private String cause;
    private Instant since;
    private Instant until;
    private final Set<String> at = new HashSet<>();
    private int mostAttempts = 3;
    private boolean all;
    private boolean dryRun;
    private boolean json;
    private Path configuration = Path.of(".");

    private DeadLettersCommand() {}

    /** See the class. */
    public static void main(String[] args) {
        Commands.end(given(args));
    }

    /** The command that these arguments ask for. */
    static Commands.Given given(String... args) {
        return new Commands.Given(
                "Could not look at the dead letters", out -> parse(args).run(out));
    }

    private static DeadLettersCommand parse(String[] args) {
        DeadLettersCommand command = new DeadLettersCommand();
        Deque<String> left = new ArrayDeque<>(List.of(args));
        if (VERBS.contains(String.valueOf(left.peek()))) {
            command.verb = left.remove();
        }
        while (!left.isEmpty()) {
            command.take(left.remove(), left);
        }
        command.check();
        return command;
    }

    private void take(String word, Deque<String> left) {
        switch (word) {
            case "--route" -> route = Commands.valueOf(word, left, USAGE);
            case "--topic" -> topic = Commands.valueOf(word, left, USAGE);
            case "--cause" -> cause = Commands.valueOf(word, left, USAGE);
            case "--since" -> since = time(word, Commands.valueOf(word, left, USAGE));
            case "--until" -> until = time(word, Commands.valueOf(word, left, USAGE));
            case "--max-attempts" -> mostAttempts = number(word, Commands.valueOf(word, left, USAGE));
            case "--all" -> all = true;
            case "--dry-run" -> dryRun = true;
            case "--json" -> json = true;
            case "--config" -> configuration = Path.of(Commands.valueOf(word, left, USAGE));
            default -> {
                if (!word.matches(AT)) {
                    throw new IllegalArgumentException("\"" + word + "\" is not understood. " + USAGE);
                }
                at.add(word);
            }
        }
    }

    private void check() {
        if (verb.equals("show") && at.isEmpty()) {
            throw new IllegalArgumentException("show takes the letters to show, such as 0:17. " + USAGE);
        }
        if (verb.equals("replay") && selection().isAll() != all) {
            throw new IllegalArgumentException("replay takes a selection, or --all. " + USAGE);
        }
    }

    private static Instant time(String option, String text) {
        try {
            return LetterSelection.time(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " is " + e.getMessage() + ". " + USAGE, e);
        }
    }

    private static int number(String option, String text) {
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw new IllegalArgumentException(
                    "%s is \"%s\", not a number from 1 to 999999. %s".formatted(option, text, USAGE));
        }
        return Integer.parseInt(text);
    }

    private LetterSelection selection() {
        return new LetterSelection(route, topic, cause, since, until, Set.copyOf(at));
    }

    private int run(PrintStream out) throws Exception {
        try (Configured configured = new Configured(configuration)) {
            KafkaClients kafka = configured.kafka();
            LetterBox box = new LetterBox(
                    configured.settings().get(WadiSettings.DEAD_LETTERS_TOPIC),
                    new EventReplay(configured.part(IngestTopics.class)),
                    kafka.observerProperties("none"));
            return switch (verb) {
                case "show" -> show(box, out);
                case "replay" -> replay(box, kafka, out);
                default -> list(box, out);
            };
        }
    }

    private int list(LetterBox box, PrintStream out) throws Exception {
        Map<LetterBox.Heap, LetterBox.Size> heaps = box.heaps(selection());
        List<Map.Entry<LetterBox.Heap, LetterBox.Size>> sorted = heaps.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(
                        Comparator.comparingLong(LetterBox.Size::count).reversed()))
                .toList();
        if (json) {
            out.println(new ObjectMapper()
                    .writeValueAsString(
                            sorted.stream().map(DeadLettersCommand::asMap).toList()));
            return 0;
        }
        long letters =
                sorted.stream().mapToLong(each -> each.getValue().count()).sum();
        out.printf("%d dead letters%s%n", letters, selection().isAll() ? "" : " of this selection");
        for (Map.Entry<LetterBox.Heap, LetterBox.Size> each : sorted) {
            LetterBox.Heap heap = each.getKey();
            LetterBox.Size size = each.getValue();
            out.printf("%n%d in route %s, of topic %s, %s%n", size.count(), heap.route(), heap.topic(), times(size));
            out.printf("  %s%n  the last one: ./wadi dead-letters show %s%n", heap.cause(), size.at());
        }
        return 0;
    }

    private static String times(LetterBox.Size size) {
        Instant first = size.first().truncatedTo(ChronoUnit.SECONDS);
        Instant last = size.last().truncatedTo(ChronoUnit.SECONDS);
        return first.equals(last) ? "at " + first : "from " + first + " to " + last;
    }

    private static Map<String, Object> asMap(Map.Entry<LetterBox.Heap, LetterBox.Size> each) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("count", each.getValue().count());
        map.put("route", each.getKey().route());
        map.put("topic", each.getKey().topic());
        map.put("cause", each.getKey().cause());
        map.put("first", each.getValue().first().toString());
        map.put("last", each.getValue().last().toString());
        map.put("at", each.getValue().at());
        return map;
    }

    private int show(LetterBox box, PrintStream out) {
        Set<String> missing = new HashSet<>(at);
        box.forEach(selection(), letter -> {
            missing.remove(letter.at());
            out.printf("letter    %s, written %s%n", letter.at(), letter.time());
            out.printf("from      %s, route %s, replayed %d times%n", letter.from(), letter.route(), letter.attempts());
            out.printf("cause     %s: %s%n", letter.kind(), letter.message());
            out.printf("key       %s%n", text(letter.letter().key()));
            for (Header header : letter.headers()) {
                out.printf("header    %s: %s%n", header.key(), text(header.value()));
            }
            out.printf("value     %s%n%n", text(letter.letter().value()));
        });
        missing.forEach(each -> out.printf("There is no letter %s%s%n", each, selected()));
        return missing.isEmpty() ? 0 : 1;
    }

    private String selected() {
        return new LetterSelection(route, topic, cause, since, until, Set.of()).isAll() ? "" : " in this selection";
    }

    private static String text(byte[] bytes) {
        return bytes == null ? "none" : new String(bytes, UTF_8);
    }

    private int replay(LetterBox box, KafkaClients kafka, PrintStream out) {
        String goes = dryRun ? "would go" : "goes";
        LetterBox.Replayed done;
        try (Producer<Object, Object> producer = kafka.patientProducer()) {
            done = box.replay(selection(), mostAttempts, producer, dryRun, letter -> tell(letter, goes, out));
        }
        out.printf("%d replayed%s%n", done.replayed(), dryRun ? ", had this not been a dry run" : "");
        if (done.tooOften() > 0) {
            out.printf(
                    "%d left out: replayed %d times already; --max-attempts %d takes them too%n",
                    done.tooOften(), mostAttempts, mostAttempts + 1);
        }
        if (done.homeless() > 0) {
            out.printf("%d left out: they do not say where they came from%n", done.homeless());
        }
        if (done.refused() > 0) {
            out.printf(
                    "%d left out: their topic does not take them. The first is %s%n", done.refused(), done.refusal());
        }
        return done.tooOften() + done.homeless() + done.refused() > 0 ? 1 : 0;
    }

    private static void tell(Letter letter, String goes, PrintStream out) {
        out.printf("%s %s back to %s%n", letter.at(), goes, letter.topic());
    }
}
