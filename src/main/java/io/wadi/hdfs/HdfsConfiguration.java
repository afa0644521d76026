package io.wadi.hdfs;

import io.wadi.runtime.config.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.CommonConfigurationKeys;
import org.apache.hadoop.fs.CommonConfigurationKeysPublic;
import org.apache.hadoop.hdfs.client.HdfsClientConfigKeys;

/**
 * The HDFS client's configuration: what Wadi's options say, else what the site's files say, else what keeps an operation
 * short. The client's own defaults wait for minutes, a consumer that does not poll for so long loses its partitions.
 */
final class HdfsConfiguration {
    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml");

    private HdfsConfiguration() {}

    /**
     * Reads the site's files and adds the rest.
     *
     * @throws SettingsException where the files are not there or cannot be read, or options contradict each other
     */
    static Configuration of(HdfsOptions options) {
        check(options);
        Configuration configuration = site(options.confDir());
        keepShort(configuration, options.answerWithin());
        if (!options.umask().isEmpty()) {
            configuration.set(CommonConfigurationKeys.FS_PERMISSIONS_UMASK_KEY, options.umask());
        }
        if (!options.principal().isEmpty()) {
            configuration.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        }
        return configuration;
    }

    private static void check(HdfsOptions options) {
        if (options.principal().isEmpty() != options.keytab().isEmpty()) {
            throw new SettingsException(List.of("wadi.hdfs.principal=%s, wadi.hdfs.keytab=%s: set both, or none"
                    .formatted(options.principal(), options.keytab())));
        }
        if (!options.principal().isEmpty() && !options.user().isEmpty()) {
            throw new SettingsException(
                    List.of("wadi.hdfs.user=%s: with Kerberos the files are the principal's (%s); set one of the two"
                            .formatted(options.user(), options.principal())));
        }
    }

    private static Configuration site(String confDir) {
        Configuration configuration = new Configuration();
        String environment = System.getenv("HADOOP_CONF_DIR");
        if (!confDir.isEmpty()) {
            addFiles(configuration, "wadi.hdfs.conf-dir", confDir);
        } else if (environment != null && !environment.isBlank()) {
            addFiles(configuration, "HADOOP_CONF_DIR", environment.strip());
        }
        return configuration;
    }

    private static void addFiles(Configuration configuration, String name, String directory) {
        List<Path> found = new ArrayList<>();
        for (String file : FILES) {
            Path path = Path.of(directory, file);
            if (Files.isReadable(path)) {
                found.add(path);
                configuration.addResource(new org.apache.hadoop.fs.Path(path.toUri()));
            }
        }
        if (found.isEmpty()) {
            throw new SettingsException(List.of(
                    "%s=%s: neither core-site.xml nor hdfs-site.xml can be read there".formatted(name, directory)));
        }
        try {
            configuration.size();
        } catch (RuntimeException e) {
            throw new SettingsException(List.of("%s=%s: %s".formatted(name, directory, e.getMessage())));
        }
    }

    /** Such that an operation on a NameNode or DataNodes that do not answer fails in about a third of the time. */
    private static void keepShort(Configuration configuration, Duration answerWithin) {
        long third = answerWithin.toMillis() / 3;
        prefer(configuration, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, third);
        prefer(configuration, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_KEY, 0);
        prefer(configuration, CommonConfigurationKeys.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SASL_KEY, 1);
        prefer(configuration, CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_KEY, third);
        // Of a name service, the NameNodes are asked in turn, each second for half of the time where all are on
        // standby: a
        // failover controller's session is 10 s, and what waits for as long loses no file.
        prefer(
                configuration,
                HdfsClientConfigKeys.Failover.MAX_ATTEMPTS_KEY,
                Math.max(4, answerWithin.toSeconds() / 2));
        prefer(configuration, HdfsClientConfigKeys.Failover.SLEEPTIME_MAX_KEY, 1000);
        prefer(configuration, HdfsClientConfigKeys.Retry.MAX_ATTEMPTS_KEY, 2);
        // To these the client adds 5 s a DataNode. The first is the shorter, so that time is left to go on without a
        // DataNode that does not answer.
        prefer(configuration, HdfsClientConfigKeys.DFS_CLIENT_SOCKET_TIMEOUT_KEY, third / 2);
        prefer(configuration, HdfsClientConfigKeys.DFS_DATANODE_SOCKET_WRITE_TIMEOUT_KEY, third);
        prefer(configuration, HdfsClientConfigKeys.DFS_CLIENT_DATANODE_RESTART_TIMEOUT_KEY, third / 1000);
        // A file is closed once its last block is reported, which is soon; the client would look again after 400 ms
        // only. With each look it waits twice as long: 10 s in all.
        prefer(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_INITIAL_DELAY_MS_KEY, 10);
        prefer(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_RETRIES_KEY, 10);
    }

    /** Sets what the site's files do not set. */
    private static void prefer(Configuration configuration, String key, long value) {
        String[] sources = configuration.getPropertySources(key);
        if (sources == null || sources[sources.length - 1].endsWith("-default.xml")) {
            configuration.setLong(key, value);
        }
    }
}
