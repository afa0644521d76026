package io.wadi.ingest.receipts;

import io.wadi.ingest.send.SenderIds;
import io.wadi.kafka.ReservedHeaders;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The state of a receipt: where its record has arrived.
 *
 * @param timestamp the timestamp of the record; null if Kafka no longer has the record
 * @param targets the state in each target by name, in the order of the response
 * @param deadLetter the newest dead letter of the record; null if there is none
 * @param problem why the timestamp and the dead letter are unknown; null if they are known
 * @param senderId the event's id in the namespace of its client ({@link SenderIds}); empty if it has none
 */
public record ReceiptState(
        Instant timestamp, Map<String, Target> targets, Rejection deadLetter, String problem, String senderId) {

    /** The field with the reason for which other fields are null. */
    static final String PROBLEM = "problem";

    /** The state of a record in a target. */
    public enum Progress {
        PENDING("pending"),
        /** In responses this state has the name of the target, such as {@code landed}. */
        ARRIVED(""),
        REJECTED("rejected"),
        EXPIRED("expired"),
        NOT_CONFIGURED("not-configured");

        private final String text;

        Progress(String text) {
            this.text = text;
        }

        /** Returns the text of this state in responses, for a target of this name. */
        public String text(String target) {
            return this == ARRIVED ? target : text;
        }
    }

    /**
     * The state of the record in one target.
     *
     * @param fields the location of the record, or the reason for its rejection
     * @param rejection the dead letter that this target's route wrote; null if there is none
     */
    public record Target(Progress progress, Map<String, Object> fields, Rejection rejection) {
        private static final String ID = "id";

        Target(Progress progress, Map<String, Object> fields) {
            this(progress, fields, null);
        }

        static Target of(Progress progress) {
            return new Target(progress, Map.of());
        }

        static Target rejected(Rejection rejection) {
            return new Target(Progress.REJECTED, Map.of("reason", rejection.reason()), rejection);
        }

        /** Returns this target with a problem, unless it already has one. */
        Target withProblem(String problem) {
            Map<String, Object> all = new LinkedHashMap<>(fields);
            all.putIfAbsent(PROBLEM, problem);
            return new Target(progress, all);
        }

        /** Returns this target with only the kind of a rejection instead of its reason, and without a sender's id. */
        Target withoutContent() {
            if (rejection != null) {
                return rejected(rejection.withoutContent());
            }
            if (!(fields.get(ID) instanceof String id && id.startsWith(ReservedHeaders.SENDER_ID_PREFIX))) {
                return this;
            }
            Map<String, Object> all = new LinkedHashMap<>(fields);
            all.put(ID, null);
            return new Target(progress, all).withProblem("only the sender of the event may see the id");
        }
    }

    /**
     * The dead letter of a record: the route that rejected it, its location and the reason.
     *
     * @param kind the part of the reason that does not quote the record
     * @param content the hash of the record's key and value ({@link #contentOf})
     */
    public record Rejection(String route, Receipt at, String kind, String reason, int content) {
        Rejection withoutContent() {
            return new Rejection(route, at, kind, kind, content);
        }

        /** Returns the hash of the key and value, which a record and its dead letter have in common. */
        static int contentOf(ConsumerRecord<byte[], byte[]> record) {
            return 31 * Arrays.hashCode(record.key()) + Arrays.hashCode(record.value());
        }
    }

    /** Returns the state of a record from the committed offsets alone. */
    static ReceiptState notSearched(Map<String, Progress> targets, String problem) {
        Map<String, Target> all = new LinkedHashMap<>();
        targets.forEach((name, progress) -> all.put(
                name, progress == Progress.ARRIVED ? TargetLookup.unknown(name, problem) : Target.of(progress)));
        return new ReceiptState(null, all, null, problem, "");
    }

    /** Returns whether no configured target is pending. */
    public boolean isFinal() {
        return pendingTargets() == 0;
    }

    /** Returns the number of targets in which the record is pending. */
    int pendingTargets() {
        return (int) targets.values().stream()
                .filter(each -> each.progress() == Progress.PENDING)
                .count();
    }

    /** Returns whether the state is final and has no problem, so that another search would not find more. */
    boolean isComplete() {
        return isFinal()
                && problem == null
                && targets.values().stream().noneMatch(each -> each.fields().containsKey(PROBLEM));
    }

    /**
     * Returns the state as a client may see it. The reason for a rejection and the id of a document quote the event, so
     * that only the event's sender receives them in full.
     */
    ReceiptState seenBy(SenderIds client) {
        if (client.isOwn(senderId)) {
            return this;
        }
        Map<String, Target> all = new LinkedHashMap<>();
        targets.forEach((name, target) -> all.put(name, target.withoutContent()));
        return new ReceiptState(
                timestamp, all, deadLetter == null ? null : deadLetter.withoutContent(), problem, senderId);
    }

    /** Returns the fields of the state in the JSON response. */
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        Map<String, Object> kafka = new LinkedHashMap<>();
        kafka.put("timestamp", timestamp == null ? null : timestamp.toString());
        if (problem != null) {
            kafka.put(PROBLEM, problem);
        }
        fields.put("kafka", kafka);
        targets.forEach((name, target) -> {
            Map<String, Object> of = new LinkedHashMap<>();
            of.put("state", target.progress().text(name));
            of.putAll(target.fields());
            fields.put(name, of);
        });
        fields.put("deadLetter", deadLetter == null ? null : fields(deadLetter));
        return fields;
    }

    private static Map<String, Object> fields(Rejection rejection) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("topic", rejection.at().partition().topic());
        fields.put("partition", rejection.at().partition().partition());
        fields.put("offset", rejection.at().offset());
        fields.put("reason", rejection.reason());
        return fields;
    }
}
