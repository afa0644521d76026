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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** Runs as a consumer would hand them over, without a consumer. */
public final class Runs {
    private Runs() {}

    /** A step that makes a run a list of messages, which camel-kafka sends one by one; what is no run it leaves as it is. */
    public static void toMessages(Exchange exchange) {
        if (exchange.getMessage().getBody() instanceof RecordBatch run) {
            exchange.getMessage()
                    .setBody(run.records().stream()
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

    /** A run of records of one partition, at least one; nothing is committed and nothing may be claimed. */
    public static RecordBatch of(List<ConsumerRecord<byte[], ByteBuffer>> records) {
        return of(records, records.get(0).offset(), reading(() -> Committed.NONE));
    }

    /** The offset of a group that commits nothing. */
    public static GroupOffset reading(Supplier<Committed> committed) {
        return new GroupOffset() {
            @Override
            public Committed read() {
                return committed.get();
            }

            @Override
            public boolean isExclusive() {
                return true;
            }

            @Override
            public void commit(Committed committed, List<ProducerRecord<Object, Object>> sent) {
                throw new UnsupportedOperationException("nothing is sent here");
            }

            @Override
            public boolean commit(Committed committed) {
                throw new UnsupportedOperationException("no group to commit " + committed + " for");
            }
        };
    }

    /** The same; where its records are to be isolated, that is reported. */
    public static RecordBatch isolating(
            List<ConsumerRecord<byte[], ByteBuffer>> records, Consumer<RecordBatch> isolated) {
        return of(records, records.get(0).offset(), reading(() -> Committed.NONE), isolated);
    }

    /** The same, read from an offset on, for a group. */
    public static RecordBatch of(List<ConsumerRecord<byte[], ByteBuffer>> records, long from, GroupOffset group) {
        return of(records, from, group, run -> {});
    }

    private static RecordBatch of(
            List<ConsumerRecord<byte[], ByteBuffer>> records,
            long from,
            GroupOffset group,
            Consumer<RecordBatch> isolated) {
        ConsumerRecord<byte[], ByteBuffer> first = records.get(0);
        return new RecordBatch(
                new TopicPartition(first.topic(), first.partition()), records, from, new RecordBatch.Claims() {
                    @Override
                    public PartitionSink claim(RecordBatch run, Function<RecordBatch, ? extends PartitionSink> open) {
                        throw new UnsupportedOperationException("no consumer to claim " + run + " from");
                    }

                    @Override
                    public void isolate(RecordBatch run) {
                        isolated.accept(run);
                    }

                    @Override
                    public GroupOffset groupOffset() {
                        return group;
                    }
                });
    }
}
