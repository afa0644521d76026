package io.wadi.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Generates web events of half an hour, keyed by user, and checks the results. Each event is a function of its number,
 * so that the expected results can be computed.
 *
 * @param records the number of events
 * @param users the number of users; if it equals that of the events, each user has one
 */
record StreamsEvents(long records, long users) {
    private static final long SEED = 20_261_122;
    /** The beginning of the previous hour: Kafka deletes records with timestamps older than the retention. */
    private static final long BEGIN_MS = Instant.now()
            .truncatedTo(ChronoUnit.HOURS)
            .minus(1, ChronoUnit.HOURS)
            .toEpochMilli();

    private static final long SPAN_MS = 30 * 60_000L;
    private static final long WINDOW_MS = 10 * 60_000L;
    private static final List<String> COLOURS = List.of("red", "orange", "yellow", "green", "blue", "indigo", "violet");
    private static final ObjectMapper JSON = new ObjectMapper();

    byte[] key(long number) {
        return user(number).getBytes(US_ASCII);
    }

    private String user(long number) {
        return "user-" + (users == records ? number : random(number).nextLong(users));
    }

    private static String colour(long number) {
        return COLOURS.get(random(~number).nextInt(COLOURS.size()));
    }

    private static SplittableRandom random(long number) {
        return new SplittableRandom(SEED + number);
    }

    long timestamp(long number) {
        return BEGIN_MS + SPAN_MS * number / records;
    }

    byte[] value(long number) {
        return ("{\"timestamp\":\"%s\",\"userAgent\":\"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                        + " Chrome/131.0.0.0 Safari/537.36\",\"colorName\":\"%s\",\"userName\":\"%s\"}")
                .formatted(Instant.ofEpochMilli(timestamp(number)), colour(number), user(number))
                .getBytes(US_ASCII);
    }

    /** Checks the records of an output. */
    interface Check {
        /** Accepts the next record. */
        void accept(byte[] key, byte[] value);

        /**
         * Reports the differences, once all records have been accepted.
         *
         * @throws IOException if there are any
         */
        void finish(String topic) throws IOException;
    }

    Check check(StreamsCase of) {
        Map<String, Integer> expected = new HashMap<>();
        for (long number = 0; number < records; number++) {
            String user = user(number);
            switch (of) {
                case FILTER -> {
                    if (!colour(number).equals("red")) {
                        expected.merge(user + " " + colour(number), 1, Integer::sum);
                    }
                }
                case COUNT -> expected.merge(user + " " + timestamp(number) / WINDOW_MS * WINDOW_MS, 1, Integer::sum);
                case RESTART -> expected.merge(user, 1, Integer::sum);
            }
        }
        return new Seen(of, expected);
    }

    /** Collects the number of results of each kind, or the last reported count of each. */
    private static final class Seen implements Check {
        private final StreamsCase of;
        private final Map<String, Integer> expected;
        private final Map<String, Integer> found = new HashMap<>();
        private String wrong = "";

        private Seen(StreamsCase of, Map<String, Integer> expected) {
            this.of = of;
            this.expected = expected;
        }

        @Override
        public void accept(byte[] key, byte[] value) {
            String user = new String(key, US_ASCII);
            try {
                JsonNode json = JSON.readTree(value);
                if (of != StreamsCase.RESTART && !json.path("user").asText().equals(user)) {
                    wrong = ", and %s has the key %s".formatted(json, user);
                }
                switch (of) {
                    case FILTER -> found.merge(user + " " + json.path("colour").asText(), 1, Integer::sum);
                    case COUNT ->
                        rise(
                                user + " " + json.path("from").asLong(),
                                json.path("count").asInt());
                    case RESTART -> rise(user, json.asInt());
                }
            } catch (IOException e) {
                wrong = ", and the value of %s is not JSON: %s".formatted(user, e);
            }
        }

        private void rise(String what, int count) {
            Integer before = found.put(what, count);
            if (before != null && before >= count) {
                wrong = ", and the count of %s went from %d to %d".formatted(what, before, count);
            }
        }

        @Override
        public void finish(String topic) throws IOException {
            if (!found.equals(expected) || !wrong.isEmpty()) {
                long missing = expected.entrySet().stream()
                        .filter(each -> !each.getValue().equals(found.get(each.getKey())))
                        .count();
                throw new IOException(
                        "%s: of %,d results %,d are wrong%s".formatted(topic, expected.size(), missing, wrong));
            }
        }
    }
}
