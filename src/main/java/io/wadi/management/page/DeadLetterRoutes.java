package io.wadi.management.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.deadletter.DeadLetter;
import io.wadi.kafka.deadletter.DeadLetterSelection;
import io.wadi.kafka.deadletter.DeadLetterSender;
import io.wadi.kafka.deadletter.DeadLetterTopic;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.RecordText;
import java.time.Instant;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.camel.Message;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.producer.Producer;

/**
 * Dead letters on the management port, selected as {@code ./wadi dead-letters} does by {@code route}, {@code topic}, {@code cause},
 * {@code since}, {@code until} and {@code at}: in heaps of one cause each, one by one, and put back where they came from.
 */
public final class DeadLetterRoutes extends RouteBuilder {
    private static final String PATH = "management:/api/dead-letters";
    private static final int MOST = 200;
    private static final int DEFAULT = 50;
    private static final int LONGEST = 20_000;
    private static final int ANY_NUMBER = Integer.MAX_VALUE;
    private static final int REPLAYS = 2;
    private static final int DEFAULT_ATTEMPTS = 3;
    private static final int MOST_ATTEMPTS = 999_999;
    private static final Comparator<ObjectNode> OLDEST_FIRST = Comparator.<ObjectNode>comparingLong(
                    each -> each.path("time").asLong())
            .thenComparingLong(each -> each.path("offset").asLong());

    private final Supplier<DeadLetterTopic> box;
    private final Supplier<Producer<Object, Object>> producer;
    private final Masking masking;
    private final ReadRequests readings;
    private final Semaphore replays = new Semaphore(REPLAYS);

    /** Takes the dead letters, the producer of replayed records, what is masked, and what reading them may take. */
    public DeadLetterRoutes(
            Supplier<DeadLetterTopic> box,
            Supplier<Producer<Object, Object>> producer,
            Masking masking,
            ReadRequests readings) {
        super();
        this.box = box;
        this.producer = producer;
        this.masking = masking;
        this.readings = readings;
    }

    @Override
    public void configure() {
        from(PATH + "?httpMethodRestrict=GET")
                .routeId("api-dead-letters")
                .process(PageResponses.with(request ->
                        heaps(selection(request), PageResponses.number(request, "most", ANY_NUMBER, ANY_NUMBER))));
        from(PATH + "/letters?httpMethodRestrict=GET")
                .routeId("api-dead-letters-letters")
                .process(PageResponses.with(
                        request -> newest(selection(request), PageResponses.number(request, "limit", DEFAULT, MOST))));
        from(PATH + "/replay?httpMethodRestrict=POST")
                .routeId("api-dead-letters-replay")
                .process(PageResponses.with(request -> alone(() -> replay(request))));
    }

    private static DeadLetterSelection selection(Message request) {
        String at = PageResponses.text(request, "at");
        return new DeadLetterSelection(
                PageResponses.text(request, "route"),
                PageResponses.text(request, "topic"),
                PageResponses.text(request, "cause"),
                time(request, "since"),
                time(request, "until"),
                at == null ? Set.of() : Set.of(at.split(",")));
    }

    private static Instant time(Message request, String name) {
        String text = PageResponses.text(request, name);
        try {
            return text == null ? null : DeadLetterSelection.time(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " is " + e.getMessage(), e);
        }
    }

    private Object alone(Supplier<Object> replay) throws PageResponses.BusyException {
        if (!replays.tryAcquire()) {
            throw new PageResponses.BusyException(REPLAYS + " other requests put dead letters back at the moment");
        }
        try {
            return replay.get();
        } finally {
            replays.release();
        }
    }

    /** Reads nothing where more than this many stand there, and says how many these are. */
    private Object heaps(DeadLetterSelection selection, int most) throws PageResponses.BusyException {
        return readings.read(() -> {
            long standing = most == ANY_NUMBER ? 0 : box.get().standing();
            return standing > most ? Map.of("standing", standing) : heaps(selection);
        });
    }

    private Object heaps(DeadLetterSelection selection) {
        Map<DeadLetterTopic.Heap, DeadLetterTopic.Size> heaps = box.get().heaps(selection);
        return Map.of(
                "letters",
                heaps.values().stream().mapToLong(DeadLetterTopic.Size::count).sum(),
                "heaps",
                heaps.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue(
                                Comparator.comparing(DeadLetterTopic.Size::last).reversed()))
                        .limit(MOST)
                        .map(each -> heap(each.getKey(), each.getValue()))
                        .toList());
    }

    private Map<String, Object> heap(DeadLetterTopic.Heap heap, DeadLetterTopic.Size size) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("route", heap.route());
        shown.put("topic", heap.topic());
        shown.put("cause", masking.plain(heap.cause()));
        shown.put("count", size.count());
        shown.put("first", size.first().toEpochMilli());
        shown.put("last", size.last().toEpochMilli());
        return shown;
    }

    private Object newest(DeadLetterSelection selection, int most) throws PageResponses.BusyException {
        return readings.read(() -> {
            NewestRecords newest = new NewestRecords(OLDEST_FIRST, most, readings.characters());
            box.get().forEach(selection, letter -> newest.add(shown(letter)));
            return Map.of("letters", newest.newestFirst());
        });
    }

    /** As a record is shown, with what the letter says of it; of its headers those that the record had. */
    private ObjectNode shown(DeadLetter letter) {
        ObjectNode shown = RecordText.shown(letter.letter(), masking, LONGEST);
        Iterator<JsonNode> headers = shown.withArray("headers").elements();
        while (headers.hasNext()) {
            if (headers.next().path("name").asText().startsWith(DeadLetterSender.PREFIX)) {
                headers.remove();
            }
        }
        return shown.put("at", letter.at())
                .put("route", letter.route())
                .put("from", letter.from())
                .put("kind", letter.kind())
                .put("message", masking.plain(letter.message()))
                .put("attempts", letter.attempts());
    }

    private Object replay(Message request) {
        DeadLetterSelection selection = selection(request);
        if (selection.isAll() != Boolean.parseBoolean(PageResponses.text(request, "all"))) {
            throw new IllegalArgumentException("a replay takes a selection, or all=true");
        }
        int attempts = PageResponses.number(request, "max-attempts", DEFAULT_ATTEMPTS, MOST_ATTEMPTS);
        boolean isDry = Boolean.parseBoolean(PageResponses.text(request, "dry-run"));
        try (Producer<Object, Object> sender = producer.get()) {
            return box.get().replay(selection, attempts, sender, isDry, letter -> {});
        }
    }
}
