package io.wadi.kafka.topics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The topics as declared against as they are. Its components are the fields of {@code ./wadi topics --json}, which
 * docs/reference/topics.md describes: none of them is renamed or dropped.
 *
 * @param version of this form: 1
 * @param topics the declared ones, in the order of topics.yaml
 * @param undeclared the names of those that Kafka has beside them, its internal ones left out
 */
@JsonPropertyOrder({"version", "asDeclared"})
public record TopicsReport(int version, List<Entry> topics, List<String> undeclared) {

    /** Whether every declared topic is as declared now. */
    @JsonProperty
    public boolean asDeclared() {
        return topics.stream().allMatch(Entry::asDeclared);
    }

    /**
     * One topic.
     *
     * @param partitions how many Kafka has, or had before it was changed; null where it has no such topic
     * @param replication how many brokers hold each; null likewise, and where it was made now as often as brokers have it
     * @param changes what can be made as declared
     * @param refused what cannot, or not without being asked for, and the way out
     * @param notes what is worth knowing and no difference
     */
    @JsonPropertyOrder({"topic", "asDeclared"})
    public record Entry(
            String topic,
            Integer partitions,
            Integer replication,
            List<Change> changes,
            List<String> refused,
            List<String> notes) {

        /** Whether it is as declared now. */
        @JsonProperty
        public boolean asDeclared() {
            return refused.isEmpty() && changes.stream().allMatch(change -> change.state() == State.DONE);
        }
    }

    /** What has become of a change. */
    public enum State {
        /** It was not to be done yet. */
        PLANNED,
        /** It is done. */
        DONE,
        /** Kafka has refused it. */
        FAILED
    }

    /**
     * One change.
     *
     * @param difference what was not as declared
     * @param action what is done about it
     * @param state what has become of it
     * @param failure why Kafka has refused it, else null
     */
    public record Change(String difference, String action, State state, String failure) {}
}
