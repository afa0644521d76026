package io.wadi.ingest.deduplication;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.ingest.deduplication.DirectQueues.DirectQueue;
import io.wadi.kafka.topics.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Random direct events with the ids of simulated inboxes, and their outcomes. */
final class DirectOffers {
    private final Topic topic;
    private final Random random;
    private final List<Offer> all = new ArrayList<>();

    DirectOffers(Topic topic, Random random) {
        this.topic = topic;
        this.random = random;
    }

    /** An event of an id, from an inbox or direct. */
    private record Source(String id, long timeMs) {}

    private static final class Offer implements DirectEvent.Origin {
        private final Source source;
        private final String value;
        private Answer answer;
        private boolean isReturned;

        Offer(Source source, String value) {
            this.source = source;
            this.value = value;
        }

        @Override
        public void answered(DirectEvent event, Answer given) {
            assertThat(isReturned || answer != null).as("an earlier outcome").isFalse();
            answer = given;
        }

        @Override
        public void returned(DirectEvent event) {
            assertThat(isReturned || answer != null).as("an earlier outcome").isFalse();
            isReturned = true;
        }
    }

    /** Offers an event to a queue, which may be closed. */
    void offer(DirectQueue queue, SimulatedInbox inbox, long timeMs) {
        String id = inbox.randomId(random);
        Offer offer = new Offer(new Source(id, timeMs), SimulatedInbox.randomValue(random));
        byte[] key = id.getBytes(UTF_8);
        ProducerRecord<Object, Object> record =
                new ProducerRecord<>(topic.name(), null, null, offer.value.getBytes(UTF_8));
        record.headers().add("wadi-id", key).add("n", name(all.size()).getBytes(UTF_8));
        if (queue.offer(new DirectEvent(
                record,
                Digest.ofId(topic.name(), key),
                InboxRecords.digest(record),
                InboxRecords.sender(key),
                1,
                timeMs,
                offer))) {
            all.add(offer);
        }
    }

    private static String name(int number) {
        return "direct-" + number;
    }

    /** Returns the number of events with an answer. */
    long answered() {
        return all.stream().filter(each -> each.answer != null).count();
    }

    /**
     * Checks that each id is stored once in its window, and that each event has the answer of a stored one.
     *
     * @param stored the names of the stored events by their offsets
     */
    void check(List<SimulatedInbox> inboxes, Map<Long, String> stored) {
        Map<String, Source> sources = new HashMap<>();
        for (SimulatedInbox inbox : inboxes) {
            inbox.log.forEach(record -> sources.put(SimulatedInbox.number(record), source(record)));
        }
        for (int i = 0; i < all.size(); i++) {
            sources.put(name(i), all.get(i).source);
        }
        Map<String, List<Long>> times = new HashMap<>();
        stored.values()
                .forEach(name -> times.computeIfAbsent(sources.get(name).id, id -> new ArrayList<>())
                        .add(sources.get(name).timeMs));
        times.forEach((id, each) -> {
            List<Long> sorted = each.stream().sorted().toList();
            for (int i = 1; i < sorted.size(); i++) {
                assertThat(sorted.get(i) - sorted.get(i - 1)).as(id).isGreaterThanOrEqualTo(SimulatedInbox.WINDOW_MS);
            }
        });
        for (SimulatedInbox inbox : inboxes) {
            for (ConsumerRecord<?, ?> record : inbox.log) {
                assertThat(inbox.answers)
                        .as("answers for %s", SimulatedInbox.number(record))
                        .anyMatch(answer -> isFor(answer, source(record), stored, sources));
            }
        }
        for (Offer each : all) {
            if (each.answer != null && each.answer.kind() == Answer.Kind.STORED) {
                assertThat(isFor(each.answer, each.source, stored, sources))
                        .as("%s is an answer for %s", each.answer, each.source)
                        .isTrue();
            } else {
                assertThat(each.isReturned || SimulatedInbox.isRejected(each.value.getBytes(UTF_8)))
                        .isTrue();
            }
        }
    }

    private static Source source(ConsumerRecord<?, ?> record) {
        return new Source(SimulatedInbox.text(record.key()), record.timestamp());
    }

    private boolean isFor(Answer answer, Source event, Map<Long, String> stored, Map<String, Source> sources) {
        if (!answer.id().equals(Digest.ofId(topic.name(), event.id.getBytes(UTF_8)))) {
            return false;
        }
        if (answer.kind() != Answer.Kind.STORED) {
            return true;
        }
        return Stream.ofNullable(stored.get(answer.first().offset()))
                .map(sources::get)
                .anyMatch(first -> first.id.equals(event.id)
                        && first.timeMs == answer.first().timeMs()
                        && event.timeMs - first.timeMs < SimulatedInbox.WINDOW_MS);
    }
}
