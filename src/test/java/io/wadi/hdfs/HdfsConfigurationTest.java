package io.wadi.hdfs;

import static io.wadi.testing.SiteFile.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wadi.runtime.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration of the client: Wadi's options override site files, and site files override derived timeouts. */
class HdfsConfigurationTest {
    @TempDir
    private Path site;

    @Test
    void timeouts_areAFractionOfTheOperationTimeout() {
        Configuration configuration = HdfsConfiguration.of(HdfsOptions.of("hdfs://localhost:1"));

        assertThat(configuration.get("ipc.client.rpc-timeout.ms")).isEqualTo("10000");
        assertThat(configuration.get("ipc.client.connect.timeout")).isEqualTo("10000");
        assertThat(configuration.get("dfs.client.socket-timeout")).isEqualTo("5000");
    }

    @Test
    void standbyNameNodes_areRetriedEachSecondForHalfOfTheTimeout() {
        Configuration configuration = HdfsConfiguration.of(HdfsOptions.of("hdfs://localhost:1"));

        assertThat(configuration.get("dfs.client.failover.max.attempts")).isEqualTo("15");
        assertThat(configuration.get("dfs.client.failover.sleep.max.millis")).isEqualTo("1000");
    }

    @Test
    void bufferedPackets_areLimited_unlessSiteFilesSetTheirNumber() throws IOException {
        assertThat(HdfsConfiguration.of(HdfsOptions.of("hdfs://localhost:1"))
                        .get("dfs.client.write.max-packets-in-flight"))
                .isEqualTo("32");

        Files.writeString(site.resolve("hdfs-site.xml"), file("dfs.client.write.max-packets-in-flight", "80"));
        assertThat(HdfsConfiguration.of(options(site.toString(), "", "", "", ""))
                        .get("dfs.client.write.max-packets-in-flight"))
                .isEqualTo("80");
    }

    @Test
    void siteFiles_overrideTheTimeouts_andDeclareNameServices() throws IOException {
        Files.writeString(site.resolve("core-site.xml"), file("ipc.client.rpc-timeout.ms", "77"));
        Files.writeString(site.resolve("hdfs-site.xml"), file("dfs.nameservices", "ha"));

        Configuration configuration = HdfsConfiguration.of(options(site.toString(), "", "", "", ""));

        assertThat(configuration.get("ipc.client.rpc-timeout.ms")).isEqualTo("77");
        assertThat(configuration.get("dfs.nameservices")).isEqualTo("ha");
        assertThat(configuration.get("ipc.client.connect.timeout")).isEqualTo("10000");
    }

    @Test
    void umask_overridesTheSiteFiles() throws IOException {
        Files.writeString(site.resolve("hdfs-site.xml"), file("fs.permissions.umask-mode", "000"));

        assertThat(HdfsConfiguration.of(options(site.toString(), "", "", "", "027"))
                        .get("fs.permissions.umask-mode"))
                .isEqualTo("027");
        assertThat(HdfsConfiguration.of(options(site.toString(), "", "", "", ""))
                        .get("fs.permissions.umask-mode"))
                .isEqualTo("000");
    }

    @Test
    void directoryWithoutSiteFiles_isRejected() {
        rejected(options(site.toString(), "", "", "", ""))
                .hasMessage(
                        "wadi.hdfs.conf-dir=%s: expected a directory with a readable core-site.xml or hdfs-site.xml",
                        site);
    }

    /** A directory instead of a file without read permission, because root can read any file. */
    @Test
    void unreadableSiteFile_isRejected_besideAReadableOne() throws IOException {
        Path unreadable = Files.createDirectory(site.resolve("core-site.xml"));
        Files.writeString(site.resolve("hdfs-site.xml"), file("dfs.nameservices", "ha"));

        rejected(options(site.toString(), "", "", "", ""))
                .hasMessage(
                        "wadi.hdfs.conf-dir=%s: %s cannot be read; expected a file that the user of the process may read",
                        site, unreadable);
    }

    @Test
    void malformedSiteFile_isRejectedWithItsName() throws IOException {
        Files.writeString(site.resolve("hdfs-site.xml"), "<configuration><property>");

        rejected(options(site.toString(), "", "", "", ""))
                .hasMessageStartingWith("wadi.hdfs.conf-dir=")
                .hasMessageContaining("hdfs-site.xml");
    }

    @Test
    void userTogetherWithAPrincipal_isRejected() {
        rejected(options("", "alice", "wadi@EXAMPLE.ORG", "wadi.keytab", ""))
                .hasMessageContaining("wadi.hdfs.user=alice: with Kerberos the principal (");
    }

    private static org.assertj.core.api.AbstractThrowableAssert<?, ?> rejected(HdfsOptions options) {
        return assertThatThrownBy(() -> HdfsConfiguration.of(options)).isInstanceOf(SettingsException.class);
    }

    private static HdfsOptions options(String site, String user, String principal, String keytab, String umask) {
        return new HdfsOptions("hdfs://ha", site, user, principal, keytab, umask, Duration.ofSeconds(30));
    }
}
