package io.wadi.extension.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.extension.mirror.Failover.Step;
import io.wadi.extension.mirror.Failover.Untranslated;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.TopicProbe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.types.Struct;
import org.apache.kafka.connect.mirror.OffsetSync;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The offsets at which a group continues at the target of a mirror, from its checkpoints. */
class TranslatedOffsetsIT extends FailoverTestSupport {
    /** Operators remove the checkpoints of deleted topics. */
    @Test
    void removedCheckpoint_isNotPlanned_andAnInvalidOneIsNamed(@TempDir Path directory) throws Exception {
        String group = "failover-tombstone-group";
        String checkpoints = "D.checkpoints.internal";
        TopicProbe.create("D.failover-tombstone", 1);
        TopicProbe.create(checkpoints, 1);
        ProducerRecord<byte[], byte[]> checkpoint = checkpoint(checkpoints, group, "D.failover-removed");
        KafkaProbe.send(checkpoint);
        KafkaProbe.send(checkpoint(checkpoints, group, "D.failover-tombstone"));
        KafkaProbe.send(new ProducerRecord<>(checkpoints, checkpoint.key(), null));
        MirrorFile mirror = MirrorFile.read(file(directory, "D", BROKERS));

        try (Failover failover = new Failover(mirror, mirror.flow("D", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .extracting(Step::topic)
                    .containsExactly("D.failover-tombstone");
            KafkaProbe.send(new ProducerRecord<>(checkpoints, new byte[0], new byte[0]));
            assertThatThrownBy(() -> failover.plan(Set.of(group), Untranslated.REFUSED))
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("record " + checkpoints + "-0@3 is invalid: ");
        }
    }

    @Test
    void offsetSyncsAtTheTarget_limitTheRecordsThatAreReadAgain(@TempDir Path directory) throws Exception {
        String group = "failover-syncs-group";
        String copy = "E.failover-syncs";
        TopicProbe.create("failover-syncs", 1);
        TopicProbe.create(copy, 1);
        TopicProbe.create("E.checkpoints.internal", 1);
        TopicProbe.create("mm2-offset-syncs.E.internal", 1);
        for (int i = 0; i < 5; i++) {
            KafkaProbe.send(new ProducerRecord<>(copy, 0, null, new byte[0]));
        }
        commit(group, 2, new TopicPartition("failover-syncs", 0));
        KafkaProbe.send(checkpoint("E.checkpoints.internal", group, copy));
        // The first one is that of a former topic, which was removed with a tombstone.
        byte[] key = bytes(new Struct(OffsetSync.KEY_SCHEMA)
                .set(OffsetSync.TOPIC_KEY, "failover-syncs")
                .set(OffsetSync.PARTITION_KEY, 0));
        KafkaProbe.send(new ProducerRecord<>("mm2-offset-syncs.E.internal", key, offsetSync(2)));
        KafkaProbe.send(new ProducerRecord<>("mm2-offset-syncs.E.internal", key, null));
        KafkaProbe.send(new ProducerRecord<>("mm2-offset-syncs.E.internal", key, offsetSync(0)));
        Path file = file(directory, "E", BROKERS);
        Files.writeString(file, "offset-syncs.topic.location = target\n", StandardOpenOption.APPEND);
        MirrorFile mirror = MirrorFile.read(file);

        try (Failover failover = new Failover(mirror, mirror.flow("E", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(copy, Step::topic)
                    .returns(0L, Step::to)
                    .returns(2L, Step::again);
        }
    }

    private static byte[] offsetSync(long upstream) {
        return bytes(new Struct(OffsetSync.VALUE_SCHEMA)
                .set(OffsetSync.UPSTREAM_OFFSET_KEY, upstream)
                .set(OffsetSync.DOWNSTREAM_OFFSET_KEY, 0L));
    }

    /** A consumer would start there by {@code auto.offset.reset}, which may skip records. */
    @Test
    void offsetBeyondTheEndOfTheTarget_isReplacedByTheTranslatedOne(@TempDir Path directory) throws Exception {
        String group = "failover-beyond-group";
        TopicProbe.create("F.failover-beyond", 1);
        TopicProbe.create("F.checkpoints.internal", 1);
        KafkaProbe.send(new ProducerRecord<>("F.failover-beyond", 0, null, new byte[0]));
        KafkaProbe.send(checkpoint("F.checkpoints.internal", group, "F.failover-beyond"));
        commit(group, 2, new TopicPartition("F.failover-beyond", 0));
        MirrorFile mirror = MirrorFile.read(file(directory, "F", "down.invalid:9092"));

        try (Failover failover = new Failover(mirror, mirror.flow("F", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(2L, Step::from)
                    .returns(0L, Step::to)
                    .returns(1L, Step::again);
        }
    }

    /** The last checkpoint would skip the records that the group is to read again. */
    @Test
    void groupThatWasSetBackBeforeItsLastCheckpoint_isRefused_orReadsAllRecordsOnRequest(@TempDir Path directory)
            throws Exception {
        String group = "failover-rewound-group";
        TopicProbe.create("failover-rewound", 1);
        TopicProbe.create("G.failover-rewound", 1);
        TopicProbe.create("G.checkpoints.internal", 1);
        for (int i = 0; i < 5; i++) {
            KafkaProbe.send(new ProducerRecord<>("G.failover-rewound", 0, null, new byte[0]));
        }
        KafkaProbe.send(checkpoint("G.checkpoints.internal", group, "G.failover-rewound", 4));
        commit(group, 1, new TopicPartition("failover-rewound", 0));
        MirrorFile mirror = MirrorFile.read(file(directory, "G", BROKERS));

        try (Failover failover = new Failover(mirror, mirror.flow("G", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(true, Step::refused)
                    .returns(
                            "its offset at G has no translation: it was set back to 1, before its last checkpoint of 4",
                            Step::words);
            assertThat(failover.plan(Set.of(group), Untranslated.EARLIEST))
                    .singleElement()
                    .returns(0L, Step::to)
                    .returns(5L, Step::again);
            commit(group, 4, new TopicPartition("failover-rewound", 0));
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(4L, Step::to)
                    .returns(false, Step::refused);
        }
    }

    /** The end of the new topic would skip its records, of which the group has read none. */
    @Test
    void checkpointBeyondTheEndOfARecreatedTopic_isNoTranslation(@TempDir Path directory) throws Exception {
        String group = "failover-recreated-group";
        TopicProbe.create("H.failover-recreated", 1);
        TopicProbe.create("H.checkpoints.internal", 1);
        KafkaProbe.send(new ProducerRecord<>("H.failover-recreated", 0, null, new byte[0]));
        KafkaProbe.send(checkpoint("H.checkpoints.internal", group, "H.failover-recreated", 4));
        MirrorFile mirror = MirrorFile.read(file(directory, "H", "down.invalid:9092"));

        try (Failover failover = new Failover(mirror, mirror.flow("H", "B"))) {
            assertThat(failover.plan(Set.of(group), Untranslated.REFUSED))
                    .singleElement()
                    .returns(true, Step::refused)
                    .returns(
                            "its offset at H has no translation: its last checkpoint is at 4, beyond the end at B, 1: the"
                                    + " topic was recreated there or has lost records",
                            Step::words);
            assertThat(failover.plan(Set.of(group), Untranslated.EARLIEST))
                    .singleElement()
                    .returns(0L, Step::to)
                    .returns(1L, Step::again);
        }
    }
}
