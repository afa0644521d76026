package io.wadi.management.page;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.TopicReader;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The API of alerts on the management port: pending and firing alerts and their latest changes, read from the alerts
 * topic.
 */
public final class AlertRoutes extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_RECORDS = 200_000;
    private static final int MAX_SHOWN = 500;
    private static final int MAX_COUNTED = 20_000;
    private static final int MAX_CHANGES = 200;
    /** The longest key in UTF-8: a rule name of 100 code points, {@code :no-data@}, and a host of 255 characters. */
    private static final int MAX_KEY_BYTES = 100 * 4 + ":no-data@".length() + 255 * 3;
    /** The memory of a JSON tree as a multiple of the memory of its text. */
    private static final int TREE_FACTOR = 4;

    private final String topic;
    private final Supplier<Properties> observer;
    private final Masking masking;
    private final ReadRequests requests;

    public AlertRoutes(String topic, Supplier<Properties> observer, Masking masking, ReadRequests requests) {
        this.topic = topic;
        this.observer = observer;
        this.masking = masking;
        this.requests = requests;
    }

    @Override
    public void configure() {
        from("management:/api/alerts?httpMethodRestrict=GET,HEAD")
                .routeId("api-alerts")
                .process(PageResponses.with(PageResponses.limited(
                        new Semaphore(1),
                        "another request is reading alerts; try again",
                        request -> requests.read(this::read))));
    }

    private Object read() {
        try (TopicReader reader = new TopicReader(observer.get(), requests.fetch())) {
            AlertCollector collector = new AlertCollector(masking, requests.characters());
            List<TopicPartition> partitions = reader.partitions(topic);
            Map<TopicPartition, Long> ends = reader.ends(partitions);
            reader.records(collector.startOffsets(reader.begins(partitions), ends), ends)
                    .forEachRemaining(collector::add);
            return collector.result();
        }
    }

    /** Collects active alerts and the newest changes, both bounded in number and characters. */
    static final class AlertCollector {
        /** Orders changes by time; changes of the same millisecond keep the order in which they were read. */
        private static final Comparator<Change> OLDEST_FIRST =
                Comparator.comparingLong(Change::time).thenComparingLong(Change::number);

        /** The states of active alerts. The other states are resolved, and inactive after pending without firing. */
        private static final Set<String> ACTIVE = Set.of("pending", "firing");

        /** The active alerts by a hash of the record key, which takes less memory than a long key. */
        private final Map<UUID, Alert> active = new LinkedHashMap<>();

        private final NewestRecords<Change> newest;
        private final Masking masking;
        private final long maxCharacters;
        private long activeCharacters;
        private long changes;
        private long unreadable;
        private boolean isCut;

        private record Change(long time, long number, Alert alert) {}

        /** An alert; {@code json} is null if the alert is only counted. */
        private record Alert(JsonNode json, int characters) {}

        AlertCollector(Masking masking, int characters) {
            this.masking = masking;
            this.maxCharacters = characters / TREE_FACTOR / 2;
            this.newest =
                    new NewestRecords<>(OLDEST_FIRST, each -> each.alert().characters(), MAX_CHANGES, maxCharacters);
        }

        /** Returns the first offset of each partition, or a later offset in a large topic. */
        Map<TopicPartition, Long> startOffsets(Map<TopicPartition, Long> begins, Map<TopicPartition, Long> ends) {
            Map<TopicPartition, Long> starts = new HashMap<>();
            ends.forEach((partition, end) -> {
                long begin = begins.get(partition);
                starts.put(partition, Math.max(begin, end - MAX_RECORDS / ends.size()));
                isCut |= starts.get(partition) > begin;
            });
            return starts;
        }

        void add(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null || record.key().length > MAX_KEY_BYTES) {
                unreadable++;
                return;
            }
            UUID key = UUID.nameUUIDFromBytes(record.key());
            try {
                JsonNode json = record.value() == null ? null : masking.json(JSON.readTree(record.value()));
                if (json != null && !json.isObject()) {
                    unreadable++;
                    return;
                }
                Alert alert = json == null ? null : new Alert(json, record.value().length);
                if (alert == null || !ACTIVE.contains(json.path("state").asText())) {
                    resolve(key);
                } else {
                    activate(key, alert);
                }
                if (alert != null) {
                    newest.add(new Change(record.timestamp(), changes++, alert));
                }
            } catch (IOException e) {
                unreadable++;
            }
        }

        private void activate(UUID key, Alert alert) {
            Alert previous = active.get(key);
            if (previous == null && active.size() == MAX_COUNTED) {
                isCut = true;
                return;
            }
            activeCharacters -= previous == null ? 0 : previous.characters();
            boolean fits = activeCharacters + alert.characters() <= maxCharacters;
            isCut |= !fits;
            active.put(key, fits ? alert : new Alert(null, 0));
            activeCharacters += fits ? alert.characters() : 0;
        }

        private void resolve(UUID key) {
            Alert previous = active.remove(key);
            activeCharacters -= previous == null ? 0 : previous.characters();
        }

        Map<String, Object> result() {
            Map<String, Object> result = new LinkedHashMap<>();
            result.put("count", active.size());
            result.put(
                    "active",
                    active.values().stream()
                            .map(Alert::json)
                            .filter(Objects::nonNull)
                            .limit(MAX_SHOWN)
                            .toList());
            result.put(
                    "changes",
                    newest.newestFirst().stream()
                            .map(each -> each.alert().json())
                            .toList());
            result.put("unreadable", unreadable);
            result.put("cut", isCut);
            return result;
        }
    }
}
