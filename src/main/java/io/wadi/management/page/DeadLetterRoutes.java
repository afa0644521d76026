package io.wadi.management.page;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.ReservedHeaders;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.deadletter.DeadLetterSelection;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.RecordText;
import io.wadi.runtime.QueryParameters;
import io.wadi.runtime.config.Units;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.producer.Producer;

/**
 * The API of dead letters on the management port. It returns groups of dead letters by cause, returns single dead
 * letters, and replays them. Requests select dead letters as {@code ./wadi dead-letters} does, by {@code route},
 * {@code topic}, {@code cause}, {@code since}, {@code until} and {@code at}, and by {@code group}, the whole cause of a
 * group. Causes are compared as shown, with masked values.
 */
public final class DeadLetterRoutes extends RouteBuilder {
    private static final String PATH = "management:/api/dead-letters";
    private static final int MAX_SHOWN = 200;
    private static final int DEFAULT_SHOWN = 50;
    private static final int MAX_CHARACTERS = 20_000;
    private static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int MAX_REPLAYS = 2;
    private static final List<String> SELECTION = List.of("route", "topic", "cause", "group", "since", "until", "at");

    private static final int DEFAULT_ATTEMPTS = 3;
    private static final int MAX_ATTEMPTS = 999_999;
    private static final Comparator<ObjectNode> OLDEST_FIRST = Comparator.<ObjectNode>comparingLong(
                    each -> each.path("time").asLong())
            .thenComparingLong(each -> each.path("offset").asLong());

    private final Supplier<DeadLetterTopic> deadLetters;
    private final Supplier<Producer<Object, Object>> producer;
    private final Masking masking;
    private final ReadRequests requests;

    public DeadLetterRoutes(
            Supplier<DeadLetterTopic> deadLetters,
            Supplier<Producer<Object, Object>> producer,
            Masking masking,
            ReadRequests requests) {
        this.deadLetters = deadLetters;
        this.producer = producer;
        this.masking = masking;
        this.requests = requests;
    }

    @Override
    public void configure() {
        from(PATH + "?httpMethodRestrict=GET,HEAD")
                .routeId("api-dead-letters")
                .process(PageResponses.with(
                        request ->
                                groups(selection(request), PageResponses.number(request, "max", UNLIMITED, UNLIMITED)),
                        selectionAnd("max")));
        from(PATH + "/records?httpMethodRestrict=GET,HEAD")
                .routeId("api-dead-letters-records")
                .process(PageResponses.with(
                        request -> newest(
                                selection(request), PageResponses.number(request, "limit", DEFAULT_SHOWN, MAX_SHOWN)),
                        selectionAnd("limit")));
        from(PATH + "/replay?httpMethodRestrict=POST")
                .routeId("api-dead-letters-replay")
                .process(PageResponses.with(
                        PageResponses.limited(
                                new Semaphore(MAX_REPLAYS),
                                MAX_REPLAYS + " other requests are replaying dead letters; try again",
                                this::replay),
                        selectionAnd("all", "max-attempts", "dry-run")));
    }

    private static String[] selectionAnd(String... others) {
        return Stream.concat(SELECTION.stream(), Stream.of(others)).toArray(String[]::new);
    }

    private DeadLetterSelection selection(Message request) {
        return new DeadLetterSelection(
                PageResponses.text(request, "route", "the id of a route"),
                PageResponses.text(request, "topic", "a topic"),
                cause(request),
                time(request, "since"),
                time(request, "until"),
                locations(request));
    }

    private static Set<String> locations(Message request) {
        String at = PageResponses.text(request, "at", "dead letters such as 0:17");
        try {
            return at == null
                    ? Set.of()
                    : Stream.of(at.split(",", -1))
                            .map(DeadLetterSelection::location)
                            .collect(Collectors.toSet());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("at is " + e.getMessage(), e);
        }
    }

    private Predicate<DeadLetter> cause(Message request) {
        String group = PageResponses.text(request, "group", "the cause of a group");
        Predicate<DeadLetter> part = DeadLetterSelection.causeContains(
                PageResponses.text(request, "cause", "a part of a cause"), masking::plain);
        if (group == null) {
            return part;
        }
        Predicate<DeadLetter> whole = deadLetter -> group.equals(masking.plain(deadLetter.cause()));
        return part == null ? whole : part.and(whole);
    }

    private static Instant time(Message request, String name) {
        String text = PageResponses.text(request, name, "a time such as 2026-11-20T10:00:00Z or a duration such as 2h");
        try {
            return text == null ? null : Units.time(text, Instant.now());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
        }
    }

    /** Returns the groups; only the number of offsets if there are more than {@code max}. */
    private Object groups(DeadLetterSelection selection, int max) throws PageResponses.BusyException {
        return requests.read(() -> {
            long count = max == UNLIMITED ? 0 : deadLetters.get().offsetCount();
            return count > max ? Map.of("deadLetters", count) : groups(selection);
        });
    }

    private Object groups(DeadLetterSelection selection) {
        Collection<DeadLetterTopic.FailureGroup> groups = deadLetters.get().groups(selection, masking::plain);
        return Map.of(
                "deadLetters",
                groups.stream().mapToLong(DeadLetterTopic.FailureGroup::count).sum(),
                "groups",
                groups.stream()
                        .sorted(Comparator.comparing(DeadLetterTopic.FailureGroup::last)
                                .reversed())
                        .limit(MAX_SHOWN)
                        .map(DeadLetterRoutes::group)
                        .toList());
    }

    private static Map<String, Object> group(DeadLetterTopic.FailureGroup group) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("route", group.route());
        shown.put("topic", group.topic());
        shown.put("cause", group.cause());
        shown.put("count", group.count());
        shown.put("first", group.first().toEpochMilli());
        shown.put("last", group.last().toEpochMilli());
        return shown;
    }

    private Object newest(DeadLetterSelection selection, int limit) throws PageResponses.BusyException {
        return requests.read(() -> {
            NewestRecords<ObjectNode> newest =
                    new NewestRecords<>(OLDEST_FIRST, RecordText::characters, limit, requests.characters());
            deadLetters.get().forEach(selection, deadLetter -> newest.add(shown(deadLetter)));
            return Map.of("records", newest.newestFirst());
        });
    }

    /** Returns the record with its original headers and the cause of the dead letter. */
    private ObjectNode shown(DeadLetter deadLetter) {
        return RecordText.shown(
                        deadLetter.record(), masking, MAX_CHARACTERS, name -> !name.startsWith(ReservedHeaders.ERRORS))
                .put("at", deadLetter.at())
                .put("route", deadLetter.route())
                .put("from", deadLetter.from())
                .put("kind", deadLetter.kind())
                .put("message", masking.plain(deadLetter.message()))
                .put("attempts", deadLetter.attempts());
    }

    private Object replay(Message request) {
        DeadLetterSelection selection = selection(request);
        if (selection.isAll() != QueryParameters.flag(request, "all")) {
            throw new IllegalArgumentException(
                    "expected a selection (route, topic, cause, group, since, until, at) or all=true, not both");
        }
        int attempts = PageResponses.number(request, "max-attempts", DEFAULT_ATTEMPTS, MAX_ATTEMPTS);
        boolean isDryRun = QueryParameters.flag(request, "dry-run");
        try (Producer<Object, Object> sender = producer.get()) {
            return deadLetters.get().replay(selection, attempts, sender, isDryRun, (at, topic) -> {});
        }
    }
}
