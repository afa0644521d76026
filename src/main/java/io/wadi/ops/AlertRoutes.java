package io.wadi.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wadi.kafka.Masking;
import io.wadi.kafka.TopicTail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final int MOST_CHANGES = 200;

    private final String topic;
    private final Supplier<Properties> observer;
    private final Masking masking;
    private final Semaphore reader = new Semaphore(1);

    /**
     * Takes the topic that has the last change of each alert, the settings of a consumer that looks beside others, and what is not
     * shown of alerts.
     */
    public AlertRoutes(String topic, Supplier<Properties> observer, Masking masking) {
        super();
        this.topic = topic;
        this.observer = observer;
        this.masking = masking;
    }

    @Override
    public void configure() {
        from("management:/api/alerts?httpMethodRestrict=GET")
                .routeId("api-alerts")
                .process(Answers.with(asked -> alone()));
    }

    private Object alone() throws Answers.BusyException {
        if (!reader.tryAcquire()) {
            throw new Answers.BusyException("another request reads alerts at the moment");
        }
        try (TopicTail tail = new TopicTail(topic, observer.get())) {
            Found found = new Found(masking);
            tail.begin(found.from(tail));
            tail.read(true, each -> {
                found.take(each);
                return true;
            });
            return found.shown();
        } finally {
            reader.release();
        }
    }

    /** What is found by reading on. */
    private static final class Found {
        private static final Comparator<Change> OLDEST_FIRST =
                Comparator.comparingLong(Change::time).thenComparingLong(Change::number);

        private final Map<String, JsonNode> active = new LinkedHashMap<>();
        private final PriorityQueue<Change> newest = new PriorityQueue<>(OLDEST_FIRST);
        private final Masking masking;
        private long changes;
        private long unreadable;
        private boolean isCut;

        /** In the order of time; of the same millisecond, in the order of reading, which is that of the offsets in a partition. */
        private record Change(long time, long number, JsonNode alert) {}

        Found(Masking masking) {
            this.masking = masking;
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
            if (found.key() == null) {
                unreadable++;
                return;
            }
            String key = new String(found.key(), StandardCharsets.UTF_8);
            try {
                JsonNode alert = found.value() == null ? null : masking.json(JSON.readTree(found.value()));
                if (alert == null || alert.path("state").asText().equals("resolved")) {
                    active.remove(key);
                } else {
                    active.put(key, alert);
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

        private void keep(Change change) {
            newest.add(change);
            if (newest.size() > MOST_CHANGES) {
                newest.remove();
            }
        }

        Map<String, Object> shown() {
            List<Change> newestFirst = new ArrayList<>(newest);
            newestFirst.sort(OLDEST_FIRST.reversed());
            Map<String, Object> shown = new LinkedHashMap<>();
            shown.put("count", active.size());
            shown.put("active", active.values().stream().limit(MOST_ACTIVE).toList());
            shown.put("changes", newestFirst.stream().map(Change::alert).toList());
            shown.put("unreadable", unreadable);
            shown.put("cut", isCut);
            return shown;
        }
    }
}
