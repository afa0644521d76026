package io.wadi.kafka.producer;

import io.wadi.kafka.RecordDelivery;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metrics.KafkaMetric;

/**
 * The Kafka producer of every flow. A send on a consumer's thread completes immediately with an unknown offset, and the
 * consumer awaits its acknowledgement before it commits. With exactly-once, such a send is a part of the consumer's
 * transaction and uses the settings of the transaction's producer; see {@link RecordDelivery}. Other sends complete
 * when Kafka has acknowledged them. Thread-safe.
 *
 * <p>For topics with their own settings, there is one Kafka producer for each distinct set of settings, created on
 * first use. Its other settings are those of this producer, including the size of the buffer.
 */
public final class FlowProducer implements Producer<Object, Object> {
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final Runnable onClose;
    private final ReplaceableProducer main;
    private final Map<String, ReplaceableProducer> byTopic = new HashMap<>();
    private final List<ReplaceableProducer> variants;

    /**
     * Creates a producer.
     *
     * @param topics the settings of topics that declare their own, by topic, with Kafka's names and values; they
     *     override the properties
     * @param onClose the action that replaces {@link #close}
     * @throws org.apache.kafka.common.KafkaException if Kafka rejects the properties
     */
    public FlowProducer(Properties properties, Map<String, Map<String, String>> topics, Runnable onClose) {
        this.onClose = onClose;
        main = new ReplaceableProducer(properties, Map.of());
        main.producer();
        Map<Map<String, String>, ReplaceableProducer> distinct = new HashMap<>();
        topics.forEach((topic, settings) -> byTopic.put(
                topic, distinct.computeIfAbsent(settings, own -> new ReplaceableProducer(properties, own))));
        variants = List.copyOf(distinct.values());
    }

    private ReplaceableProducer of(String topic) {
        return byTopic.getOrDefault(topic, main);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent) {
        return send(sent, null);
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
        RecordDelivery delivery = RecordDelivery.onThisThread();
        return delivery == null ? deliver(sent, callback) : delivery.send(sent, callback, this::deliver);
    }

    private Future<RecordMetadata> deliver(ProducerRecord<Object, Object> sent, Callback callback) {
        return of(sent.topic()).send(sent, callback);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
        return of(topic).producer().partitionsFor(topic);
    }

    @Override
    public void flush() {
        main.flush();
        variants.forEach(ReplaceableProducer::flush);
    }

    @Override
    public Map<MetricName, ? extends Metric> metrics() {
        return main.producer().metrics();
    }

    @Override
    public void registerMetricForSubscription(KafkaMetric metric) {
        main.producer().registerMetricForSubscription(metric);
    }

    @Override
    public void unregisterMetricFromSubscription(KafkaMetric metric) {
        main.producer().unregisterMetricFromSubscription(metric);
    }

    @Override
    public Uuid clientInstanceId(Duration timeout) {
        return main.producer().clientInstanceId(timeout);
    }

    // ---- transactions: see Transaction

    @Override
    public void initTransactions() {
        throw withoutTransactions();
    }

    @Override
    public void beginTransaction() {
        throw withoutTransactions();
    }

    @Override
    public void sendOffsetsToTransaction(
            Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata groupMetadata) {
        throw withoutTransactions();
    }

    @Override
    public void commitTransaction() {
        throw withoutTransactions();
    }

    @Override
    public void abortTransaction() {
        throw withoutTransactions();
    }

    private static UnsupportedOperationException withoutTransactions() {
        return new UnsupportedOperationException("This producer has no transactional.id");
    }

    // ---- end

    @Override
    public void close() {
        onClose.run();
    }

    @Override
    public void close(Duration timeout) {
        onClose.run();
    }

    /**
     * Closes after all sends have completed, or after five seconds; sends that are incomplete by then fail. Never
     * throws, also on an interrupted thread, which stays interrupted.
     */
    public void closeForGood() {
        long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
        main.close(left(deadline));
        variants.forEach(each -> each.close(left(deadline)));
    }

    private static Duration left(long deadlineNanos) {
        return Duration.ofNanos(Math.max(0, deadlineNanos - System.nanoTime()));
    }
}
