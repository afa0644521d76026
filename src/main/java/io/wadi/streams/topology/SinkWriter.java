package io.wadi.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.streams.StreamsFlow;
import io.wadi.streams.definition.Sink;
import io.wadi.streams.expression.EvaluatedRecord;
import io.wadi.streams.expression.FlowExpression;
import io.wadi.streams.expression.RejectedRecordException;
import io.wadi.streams.expression.ValueType;
import java.util.function.Supplier;

/**
 * The end of a chain that writes records to a sink. A record that the topic or the producer does not accept is rejected
 * before it is sent, because it would abort the transaction repeatedly.
 *
 * @param chosen the sink's expression in the stage; null for a single topic
 */
record SinkWriter(Sink to, FlowExpression chosen, Supplier<TopicLimits> limits) implements StepChain.End {
    /** LZ4 adds this overhead to each block of a record that it cannot compress. */
    private static final int BLOCK_OVERHEAD_BYTES = 4;

    private static final int BLOCK_BYTES = 64 << 10;

    @Override
    public void take(EvaluatedRecord event, Stage.Running running) {
        String topic = chosen == null ? to.topics().get(0) : topic(event);
        EvaluatedRecord.Original original = event.original();
        boolean keepsBytes = original != null && (to.value() == null || to.value() == original.type());
        ValueType type = to.value() == null ? ValueType.STRING : to.value();
        byte[] value = keepsBytes ? original.bytes() : bytes("to: the value", type, event.value());
        requireAccepted(topic, event, value, running.nowMs());
        running.write(topic, event, value);
    }

    private String topic(EvaluatedRecord event) {
        // Unlike toString(), this limits the depth of the value.
        byte[] text = bytes(chosen + ": the topic", ValueType.STRING, event.valueOf(chosen));
        String topic = text == null ? "null" : new String(text, UTF_8);
        if (!to.topics().contains(topic)) {
            throw new RejectedRecordException("%s: the topic is \"%s\", expected one of %s"
                    .formatted(chosen, topic, String.join(", ", to.topics())));
        }
        return topic;
    }

    private static byte[] bytes(String what, ValueType type, Object value) {
        try {
            return type.write(value);
        } catch (IllegalArgumentException e) {
            throw new RejectedRecordException(what + " " + e.getMessage());
        }
    }

    private void requireAccepted(String topic, EvaluatedRecord event, byte[] value, long nowMs) {
        TopicLimits.Accepted accepted = limits.get().acceptedBy(topic);
        if (event.key() == null && accepted.isCompacted()) {
            throw new RejectedRecordException(
                    "to: the record has no key, but %s is compacted: add a select-key step before".formatted(topic));
        }
        long uncompressed = RecordSize.of(event, value);
        long size = uncompressed + uncompressed / BLOCK_BYTES * BLOCK_OVERHEAD_BYTES;
        int maxBytes = Math.min(accepted.maxBytes(), StreamsFlow.MAX_REQUEST_BYTES);
        if (size > maxBytes) {
            throw new RejectedRecordException(
                    "to: the record would have %d bytes, but %s accepts %d (max-message, or 33 MiB)"
                            .formatted(size, topic, maxBytes));
        }
        accepted.timestamps().mistake(event.timestamp(), nowMs).ifPresent(mistake -> {
            throw new RejectedRecordException("to: %s, which %s does not accept".formatted(mistake, topic));
        });
    }
}
