package io.wadi.kafka;

import io.wadi.kafka.GroupOffset.Committed;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Record batches without a consumer. */
public final class RecordBatches {
    private RecordBatches() {}

    /** Converts a batch to a list of messages, which camel-kafka sends one by one; other bodies are unchanged. */
    public static void toMessages(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof RecordBatch batch) {
            exchange.getMessage()
                    .setBody(batch.records().stream()
                            .map(each -> message(exchange, each))
                            .toList());
        }
    }

    private static Message message(Exchange exchange, ConsumerRecord<byte[], ByteBuffer> each) {
        Message message = new DefaultMessage(exchange);
        message.setHeader(KafkaConstants.KEY, each.key());
        message.setBody(Records.bytes(each.value()));
        return message;
    }

    /** Returns a batch of at least one record of one partition, without a committed offset and without claims. */
    public static RecordBatch of(List<ConsumerRecord<byte[], ByteBuffer>> records) {
        return of(records, records.get(0).offset(), reading(() -> Committed.NONE));
    }

    /** Returns a group offset that cannot be committed. */
    public static GroupOffset reading(Supplier<Committed> committed) {
        return new LoneGroup() {
            @Override
            public Committed read() {
                return committed.get();
            }
        };
    }

    /** Returns a batch that reports requests for isolated retries. */
    public static RecordBatch isolating(
            List<ConsumerRecord<byte[], ByteBuffer>> records, Consumer<RecordBatch> isolated) {
        return of(records, records.get(0).offset(), reading(() -> Committed.NONE), isolated);
    }

    /** Returns a batch for a group, read from this offset. */
    public static RecordBatch of(List<ConsumerRecord<byte[], ByteBuffer>> records, long from, GroupOffset group) {
        return of(records, from, group, batch -> {});
    }

    private static RecordBatch of(
            List<ConsumerRecord<byte[], ByteBuffer>> records,
            long from,
            GroupOffset group,
            Consumer<RecordBatch> isolated) {
        ConsumerRecord<byte[], ByteBuffer> first = records.get(0);
        return new RecordBatch(
                new TopicPartition(first.topic(), first.partition()),
                records,
                from,
                new RecordBatch.ConsumerOperations() {
                    @Override
                    public PartitionSink claim(RecordBatch batch, Function<RecordBatch, ? extends PartitionSink> open) {
                        throw new UnsupportedOperationException("No consumer to claim " + batch + " from");
                    }

                    @Override
                    public void isolate(RecordBatch batch) {
                        isolated.accept(batch);
                    }

                    @Override
                    public GroupOffset groupOffset() {
                        return group;
                    }
                });
    }
}
