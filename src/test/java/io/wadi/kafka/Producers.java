package io.wadi.kafka;

import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serializer;

/** Producers without Kafka. */
public final class Producers {
    private static final Serializer<Object> BYTES = (topic, data) -> (byte[]) data;

    private Producers() {}

    /** Keeps what it is sent as its history, each send acknowledged at once. */
    public static MockProducer<Object, Object> inMemory() {
        return new MockProducer<>(true, null, BYTES, BYTES);
    }

    /** Keeps what it is sent as its history; the test completes each send. */
    public static MockProducer<Object, Object> uncompleted() {
        return new MockProducer<>(false, null, BYTES, BYTES);
    }

    /** Takes what it is sent, and Kafka never acknowledges it. */
    public static MockProducer<Object, Object> failing() {
        return new MockProducer<>(false, null, BYTES, BYTES) {
            @Override
            public synchronized Future<RecordMetadata> send(ProducerRecord<Object, Object> sent, Callback callback) {
                Future<RecordMetadata> answer = super.send(sent, callback);
                errorNext(new TimeoutException("no answer"));
                return answer;
            }
        };
    }
}
