package io.wadi.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HDFS in a JVM of its own, with the data of an earlier one. */
class LocalHdfsIT {
    @TempDir
    private Path directory;

    /** Hadoop's test cluster deletes its directory at the end of a JVM in which its start has failed. */
    @Test
    void startThatFails_keepsTheData() throws Exception {
        org.apache.hadoop.fs.Path file = new org.apache.hadoop.fs.Path("/kept");
        try (HdfsProcess hdfs = HdfsProcess.start(directory)) {
            try (FileSystem client = hdfs.superuser()) {
                client.create(file).close();
            }
            hdfs.kill();
            int port = URI.create(hdfs.uri()).getPort();
            await().until(() -> Ports.isFree(port));
            try (ServerSocket other = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThatThrownBy(hdfs::startAgain).hasMessageContaining(" ended with code 1");
                assertThat(other.isBound()).isTrue();
            }

            hdfs.startAgain();

            try (FileSystem client = hdfs.superuser()) {
                assertThat(client.exists(file)).isTrue();
            }
        }
    }
}
