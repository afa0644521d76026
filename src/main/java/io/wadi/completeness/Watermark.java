package io.wadi.completeness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.wadi.kafka.targets.RecordTarget.Range;
import io.wadi.runtime.config.Units;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * The time until which a topic is complete at a target: every record that Kafka appended before {@link #time} has
 * arrived there.
 *
 * @param target the target's name, which is also the state of a record that has arrived, such as {@code landed}
 * @param at when the watermark was evaluated
 * @param basis what proves the watermark
 * @param time the watermark; null if there is none
 * @param firstPending the first record that has not arrived, as {@code topic-partition@offset}; null if all have
 * @param reason why the state is not complete; null if it is complete
 * @param lag the number of offsets that have not arrived; -1 if unknown
 * @param expired the offsets that never arrive because Kafka deleted them first
 * @param isLasting whether the state stays unknown until an operator intervenes, since offsets after the group's first
 *     commit have expired
 */
public record Watermark(
        String topic,
        String target,
        Instant at,
        State state,
        Basis basis,
        Instant time,
        String firstPending,
        String reason,
        long lag,
        Map<TopicPartition, List<Range>> expired,
        boolean isLasting) {

    /** The state at the time of evaluation. */
    public enum State {
        /** All records have arrived. */
        COMPLETE,
        /** Some records have not arrived. */
        BEHIND,
        /** The state cannot be determined. */
        UNKNOWN
    }

    /** What proves a watermark. */
    public enum Basis {
        /** Timestamps that the brokers set. */
        APPEND_TIME,
        /** The topic's ends that this process has observed since its start. */
        OBSERVED;

        String text() {
            return Units.word(this);
        }
    }

    /** Returns the watermark of a topic that could not be evaluated, for this reason. */
    static Watermark unknown(String topic, String target, Instant at, String reason) {
        return new Watermark(topic, target, at, State.UNKNOWN, null, null, null, reason, -1, Map.of(), false);
    }

    /** Returns this watermark, which stays valid, for a topic that could not be evaluated again. */
    Watermark withProblem(String problem) {
        return new Watermark(
                topic, target, at, State.UNKNOWN, basis, time, firstPending, problem, -1, expired, isLasting);
    }

    /** Returns whether every record that Kafka appended before a time has arrived. */
    public boolean proves(Instant before) {
        return time != null && !time.isBefore(before);
    }

    /** Returns what proves the watermark, such as {@code append-time}. */
    public String basisText() {
        return basis.text();
    }

    /** Returns the watermark as JSON, without topic and target. */
    public ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("watermark", time == null ? null : time.toString());
        json.put("basis", basis == null ? null : basis.text());
        json.put("state", state.name().toLowerCase(Locale.ROOT));
        json.put("reason", reason);
        json.put("firstPending", firstPending);
        if (lag < 0) {
            json.putNull("lag");
        } else {
            json.put("lag", lag);
        }
        ArrayNode ranges = json.putArray("expired");
        expired.forEach((partition, each) -> each.forEach(range -> ranges.addObject()
                .put("partition", partition.partition())
                .put("first", range.first())
                .put("last", range.last())));
        return json.put("at", at.toString());
    }
}
