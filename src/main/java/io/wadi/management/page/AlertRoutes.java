package io.wadi.management.page;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.records.Masking;
import io.wadi.kafka.records.TopicTail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.apache.camel.builder.RouteBuilder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Alerts on the management port, as their topic tells of them: those that are pending or fire, and the changes before. */
public final class AlertRoutes extends RouteBuilder {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_RECORDS = 200_000;
    private static final int MOST_ACTIVE = 500;
    private static final int MOST_COUNTED = 20_000;
    private static final int LONGEST_KEY = 1000;
    /** What a character of JSON may take as a tree, in what one takes that is read. */
    private static final int TREE = 4;

    private static final int MOST_CHANGES = 200;

    private final String topic;
    private final Supplier<Properties> observer;
    private final Masking masking;
    private final ReadRequests readings;
    private final Semaphore reader = new Semaphore(1);

    /**
     * Takes the topic that has the last change of each alert, the settings of a consumer that looks beside others, what is not shown
     * of alerts, and what reading them may take.
     */
    public AlertRoutes(String topic, Supplier<Properties> observer, Masking masking, ReadRequests readings) {
        super();
        this.topic = topic;
        this.observer = observer;
        this.masking = masking;
        this.readings = readings;
    }

    @Override
    public void configure() {
        from("management:/api/alerts?httpMethodRestrict=GET")
                .routeId("api-alerts")
                .process(PageResponses.with(asked -> alone()));
    }

    private Object alone() throws PageResponses.BusyException {
        if (!reader.tryAcquire()) {
            throw new PageResponses.BusyException("another request reads alerts at the moment");
        }
        try {
            return readings.read(this::read);
        } finally {
            reader.release();
        }
    }

    private Object read() {
        try (TopicTail tail = new TopicTail(topic, readings.limited(observer.get()))) {
            Found found = new Found(masking, readings.characters());
            tail.begin(found.from(tail));
            tail.read(true, each -> {
                found.take(each);
                return true;
            });
            return found.shown();
        }
    }

    /** What is found by reading on. */
    static final class Found {
        private static final Comparator<Change> OLDEST_FIRST =
                Comparator.comparingLong(Change::time).thenComparingLong(Change::number);

        private final Map<String, Alert> active = new LinkedHashMap<>();
        private final PriorityQueue<Change> newest = new PriorityQueue<>(OLDEST_FIRST);
        private final Masking masking;
        private final long mostCharacters;
        private long activeCharacters;
        private long newestCharacters;
        private long changes;
        private long unreadable;
        private boolean isCut;

        /** In the order of time; of the same millisecond, in the order of reading, which is that of the offsets in a partition. */
        private record Change(long time, long number, Alert alert) {}

        /** An alert; its JSON is null where it is only counted. */
        private record Alert(JsonNode json, int characters) {}

        Found(Masking masking, int characters) {
            this.masking = masking;
            this.mostCharacters = characters / TREE / 2;
        }

        /** All that stands there, or so much of it that an answer comes soon. */
        Map<TopicPartition, Long> from(TopicTail tail) {
            List<TopicPartition> partitions = tail.partitions();
            Map<TopicPartition, Long> begins = tail.begins(partitions);
            Map<TopicPartition, Long> from = new HashMap<>();
            tail.ends(partitions).forEach((partition, end) -> {
                long begin = begins.get(partition);
                from.put(partition, Math.max(begin, end - MOST_RECORDS / partitions.size()));
                isCut |= from.get(partition) > begin;
            });
            return from;
        }

        void take(ConsumerRecord<byte[], byte[]> found) {
            if (found.key() == null || found.key().length > LONGEST_KEY) {
                unreadable++;
                return;
            }
            String key = new String(found.key(), StandardCharsets.UTF_8);
            try {
                JsonNode json = found.value() == null ? null : masking.json(JSON.readTree(found.value()));
                Alert alert = json == null ? null : new Alert(json, found.value().length);
                if (alert == null || json.path("state").asText().equals("resolved")) {
                    end(key);
                } else {
                    begin(key, alert);
                }
                if (alert != null) {
                    keep(new Change(found.timestamp(), changes++, alert));
                }
            } catch (JsonProcessingException e) {
                unreadable++;
            } catch (IOException e) {
                throw new IllegalStateException("bytes can be read", e);
            }
        }

        private void begin(String key, Alert alert) {
            Alert before = active.get(key);
            if (before == null && active.size() == MOST_COUNTED) {
                isCut = true;
                return;
            }
            activeCharacters -= before == null ? 0 : before.characters();
            boolean isRoom = activeCharacters + alert.characters() <= mostCharacters;
            isCut |= !isRoom;
            active.put(key, isRoom ? alert : new Alert(null, 0));
            activeCharacters += isRoom ? alert.characters() : 0;
        }

        private void end(String key) {
            Alert before = active.remove(key);
            activeCharacters -= before == null ? 0 : before.characters();
        }

        private void keep(Change change) {
            newest.add(change);
            newestCharacters += change.alert().characters();
            while (newest.size() > MOST_CHANGES || (newestCharacters > mostCharacters && newest.size() > 1)) {
                newestCharacters -= newest.remove().alert().characters();
            }
        }

        Map<String, Object> shown() {
            List<Change> newestFirst = new ArrayList<>(newest);
            newestFirst.sort(OLDEST_FIRST.reversed());
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("count", active.size());
            shown.put(
                    "active",
                    active.values().stream()
                            .map(Alert::json)
                            .filter(Objects::nonNull)
                            .limit(MOST_ACTIVE)
                            .toList());
            shown.put(
                    "changes",
                    newestFirst.stream().map(each -> each.alert().json()).toList());
            shown.put("unreadable", unreadable);
            shown.put("cut", isCut);
            return shown;
        }
    }
}
