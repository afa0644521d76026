package io.wadi.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wadi.hdfs.FileStore;
import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsFileStore;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.landing.files.LandedFile;
import io.wadi.landing.files.Layout;
import io.wadi.local.ChildJvm;
import io.wadi.testing.GroupProbe;
import io.wadi.testing.HdfsProbe;
import io.wadi.testing.KafkaProbe;
import io.wadi.testing.Nightly;
import io.wadi.testing.TestServers;
import io.wadi.testing.TopicProbe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A partition with 10,000 landed files whose owner is killed while another member is idle. Prints the duration of the
 * takeover.
 */
@Nightly(
        perChange = {
            "LandingCrashIT#processesKilledAfterARenameAndAFence_eachRecordIsLandedOnce",
            "PartitionLanderRecoveryTest"
        })
class LandingTakeOverIT {
    private static final Logger LOG = LoggerFactory.getLogger(LandingTakeOverIT.class);
    private static final int FILES = 10_000;
    private static final long SESSION_MS = 1500;
    private static final Duration LONG = ChildJvm.START_TIMEOUT;

    @AutoClose
    private static final HdfsConnection HDFS =
            new HdfsConnection(HdfsOptions.of(TestServers.shared().ports().hdfsUri()));

    private static final FileStore STORE =
            new HdfsFileStore(HDFS, new HdfsFileStore.FileOptions((short) 1, 128 << 20, ""));

    private final Map<String, LandingProcess> members = new HashMap<>();

    @Test
    void killedOwner_isReplacedByAnotherInstance() throws Exception {
        String topic = "landing-take-over";
        TopicProbe.create(topic, 1);
        fill(topic);
        long last = FILES - 1;
        try {
            startMember(topic, 1);
            awaitLanded(topic, send(topic));
            startMember(topic, 2);
            awaitLanded(topic, send(topic));
            for (int kill = 1; kill <= 3; kill++) {
                members.remove(owner(topic)).kill();
                long begin = System.nanoTime();
                last = send(topic);
                awaitLanded(topic, last);
                LOG.info(
                        "Kill {}: landed again after {} ms, with a session timeout of {} ms and {} files",
                        kill,
                        Duration.ofNanos(System.nanoTime() - begin).toMillis(),
                        SESSION_MS,
                        FILES);
                assertThat(members).as("the idle member").containsOnlyKeys(owner(topic));
                startMember(topic, 2 + kill);
            }
            assertLandedOnce(topic, last);
        } finally {
            members.values().forEach(LandingProcess::close);
        }
    }

    private void startMember(String topic, int number) throws Exception {
        String name = "member-" + number;
        members.put(
                name,
                LandingProcess.start(
                        topic, null, "-Dwadi.landing.roll-records=1", "-Dcamel.component.kafka.client-id=" + name));
        await().atMost(LONG)
                .until(() -> group(topic).stream()
                                .anyMatch(member -> member.clientId().equals(name))
                        && group(topic).size() == members.size()
                        && owner(topic) != null);
    }

    private static Collection<MemberDescription> group(String group) throws Exception {
        return GroupProbe.assignedMembers(group);
    }

    /** Returns the member that owns the partition, or null during a rebalance. */
    private static String owner(String group) throws Exception {
        return group(group).stream()
                .filter(member -> !member.assignment().topicPartitions().isEmpty())
                .map(MemberDescription::clientId)
                .findFirst()
                .orElse(null);
    }

    private static void fill(String topic) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = KafkaProbe.producer()) {
            Layout layout = new Layout("/" + topic);
            TopicPartition partition = new TopicPartition(topic, 0);
            STORE.makeDirectory(layout.visible(partition));
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int offset = 0; offset < FILES; offset++) {
                sent.add(producer.send(new ProducerRecord<>(topic, 0, null, "v".getBytes(UTF_8))));
                STORE.create(layout.visible(new LandedFile(partition, offset, offset), ""))
                        .close();
            }
            for (Future<RecordMetadata> each : sent) {
                each.get();
            }
        }
        GroupProbe.commit(topic, new TopicPartition(topic, 0), FILES);
    }

    private static long send(String topic) throws Exception {
        return KafkaProbe.send(new ProducerRecord<>(topic, 0, null, "next".getBytes(UTF_8)))
                .offset();
    }

    /** Asserts that the visible files are one file for each offset. */
    private static void assertLandedOnce(String topic, long last) throws Exception {
        TopicPartition partition = new TopicPartition(topic, 0);
        Layout layout = new Layout("/" + topic);
        List<String> expected = LongStream.rangeClosed(0, last)
                .mapToObj(offset -> layout.visible(new LandedFile(partition, offset, offset), ""))
                .toList();
        assertThat(expected).hasSizeGreaterThan(FILES);
        assertThat(HdfsProbe.list(layout.visible(partition)).stream()
                        .map(name -> layout.visible(partition) + "/" + name)
                        .sorted()
                        .toList())
                .isEqualTo(expected);
        await().atMost(LONG).until(() -> GroupProbe.hasRead(topic, Map.of(partition, last + 1)));
    }

    private static void awaitLanded(String topic, long offset) {
        String path = new Layout("/" + topic).visible(new LandedFile(new TopicPartition(topic, 0), offset, offset), "");
        await().atMost(LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> STORE.find(path).isPresent());
    }
}
