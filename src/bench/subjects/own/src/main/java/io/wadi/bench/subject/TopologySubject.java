package io.wadi.bench.subject;

import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * A subject that runs a topology of web events on Kafka Streams, exactly once, with one thread. The job's setting
 * {@code flow} defines which: {@code filter} passes all events except red ones, as objects with colour and user;
 * {@code count} counts events by user and ten minutes, and emits each change; {@code total} counts records by key.
 * Results go to the topic that is the job's directory.
 *
 * <p>It is observed from outside, in the same way for all: by the JMX metrics of Kafka's clients, and by the group's
 * committed offsets.
 */
public abstract class TopologySubject implements Subject {
    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();
    private static final int LOOK_EVERY_MS = 20;

    /** Starts the topology, which runs until it is closed. */
    protected abstract AutoCloseable start(Job job) throws Exception;

    /** Returns whether the job restarts the application of an earlier process, and ends when its state is ready. */
    private static boolean isRestart(Job job) {
        return Boolean.parseBoolean(job.setting("restart"));
    }

    @Override
    public final void land(Job job) throws Exception {
        if (isRestart(job)) {
            Probe.fetched();
        }
        try (AutoCloseable running = start(job);
                Admin admin = Admin.create(Map.of("bootstrap.servers", job.brokers()))) {
            if (isRestart(job)) {
                await(() -> isReady(job));
            } else {
                await(() -> hasFetched(job));
                Probe.fetched();
                await(() -> isAllCommitted(admin, job));
            }
            Probe.finished();
        }
    }

    /** A condition to wait for. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition) throws Exception {
        while (!condition.holds()) {
            TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MS);
        }
    }

    private static boolean hasFetched(Job job) throws JMException {
        return !BEANS.queryNames(
                        new ObjectName(
                                "kafka.consumer:type=consumer-fetch-manager-metrics,topic=%s,*".formatted(job.topic())),
                        null)
                .isEmpty();
    }

    private static boolean isReady(Job job) throws JMException {
        for (ObjectName each : BEANS.queryNames(
                new ObjectName("kafka.streams:type=stream-metrics,client-id=%s-*".formatted(job.group())), null)) {
            if ("RUNNING".equals(String.valueOf(BEANS.getAttribute(each, "state")))) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether the group has committed the job's topic to its end, and then the repartition topics, together
     * with the results.
     */
    private static boolean isAllCommitted(Admin admin, Job job) throws InterruptedException, ExecutionException {
        if (!isCommitted(admin, job, List.of(job.topic()), 0)) {
            return false;
        }
        List<String> passedOn = admin.listTopics().names().get().stream()
                .filter(topic -> topic.startsWith(job.group() + "-") && topic.endsWith("-repartition"))
                .toList();
        // The transaction marker follows the last record.
        return isCommitted(admin, job, passedOn, 1);
    }

    private static boolean isCommitted(Admin admin, Job job, Collection<String> topics, long behind)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> latest = topics.stream()
                .flatMap(
                        topic -> IntStream.range(0, job.partitions()).mapToObj(each -> new TopicPartition(topic, each)))
                .collect(Collectors.toMap(Function.identity(), each -> OffsetSpec.latest()));
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(job.group())
                .partitionsToOffsetAndMetadata()
                .get();
        return admin.listOffsets(latest).all().get().entrySet().stream()
                .allMatch(end -> end.getValue().offset() == 0
                        || (committed.get(end.getKey()) != null
                                && committed.get(end.getKey()).offset()
                                        >= end.getValue().offset() - behind));
    }
}
