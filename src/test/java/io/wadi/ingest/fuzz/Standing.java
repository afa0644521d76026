package io.wadi.ingest.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.wadi.testing.KafkaProbe;
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

/** What Kafka holds, compared with what answers have said. */
final class Standing {
    private static final String DEAD_LETTERS = "wadi.dead-letter";
    private static final Pattern ID = Pattern.compile("fz[0-9a-f]{16}");
    private static final Pattern HEADERS = Pattern.compile("wadi-id|x-tenant|fuzz|content-type|ce_[a-z0-9]+");

    private final Map<TopicPartition, Long> begin = new LinkedHashMap<>();
    private final Map<TopicPartition, Map<Long, byte[]>> found = new HashMap<>();
    private final Tally tally;

    /** Begins where the topics end now. */
    Standing(Set<String> topics, Tally tally) throws ExecutionException, InterruptedException {
        this.tally = tally;
        for (String topic : topics) {
            // The dead letters' topic may be another test's, with more of them than are declared here.
            int partitions = KafkaProbe.partitions(topic);
            for (int partition = 0; partition < partitions; partition++) {
                TopicPartition place = new TopicPartition(topic, partition);
                begin.put(place, KafkaProbe.end(place));
                found.put(place, new HashMap<>());
            }
        }
    }

    /** Says of each record that should not stand, or stands otherwise than was answered, what is wrong with it. */
    void compare(List<Path> ledgers) throws IOException {
        begin.keySet().stream()
                .map(TopicPartition::topic)
                .distinct()
                .forEach(topic -> KafkaProbe.forEach(topic, this::keep));
        for (Path ledger : ledgers) {
            Ledger.read(ledger, this::comparePlaced);
        }
        Map<String, List<Untold>> rest = byId();
        for (Path ledger : ledgers) {
            Ledger.read(ledger, entry -> compareUnplaced(entry, rest));
        }
        rest.values()
                .forEach(all -> all.forEach(each -> tally.wrong("no response reports that at %s@%d stands %s"
                        .formatted(each.place, each.offset, shown(each.value)))));
    }

    private void keep(ConsumerRecord<byte[], byte[]> standing) {
        TopicPartition place = new TopicPartition(standing.topic(), standing.partition());
        boolean deadLetter = standing.topic().equals(DEAD_LETTERS);
        boolean ofOthers = deadLetter
                && !KafkaProbe.header(standing, "__connect.errors.topic").startsWith("fuzz-");
        if (ofOthers || standing.offset() < begin.get(place)) {
            return;
        }
        tally.count("records in " + standing.topic(), 1);
        found.get(place).put(standing.offset(), standing.value() == null ? new byte[0] : standing.value());
        boolean ofSchema = standing.topic().equals(RandomRequests.STRICT)
                || standing.topic().equals(RandomRequests.KEPT);
        // A record without a value deletes its key, and no schema is asked.
        if (ofSchema && standing.value() != null && !EventOfSchema.is(standing.value())) {
            tally.wrong("at %s@%d stands what its schema refuses: %s"
                    .formatted(place, standing.offset(), shown(standing.value())));
        }
        for (Header header : standing.headers()) {
            boolean isDeadLetterHeader = deadLetter && header.key().startsWith("__connect.errors.");
            if (!isDeadLetterHeader && !HEADERS.matcher(header.key()).matches()) {
                tally.wrong("header %s at %s@%d".formatted(header.key(), place, standing.offset()));
            }
        }
    }

    private void comparePlaced(Ledger.Entry entry) {
        for (Stand stand : entry.stands()) {
            Map<Long, byte[]> records = found.get(new TopicPartition(stand.topic(), stand.partition()));
            byte[] value = records == null ? null : records.remove(stand.offset());
            if (value == null || !entry.fits(stand.index(), value)) {
                tally.wrong("%s is %s; sent was %s"
                        .formatted(stand, shown(value), shown(entry.sent().get(0))));
            } else {
                tally.count("receipts that are true", 1);
            }
        }
    }

    private static String shown(byte[] bytes) {
        return bytes == null ? "nothing" : new String(bytes, ISO_8859_1);
    }

    /** A record that no receipt names. */
    @SuppressWarnings("ArrayRecordComponent") // never compared as a record
    private record Untold(TopicPartition place, long offset, byte[] value) {}

    private Map<String, List<Untold>> byId() {
        Map<String, List<Untold>> rest = new HashMap<>();
        found.forEach((place, records) -> records.forEach((offset, value) -> {
            Matcher id = ID.matcher(shown(value));
            rest.computeIfAbsent(id.find() ? id.group() : "", any -> new ArrayList<>())
                    .add(new Untold(place, offset, value));
        }));
        return rest;
    }

    /** Takes away what may stand of a request without an answer, or has to stand of one whose answer does not say where. */
    private void compareUnplaced(Ledger.Entry entry, Map<String, List<Untold>> rest) {
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

    private static int take(Map<String, List<Untold>> rest, String id, Ledger.Entry entry) {
        List<Untold> records = rest.getOrDefault(id, new ArrayList<>());
        int before = records.size();
        records.removeIf(each -> entry.fits(-1, each.value));
        return before - records.size();
    }
}
