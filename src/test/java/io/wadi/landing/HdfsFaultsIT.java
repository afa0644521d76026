package io.wadi.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.wadi.testing.Nightly;
import io.wadi.testing.OwnHdfs;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.MiniDFSCluster.DataNodeProperties;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Faults of HDFS while records are landed. The affected partitions pause, report the cause and resume by themselves; no
 * member leaves the group, and each record is in the visible files once.
 */
@Nightly(perChange = {"PartitionLanderFaultTest", "HdfsAwayTest", "ConsumerRandomTest"})
class HdfsFaultsIT {
    @AutoClose
    private static OwnHdfs hdfs;

    @BeforeAll
    static void start() throws IOException {
        hdfs = OwnHdfs.start(1, Map.of());
    }

    @AfterEach
    void leaveSafeMode() throws IOException {
        hdfs.superuser().setSafeMode(SafeModeAction.LEAVE);
    }

    @Test
    void safeMode_pausesLanding_whichResumes() throws Exception {
        try (LandingUnderLoad landing = land("safe-mode")) {
            landing.during(() -> {
                hdfs.superuser().setSafeMode(SafeModeAction.ENTER);
                List<String> messages = landing.awaitFailures(3, 0, 1, 2);
                // An operation that was in progress may have failed with a timeout first.
                for (int partition : new int[] {0, 1, 2}) {
                    String begin = "Partition safe-mode-" + partition + ": ";
                    assertThat(messages)
                            .anyMatch(line -> line.startsWith(begin) && line.contains("Name node is in safe mode"));
                }
                assertEachStatesNextStep(messages);
                hdfs.superuser().setSafeMode(SafeModeAction.LEAVE);
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    @Test
    void nameNodeRestart_pausesLanding_whichResumes() throws Exception {
        try (LandingUnderLoad landing = land("namenode-restart")) {
            landing.during(() -> {
                hdfs.cluster().shutdownNameNode(0);
                assertEachStatesNextStep(landing.awaitFailures(3, 0, 1, 2));
                hdfs.cluster().restartNameNode(0, true);
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    @Test
    void dataNodeRestart_pausesLanding_whichResumes() throws Exception {
        try (LandingUnderLoad landing = land("datanode-restart")) {
            landing.during(() -> {
                DataNodeProperties stopped = hdfs.cluster().stopDataNode(0);
                assertEachStatesNextStep(landing.awaitFailures(3, 0, 1, 2));
                assertThat(hdfs.cluster().restartDataNode(stopped, true)).isTrue();
                hdfs.cluster().waitActive();
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    @Test
    void exceededSpaceQuota_pausesLanding_whichResumes() throws Exception {
        try (LandingUnderLoad landing = land("space-quota")) {
            landing.during(() -> {
                quota("/space-quota", HdfsConstants.QUOTA_DONT_SET, 1024);
                List<String> messages = landing.awaitFailures(3, 0, 1, 2);
                assertThat(messages).anyMatch(line -> line.contains("The DiskSpace quota of /space-quota is exceeded"));
                assertEachStatesNextStep(messages);
                quota("/space-quota", HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    @Test
    void exceededNamespaceQuota_pausesLanding_whichResumes() throws Exception {
        try (LandingUnderLoad landing = land("name-quota")) {
            landing.during(() -> {
                quota("/name-quota", 1, HdfsConstants.QUOTA_DONT_SET);
                List<String> messages = landing.awaitFailures(3, 0, 1, 2);
                assertThat(messages).anyMatch(line -> line.contains("The NameSpace quota (directories and files)"));
                assertEachStatesNextStep(messages);
                quota("/name-quota", HdfsConstants.QUOTA_RESET, HdfsConstants.QUOTA_DONT_SET);
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    @Test
    void unwritableDirectory_pausesOnlyItsPartition() throws Exception {
        hdfs.superuser().mkdirs(new Path("/unwritable"));
        hdfs.superuser().setOwner(new Path("/unwritable"), "alice", null);
        try (LandingUnderLoad landing = LandingUnderLoad.start(
                "unwritable", hdfs::superuser, Map.of("wadi.hdfs.uri", hdfs.uri(), "wadi.hdfs.user", "alice"))) {
            Path visible = new Path("/unwritable/unwritable/partition=1");
            landing.during(() -> {
                hdfs.superuser().setPermission(visible, new FsPermission((short) 0555));
                List<String> messages = landing.awaitFailures(3, 1);
                assertThat(messages)
                        .allMatch(line -> line.startsWith("Partition unwritable-1: "))
                        .allMatch(line -> line.contains("Permission denied: user=alice, access=WRITE"))
                        .allMatch(line -> line.contains(visible.toString()));
                assertEachStatesNextStep(messages);
                long before = landing.covered().get(1);
                landing.awaitMore(0, 2);
                assertThat(landing.covered().get(1)).isEqualTo(before);
                hdfs.superuser().setPermission(visible, new FsPermission((short) 0755));
            });
            landing.stopAndAssertLandedOnce();
        }
    }

    private static LandingUnderLoad land(String topic) throws Exception {
        hdfs.superuser().mkdirs(new Path("/" + topic));
        return LandingUnderLoad.start(topic, hdfs::superuser, Map.of("wadi.hdfs.uri", hdfs.uri()));
    }

    private static void quota(String directory, long names, long space) throws IOException {
        hdfs.superuser().setQuota(new Path(directory), names, space);
    }

    /** Asserts that each message has the failure, its location and the next step, and that messages are few. */
    private static void assertEachStatesNextStep(List<String> messages) {
        assertThat(messages)
                .hasSizeLessThan(40)
                .allMatch(
                        line -> line.matches(
                                "Partition [a-z-]+-\\d: retrying from offset \\d+ in \\d+m?s \\(attempt \\d+\\): LandingException: [^\n]+"));
    }
}
