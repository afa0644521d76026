package io.wadi.bench.subject;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Measures in the JVM of each subject when the first records are fetched and when the last offset is committed, and the
 * resource use in between. Kafka's consumer calls it as its interceptor, once per poll and once per commit. (It is also
 * a producer interceptor, because camel-kafka has one setting for both.)
 */
public final class Probe implements ConsumerInterceptor<Object, Object>, ProducerInterceptor<Object, Object> {
    private static final OperatingSystemMXBean PROCESS =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final Set<String> HEAP = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(pool -> pool.getName())
            .collect(Collectors.toSet());
    private static final List<Collection> COLLECTIONS = new ArrayList<>();

    private static String topic = "";
    private static long recordsAPartition;
    private static int partitions;
    private static final Map<TopicPartition, Long> COMMITTED = new HashMap<>();
    private static Moment begin;
    private static Moment end;
    private static List<ProcessHandle> servers = List.of();

    static {
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            ((NotificationEmitter) collector)
                    .addNotificationListener(
                            (notification, handback) -> collected((CompositeData) notification.getUserData()),
                            notification -> notification
                                    .getType()
                                    .equals(GarbageCollectionNotificationInfo.GARBAGE_COLLECTION_NOTIFICATION),
                            null);
        }
    }

    /** A time, in nanoseconds and in milliseconds since the JVM's start, and the resource use until then. */
    private record Moment(long nanos, long uptimeMs, long cpuNanos, long serversCpuNanos, long heapBytes) {
        static Moment now() {
            return new Moment(
                    System.nanoTime(),
                    ManagementFactory.getRuntimeMXBean().getUptime(),
                    PROCESS.getProcessCpuTime(),
                    servers.stream()
                            .flatMap(server -> server.info().totalCpuDuration().stream())
                            .mapToLong(Duration::toNanos)
                            .sum(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
    }

    /** One garbage collection: when it began, and the heap in use before and after it. */
    private record Collection(long uptimeMs, long before, long after) {}

    /** Made by Kafka. */
    public Probe() {}

    private static void collected(CompositeData data) {
        var info = GarbageCollectionNotificationInfo.from(data).getGcInfo();
        Collection collection = new Collection(
                info.getStartTime(), heap(info.getMemoryUsageBeforeGc()), heap(info.getMemoryUsageAfterGc()));
        synchronized (Probe.class) {
            COLLECTIONS.add(collection);
        }
    }

    private static long heap(Map<String, MemoryUsage> pools) {
        return pools.entrySet().stream()
                .filter(pool -> HEAP.contains(pool.getKey()))
                .mapToLong(pool -> pool.getValue().getUsed())
                .sum();
    }

    /** Resets the measurement and waits for the job's first records. */
    static synchronized void arm(Job job) {
        topic = job.topic();
        partitions = job.partitions();
        recordsAPartition = job.recordsAPartition();
        servers = job.servers();
        COMMITTED.clear();
        COLLECTIONS.clear();
        begin = null;
        end = null;
    }

    private boolean inGroup;

    @Override
    public ConsumerRecords<Object, Object> onConsume(ConsumerRecords<Object, Object> records) {
        if (inGroup) {
            fetched();
        }
        return records;
    }

    /** Reports that records have been fetched; only the first call counts. */
    static synchronized void fetched() {
        if (begin == null) {
            begin = Moment.now();
        }
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        committed(offsets);
    }

    private static synchronized void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> {
            if (partition.topic().equals(topic)) {
                COMMITTED.put(partition, offset.offset());
            }
        });
        if (COMMITTED.size() == partitions
                && COMMITTED.values().stream().allMatch(offset -> offset >= recordsAPartition)) {
            finished();
        }
    }

    /** Reports that the work is done, for subjects that do not end with a commit to Kafka. Later calls are ignored. */
    public static synchronized void finished() {
        if (end == null) {
            end = Moment.now();
            Probe.class.notifyAll();
        }
    }

    /** Returns whether everything is committed. */
    public static synchronized boolean isFinished() {
        return end != null;
    }

    /** Returns when everything is committed. */
    public static synchronized void awaitFinished() throws InterruptedException {
        while (end == null) {
            Probe.class.wait();
        }
    }

    /**
     * Returns the measurements since {@link #arm}: seconds, cpu-seconds, servers-cpu-seconds, peak-heap-bytes,
     * allocated-bytes, collections; and live-heap-bytes, the heap in use after a full collection now.
     */
    static Properties result() throws InterruptedException {
        // Notifications of collections arrive on another thread.
        TimeUnit.MILLISECONDS.sleep(200);
        synchronized (Probe.class) {
            List<Collection> within = COLLECTIONS.stream()
                    .filter(each -> each.uptimeMs() >= begin.uptimeMs() && each.uptimeMs() < end.uptimeMs())
                    .toList();
            long peak = within.isEmpty() ? end.heapBytes() : 0;
            long used = begin.heapBytes();
            long allocated = 0;
            for (Collection each : within) {
                allocated += Math.max(0, each.before() - used);
                used = each.after();
                peak = Math.max(peak, each.after());
            }
            allocated += Math.max(0, end.heapBytes() - used);
            Properties result = new Properties();
            result.setProperty("seconds", Double.toString((end.nanos() - begin.nanos()) / 1e9));
            result.setProperty("cpu-seconds", Double.toString((end.cpuNanos() - begin.cpuNanos()) / 1e9));
            result.setProperty(
                    "servers-cpu-seconds", Double.toString((end.serversCpuNanos() - begin.serversCpuNanos()) / 1e9));
            result.setProperty("peak-heap-bytes", Long.toString(peak));
            System.gc();
            result.setProperty("live-heap-bytes", Long.toString(Moment.now().heapBytes()));
            result.setProperty("allocated-bytes", Long.toString(allocated));
            result.setProperty("collections", Integer.toString(within.size()));
            return result;
        }
    }

    @Override
    public ProducerRecord<Object, Object> onSend(ProducerRecord<Object, Object> sent) {
        return sent;
    }

    @Override
    public void onAcknowledgement(RecordMetadata metadata, Exception exception) {}

    @Override
    public void configure(Map<String, ?> settings) {
        // Consumers without a group have other purposes, such as health checks, and read before the flow does.
        inGroup = settings.get("group.id") != null;
    }

    @Override
    public void close() {}
}
