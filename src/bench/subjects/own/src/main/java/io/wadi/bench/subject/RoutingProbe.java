package io.wadi.bench.subject;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;

/**
 * Notifies {@link Probe}, for each subject that routes records to other topics, when the first records are fetched and
 * when the last output is visible to read-committed consumers: acknowledged, and not in an open transaction. If rules
 * are evaluated for the routed documents, it waits until they have been evaluated for all. It does not use the commits
 * of the routing, since Kafka Streams commits every 30 s unless it is exactly-once. The subject's consumers and
 * producers have it as their interceptor.
 */
public final class RoutingProbe implements ConsumerInterceptor<Object, Object>, ProducerInterceptor<Object, Object> {
    private static final AtomicLong MISSING = new AtomicLong();
    private static volatile Set<String> outputs = Set.of();

    /** Made by Kafka. */
    public RoutingProbe() {}

    /** Waits for the job's outputs. */
    static void arm(Job job) {
        outputs = Set.copyOf(RoutingSubject.outputs(job));
        MISSING.set(Long.parseLong(job.setting("outputs")));
    }

    /** Waits until all outputs are visible, then notifies {@link Probe}. */
    static void awaitVisible(Job job) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", job.brokers()))) {
            while (MISSING.get() > 0) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            while (!ends(admin, job, IsolationLevel.READ_COMMITTED)
                    .equals(ends(admin, job, IsolationLevel.READ_UNCOMMITTED))) {
                Thread.onSpinWait();
            }
            while (MetricsWadiSubject.evaluatesRules(job) && !haveRulesReadAll(admin, job)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            Probe.finished();
        }
    }

    /** Returns whether the rules' flow has committed all routed documents, which it does together with its results. */
    private static boolean haveRulesReadAll(Admin admin, Job job) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                        MetricsWadiSubject.rulesGroup(job))
                .partitionsToOffsetAndMetadata()
                .get();
        Set<String> read = Set.of(RoutingSubject.cpu(job), RoutingSubject.memory(job));
        return ends(admin, job, IsolationLevel.READ_COMMITTED).entrySet().stream()
                .filter(end -> read.contains(end.getKey().topic()) && end.getValue() > 0)
                .allMatch(end -> committed.get(end.getKey()) != null
                        && committed.get(end.getKey()).offset() >= end.getValue());
    }

    private static Map<TopicPartition, Long> ends(Admin admin, Job job, IsolationLevel isolation)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = outputs.stream()
                .flatMap(
                        topic -> IntStream.range(0, job.partitions()).mapToObj(each -> new TopicPartition(topic, each)))
                .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> reported = admin.listOffsets(
                        latest, new ListOffsetsOptions(isolation))
                .all()
                .get();
        return reported.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, each -> each.getValue().offset()));
    }

    private boolean inGroup;

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
        if (inGroup) {
            Probe.fetched();
        }
        return records;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception error) {
        if (error == null && outputs.contains(metadata.topic())) {
            MISSING.decrementAndGet();
        }
    }

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> sent) {
        return sent;
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

    @Override
    public void configure(Map<String, ?> settings) {
        // Consumers without a group have other purposes, such as health checks, and read before the flow does.
        inGroup = settings.get("group.id") != null;
    }

    @Override
    public void close() {}
}
