package io.wadi.landing;

import static io.wadi.landing.PartitionInMemory.LAYOUT;
import static io.wadi.landing.PartitionInMemory.NEVER;
import static io.wadi.landing.PartitionInMemory.batch;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.wadi.kafka.GroupOffset.Committed;
import io.wadi.kafka.topics.TopicIdentity;
import io.wadi.landing.MemoryFileStore.Operation;
import io.wadi.landing.MemoryFileStore.Outcome;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The recorded topic id and cluster of a directory. */
final class PartitionLanderOriginTest {
    private static final String ORIGIN = "/data/select-color/_origin";
    private static final String CONTENT = "topic-id=first\ncluster-id=here\n";

    private final PartitionInMemory partition = new PartitionInMemory();
    private final MemoryFileStore store = partition.store();

    @Test
    void open_recordsTheOrigin_once() {
        kafkaHas("first", "here");

        land(0, 1);
        land(2, 3);

        assertThat(store.read(ORIGIN)).asString(UTF_8).isEqualTo(CONTENT);
        assertThat(store.calls().stream().filter(call -> call.endsWith("/origin") && call.startsWith("CREATE")))
                .hasSize(1);
        assertThat(partition.ranges()).isEqualTo("0-1 2-3");
    }

    @Test
    void open_filesLandedBeforeTheOriginWasRecorded_areContinued() {
        land(0, 1);
        kafkaHas("first", "here");

        land(2, 3);

        assertThat(store.read(ORIGIN)).asString(UTF_8).isEqualTo(CONTENT);
        assertThat(partition.ranges()).isEqualTo("0-1 2-3");
    }

    @Test
    void open_recreatedTopic_isRejectedBeforeAnyChange() {
        kafkaHas("first", "here");
        PartitionLander owner = partition.open(NEVER, batch(0));
        kafkaHas("second", "here");

        assertRejected(
                "the topic was recreated: its id is second, but the files in /data/select-color are of the topic with id first;",
                "Set wadi.landing.directory to another directory, or move this one and /data/_expired/select-color away and"
                        + " delete the group's offsets");

        // The current owner has not been fenced.
        owner.append(batch(0, 1));
        owner.finish();
        assertThat(partition.ranges()).isEqualTo("0-1");
    }

    @Test
    void open_topicOfAnotherCluster_isRejected() {
        kafkaHas("first", "here");
        land(0, 1);
        kafkaHas("second", "there");

        assertRejected("the topic is of another cluster: its id is second in cluster there, but the files in"
                + " /data/select-color are of id first in cluster here;");
    }

    /** Two clusters that start landing to the same directory at the same time. */
    @Test
    void open_originRecordedConcurrentlyByAnother_isRejected() {
        kafkaHas("second", "there");
        store.setFaults((operation, path) -> {
            if (operation == Operation.CREATE) {
                store.put(ORIGIN, CONTENT);
            }
            return Outcome.DONE;
        });

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch(0)))
                .withMessageContaining("the topic is of another cluster");
        assertThat(store.read(ORIGIN)).asString(UTF_8).isEqualTo(CONTENT);
    }

    @Test
    void open_lostResponseOfTheRename_continues() {
        kafkaHas("first", "here");
        store.fail(Operation.RENAME, 1, Outcome.ANSWER_LOST);

        land(0, 1);

        assertThat(partition.ranges()).isEqualTo("0-1");
    }

    @Test
    void open_failedRename_isRetried() {
        kafkaHas("first", "here");
        store.fail(Operation.RENAME, 1, Outcome.FAILED);

        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch(0)))
                .withMessageStartingWith("select-color-1: " + ORIGIN + ": writing the file failed");
        land(0, 1);

        assertThat(store.read(ORIGIN)).asString(UTF_8).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "topic-id=first\n", "topic-id=first\ncluster-id=here", "something else\n"})
    void open_invalidOrigin_isRejected(String content) {
        kafkaHas("first", "here");
        store.put(ORIGIN, content);

        assertRejected("it does not identify the topic of the records in /data/select-color: restore the file");
    }

    /** The origin file is in the directory and moves with it. */
    @Test
    void open_directoryMovedAway_startsFromTheBeginning() {
        kafkaHas("first", "here");
        land(0, 1);
        store.paths().stream()
                .filter(path -> path.startsWith(LAYOUT.visible("select-color") + "/"))
                .forEach(store::take);
        partition.group().committed = Committed.NONE;
        kafkaHas("second", "here");

        land(0, 1, 2);

        assertThat(partition.ranges()).isEqualTo("0-2");
        assertThat(store.read(ORIGIN)).asString(UTF_8).startsWith("topic-id=second\n");
    }

    private void kafkaHas(String id, String cluster) {
        partition.identities = topic -> Optional.of(new TopicIdentity(id, cluster));
    }

    private void land(long... offsets) {
        PartitionLander lander = partition.open(NEVER, batch(offsets));
        lander.append(batch(offsets));
        lander.finish();
    }

    private void assertRejected(String... fragments) {
        List<String> before = store.paths();
        assertThatExceptionOfType(LandingException.class)
                .isThrownBy(() -> partition.open(NEVER, batch(0)))
                .withMessageStartingWith("select-color-1: " + ORIGIN + ": ")
                .satisfies(refusal -> assertThat(refusal.getMessage()).contains(fragments));
        assertThat(store.paths()).isEqualTo(before);
    }
}
