package io.wadi.kafka.client;

import io.wadi.kafka.Causes;
import io.wadi.kafka.partitions.Advance;
import io.wadi.runtime.health.CheckResult;
import io.wadi.runtime.health.Prober;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Looks how a group advances in partitions that others read for it, by what it commits: a fault where it has committed nothing
 * more for some time although there are records, and where Kafka does not say. What only looks like a record, such as the
 * marker of a transaction, is none.
 */
public final class GroupAdvance implements Prober.Probe {
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaClients kafka;
    private final String group;
    private final Supplier<Set<TopicPartition>> partitions;
    private final Duration after;
    private final Duration within;
    private final Clock clock;
    private final Map<TopicPartition, Advance> advances = new HashMap<>();
    private Admin admin;
    private Consumer<byte[], byte[]> consumer;

    /**
     * Connects with the first look.
     *
     * @param partitions which are looked at; one that comes anew has its time from then on
     * @param after how long nothing may be committed although there are records
     * @param within how long Kafka may take for an answer
     */
    public GroupAdvance(
            KafkaClients kafka,
            String group,
            Supplier<Set<TopicPartition>> partitions,
            Duration after,
            Duration within,
            Clock clock) {
        this.kafka = kafka;
        this.group = group;
        this.partitions = partitions;
        this.after = after;
        this.within = within;
        this.clock = clock;
    }

    @Override
    public CheckResult look() throws InterruptedException {
        Set<TopicPartition> wanted = partitions.get();
        try {
            return look(wanted);
        } catch (InterruptException e) {
            throw new InterruptedException();
        } catch (ExecutionException | KafkaException e) {
            return CheckResult.fault("how far group %s is behind is not known: %s".formatted(group, Causes.inShort(e)));
        }
    }

    private CheckResult look(Set<TopicPartition> wanted) throws ExecutionException, InterruptedException {
        KafkaFuture<Map<TopicPartition, OffsetAndMetadata>> asked =
                admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata();
        ListOffsetsResult begins = offsets(wanted, OffsetSpec.earliest());
        ListOffsetsResult ends = offsets(wanted, OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> committed = asked.get();
        advances.keySet().retainAll(wanted);
        long left = 0;
        List<String> stalled = new ArrayList<>();
        for (TopicPartition each : wanted) {
            OffsetAndMetadata last = committed.get(each);
            long begin = begins.partitionResult(each).get().offset();
            long done = last == null ? begin : Math.max(begin, last.offset());
            long end = ends.partitionResult(each).get().offset();
            left += Math.max(0, end - done);
            stalled(each, done, end).ifPresent(words -> stalled.add("%s: %s".formatted(each, words)));
        }
        if (stalled.isEmpty()) {
            return CheckResult.proof("group %s is %d offsets behind in its %d partitions here, and advances"
                    .formatted(group, left, wanted.size()));
        }
        String more = stalled.size() == 1 ? "" : "; and %d more partitions".formatted(stalled.size() - 1);
        return CheckResult.fault("group %s does not advance: %s%s".formatted(group, stalled.get(0), more));
    }

    private ListOffsetsResult offsets(Set<TopicPartition> wanted, OffsetSpec which) {
        return admin().listOffsets(
                        wanted.stream().collect(Collectors.toMap(Function.identity(), each -> which)),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED));
    }

    private Optional<String> stalled(TopicPartition partition, long done, long end) {
        Instant now = clock.instant();
        Advance advance = advances.getOrDefault(partition, Advance.begun(now)).then(end, done, 0, Duration.ZERO, now);
        advances.put(partition, advance);
        Optional<String> words = advance.stalled(now, after);
        if (words.isPresent() && !hasRecords(partition, done, end)) {
            advances.remove(partition);
            return Optional.empty();
        }
        return words;
    }

    /** Whether there is one, and not only markers; also where Kafka does not give it within the time. */
    private boolean hasRecords(TopicPartition partition, long from, long end) {
        Consumer<byte[], byte[]> reader = consumer();
        reader.assign(List.of(partition));
        reader.seek(partition, from);
        long giveUp = System.nanoTime() + within.toNanos();
        while (reader.position(partition) < end && System.nanoTime() - giveUp < 0) {
            if (!reader.poll(POLL).isEmpty()) {
                return true;
            }
        }
        return reader.position(partition) < end;
    }

    private Admin admin() {
        if (admin == null) {
            Properties settings = kafka.adminProperties();
            String ms = Long.toString(within.toMillis());
            settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ms);
            settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ms);
            admin = Admin.create(settings);
        }
        return admin;
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            consumer = kafka.probingConsumer(within);
        }
        return consumer;
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
        if (consumer != null) {
            consumer.close(Duration.ZERO);
        }
    }
}
