package io.wadi.bench.subject;

import co.elastic.clients.elasticsearch.ElasticsearchAsyncClient;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkIngester;
import co.elastic.clients.elasticsearch._helpers.bulk.BulkListener;
import co.elastic.clients.elasticsearch.core.BulkRequest;
import co.elastic.clients.elasticsearch.core.BulkResponse;
import co.elastic.clients.json.jackson.JacksonJsonpMapper;
import co.elastic.clients.transport.rest_client.RestClientTransport;
import co.elastic.clients.util.BinaryData;
import co.elastic.clients.util.ContentType;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.http.HttpHost;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.elasticsearch.client.RestClient;

/**
 * The limit: a consumer loop that passes its records to Elasticsearch's BulkIngester, with Wadi's default sizes, and
 * commits the offsets of requests with a response. It does not check the items, and does not handle rejections.
 */
public final class IndexingBareSubject implements Subject {
    private static final int BULK_DOCUMENTS = 2000;
    private static final long BULK_BYTES = 5 << 20;
    private static final int REQUESTS = 4;
    private static final Duration POLL = Duration.ofMillis(100);

    @Override
    public void land(Job job) throws Exception {
        Answered answered = new Answered(job.partitions());
        try (RestClient client = RestClient.builder(HttpHost.create(job.setting("elasticsearch")))
                        .build();
                BulkIngester<ConsumerRecord<byte[], byte[]>> ingester = ingester(client, answered);
                KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(job.consumer())) {
            consumer.subscribe(List.of(job.topic()));
            while (!Probe.isFinished()) {
                for (ConsumerRecord<byte[], byte[]> each : consumer.poll(POLL)) {
                    String id = each.topic() + "+" + each.partition() + "+" + each.offset();
                    BinaryData document = BinaryData.of(each.value(), ContentType.APPLICATION_JSON);
                    ingester.add(
                            operation -> operation.create(create ->
                                    create.index(job.directory()).id(id).document(document)),
                            each);
                }
                Map<TopicPartition, OffsetAndMetadata> more = answered.more(job.topic());
                if (!more.isEmpty()) {
                    consumer.commitSync(more);
                }
            }
        }
    }

    private static BulkIngester<ConsumerRecord<byte[], byte[]>> ingester(RestClient client, Answered answered) {
        ElasticsearchAsyncClient elasticsearch =
                new ElasticsearchAsyncClient(new RestClientTransport(client, new JacksonJsonpMapper()));
        return BulkIngester.of(ingester -> ingester.client(elasticsearch)
                .maxOperations(BULK_DOCUMENTS)
                .maxSize(BULK_BYTES)
                .maxConcurrentRequests(REQUESTS)
                .flushInterval(100, TimeUnit.MILLISECONDS)
                .listener(answered));
    }

    /** Collects responses, and the offsets before which none is missing. */
    private static final class Answered implements BulkListener<ConsumerRecord<byte[], byte[]>> {
        private final BitSet[] answered;
        private final int[] reported;

        Answered(int partitions) {
            answered = new BitSet[partitions];
            reported = new int[partitions];
            for (int i = 0; i < partitions; i++) {
                answered[i] = new BitSet();
            }
        }

        /** Returns the offsets that can be committed since the last call. */
        synchronized Map<TopicPartition, OffsetAndMetadata> more(String topic) {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            for (int i = 0; i < answered.length; i++) {
                int next = answered[i].nextClearBit(reported[i]);
                if (next > reported[i]) {
                    reported[i] = next;
                    offsets.put(new TopicPartition(topic, i), new OffsetAndMetadata(next));
                }
            }
            return offsets;
        }

        @Override
        public void beforeBulk(long execution, BulkRequest request, List<ConsumerRecord<byte[], byte[]>> contexts) {}

        @Override
        public synchronized void afterBulk(
                long execution,
                BulkRequest request,
                List<ConsumerRecord<byte[], byte[]>> contexts,
                BulkResponse response) {
            contexts.forEach(each -> answered[each.partition()].set((int) each.offset()));
        }

        @Override
        public void afterBulk(
                long execution, BulkRequest request, List<ConsumerRecord<byte[], byte[]>> contexts, Throwable failure) {
            throw new IllegalStateException(failure);
        }
    }
}
