package io.wadi.kafka.topics;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.List;

/**
 * The differences between declared and actual topics. Its components are the fields of {@code ./wadi topics --json}, a
 * public format that docs/reference/topics.md describes.
 *
 * @param version the version of the format: 1
 * @param topics the declared topics, in the order of topics.yaml
 * @param undeclared the names of all other topics except internal ones
 */
@JsonPropertyOrder({"version", "asDeclared"})
public record TopicsReport(int version, List<Entry> topics, List<String> undeclared) {

    /** Returns whether every declared topic matches its declaration now. */
    @JsonProperty
    public boolean asDeclared() {
        return topics.stream().allMatch(Entry::asDeclared);
    }

    /**
     * A declared topic.
     *
     * @param partitions the number of partitions; null if the topic does not exist
     * @param replication the replication factor; null if the topic does not exist, or was created with the brokers'
     *     default
     * @param changes the possible changes
     * @param rejected the differences that cannot be applied, or only on request, each with a remedy
     * @param notes remarks that are not differences
     */
    @JsonPropertyOrder({"topic", "asDeclared"})
    public record Entry(
            String topic,
            Integer partitions,
            Integer replication,
            List<Change> changes,
            List<String> rejected,
            List<String> notes) {

        @JsonProperty
        public boolean asDeclared() {
            return rejected.isEmpty() && changes.stream().allMatch(change -> change.state() == State.DONE);
        }
    }

    public enum State {
        /** Not made, because of the mode. */
        PLANNED,
        DONE,
        /** Rejected by Kafka. */
        FAILED
    }

    /**
     * A change.
     *
     * @param difference the difference from the declaration
     * @param action the change as an infinitive
     * @param failure Kafka's reason for rejecting it; null if it did not
     */
    public record Change(String difference, String action, State state, String failure) {}
}
