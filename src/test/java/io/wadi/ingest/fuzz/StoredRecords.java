package io.wadi.ingest.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;

/** Compares the records in Kafka with the responses. */
final class StoredRecords {
    private static final String DEAD_LETTERS = "wadi.dead-letter";
    private static final Pattern ID = Pattern.compile("fz[0-9a-f]{16}");
    private static final Pattern HEADERS = Pattern.compile("wadi-id|x-tenant|fuzz|content-type|ce_[a-z0-9]+");

    private final Map<TopicPartition, Long> begin = new LinkedHashMap<>();
    private final Map<TopicPartition, Map<Long, byte[]>> found = new HashMap<>();
    private final Tally tally;

    /** Compares only records after the current ends of the topics. */
    StoredRecords(Set<String> topics, Tally tally) throws ExecutionException, InterruptedException {
        this.tally = tally;
        for (String topic : topics) {
            // Another test may have created the dead-letter topic, with more partitions than declared here.
            int partitions = TopicProbe.partitions(topic);
            for (int partition = 0; partition < partitions; partition++) {
                TopicPartition place = new TopicPartition(topic, partition);
                begin.put(place, TopicProbe.end(place));
                found.put(place, new HashMap<>());
            }
        }
    }

    /** Reports each record that should not be in Kafka, or that differs from its response. */
    void compare(List<Path> ledgers) throws IOException {
        begin.keySet().stream()
                .map(TopicPartition::topic)
                .distinct()
                .forEach(topic -> KafkaProbe.forEach(topic, this::keep));
        for (Path ledger : ledgers) {
            Ledger.read(ledger, this::comparePlaced);
        }
        Map<String, List<Unreported>> rest = byId();
        for (Path ledger : ledgers) {
            Ledger.read(ledger, entry -> compareUnplaced(entry, rest));
        }
        rest.values()
                .forEach(all -> all.forEach(each -> tally.wrong("no response reports the record at %s@%d: %s"
                        .formatted(each.place, each.offset, shown(each.value)))));
    }

    private void keep(ConsumerRecord<byte[], byte[]> stored) {
        TopicPartition place = new TopicPartition(stored.topic(), stored.partition());
        boolean deadLetter = stored.topic().equals(DEAD_LETTERS);
        boolean isForeign = deadLetter
                && !KafkaProbe.header(stored, "__connect.errors.topic").startsWith("fuzz-");
        if (isForeign || stored.offset() < begin.get(place)) {
            return;
        }
        tally.count("records in " + stored.topic(), 1);
        found.get(place).put(stored.offset(), stored.value() == null ? new byte[0] : stored.value());
        boolean ofSchema =
                stored.topic().equals(RandomRequests.STRICT) || stored.topic().equals(RandomRequests.KEPT);
        // A record without a value is a tombstone, to which no schema applies.
        if (ofSchema && stored.value() != null && !EventOfSchema.is(stored.value())) {
            tally.wrong("the record at %s@%d violates its schema: %s"
                    .formatted(place, stored.offset(), shown(stored.value())));
        }
        for (Header header : stored.headers()) {
            boolean isDeadLetterHeader = deadLetter && header.key().startsWith("__connect.errors.");
            if (!isDeadLetterHeader && !HEADERS.matcher(header.key()).matches()) {
                tally.wrong("header %s at %s@%d".formatted(header.key(), place, stored.offset()));
            }
        }
    }

    private void comparePlaced(Ledger.Entry entry) {
        for (RecordLocation location : entry.locations()) {
            Map<Long, byte[]> records = found.get(new TopicPartition(location.topic(), location.partition()));
            byte[] value = records == null ? null : records.remove(location.offset());
            if (value == null || !entry.fits(location.index(), value)) {
                tally.wrong("%s is %s; sent was %s"
                        .formatted(location, shown(value), shown(entry.sent().get(0))));
            } else {
                tally.count("receipts that are true", 1);
            }
        }
    }

    private static String shown(byte[] bytes) {
        return bytes == null ? "nothing" : new String(bytes, ISO_8859_1);
    }

    /** A record at a location that no response reports. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Unreported(TopicPartition place, long offset, byte[] value) {}

    private Map<String, List<Unreported>> byId() {
        Map<String, List<Unreported>> rest = new HashMap<>();
        found.forEach((place, records) -> records.forEach((offset, value) -> {
            Matcher id = ID.matcher(shown(value));
            rest.computeIfAbsent(id.find() ? id.group() : "", any -> new ArrayList<>())
                    .add(new Unreported(place, offset, value));
        }));
        return rest;
    }

    /**
     * Removes the records of a request: optional ones of a request without a response, or the required ones of a
     * response without locations.
     */
    private void compareUnplaced(Ledger.Entry entry, Map<String, List<Unreported>> rest) {
        if (entry.answered() && entry.unplaced() == 0) {
            return;
        }
        int taken = take(rest, "", entry);
        for (byte[] sent : entry.sent()) {
            Matcher id = ID.matcher(shown(sent));
            while (id.find()) {
                taken += take(rest, id.group(), entry);
            }
        }
        if (entry.answered() && taken != entry.unplaced()) {
            tally.wrong("%d records of %s, answered for %d"
                    .formatted(taken, shown(entry.sent().get(0)), entry.unplaced()));
        }
        tally.count(entry.answered() ? "pixels that are true" : "records of requests without an answer", taken);
    }

    private static int take(Map<String, List<Unreported>> rest, String id, Ledger.Entry entry) {
        List<Unreported> records = rest.getOrDefault(id, new ArrayList<>());
        int before = records.size();
        records.removeIf(each -> entry.fits(-1, each.value));
        return before - records.size();
    }
}
