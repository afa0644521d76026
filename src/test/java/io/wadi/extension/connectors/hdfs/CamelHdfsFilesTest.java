package io.wadi.extension.connectors.hdfs;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.hdfs.HdfsConnection;
import io.wadi.hdfs.HdfsOptions;
import io.wadi.testing.SiteFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.LocalFileSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Failures to claim a file, without HDFS. */
final class CamelHdfsFilesTest {
    @TempDir
    private Path site;

    /** A client that cannot be loaded completely. */
    private static final class IncompleteClient extends LocalFileSystem {
        @Override
        public void initialize(URI name, Configuration configuration) {
            throw new NoClassDefFoundError("of this test");
        }
    }

    /** Otherwise the reader would wait for the file forever. */
    @Test
    @Timeout(60)
    void errorOfTheConsumer_failsTheClaim() throws Exception {
        Files.writeString(
                site.resolve("core-site.xml"), SiteFile.file("fs.hdfs.impl", IncompleteClient.class.getName()));
        HdfsOptions options =
                new HdfsOptions("hdfs://localhost:1", site.toString(), "", "", "", "", Duration.ofSeconds(9));
        try (DefaultCamelContext camel = new DefaultCamelContext();
                HdfsConnection hdfs = new HdfsConnection(options)) {
            camel.start();
            try (CamelHdfsFiles files = new CamelHdfsFiles(camel, hdfs, "/in")) {
                assertThatThrownBy(() -> files.open("a"))
                        .isInstanceOf(IOException.class)
                        .hasMessageStartingWith("a could not be claimed: ")
                        .hasCauseInstanceOf(NoClassDefFoundError.class);
            }
        }
    }
}
