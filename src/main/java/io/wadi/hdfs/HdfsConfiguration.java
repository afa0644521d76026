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
 * Builds the HDFS client's configuration. Wadi's options override the site's files, and these override values that
 * limit the duration of an operation and the memory of an open file. With the client's own defaults an operation can
 * wait for minutes, and a consumer that does not poll for so long loses its partitions.
 */
final class HdfsConfiguration {
    private static final List<String> FILES = List.of("core-site.xml", "hdfs-site.xml");

    private HdfsConfiguration() {}

    /**
     * Reads the site's files, and adds options and timeouts.
     *
     * @throws SettingsException if the files are missing or invalid, or options contradict each other
     */
    static Configuration of(HdfsOptions options) {
        check(options);
        Configuration configuration = site(options.confDir());
        limitTimeouts(configuration, options.responseTimeout());
        // Each packet takes 64 KiB of heap, for each open file that is written faster than its DataNodes acknowledge.
        setIfUnset(configuration, HdfsClientConfigKeys.Write.MAX_PACKETS_IN_FLIGHT_KEY, 32);
        if (!options.umask().isEmpty()) {
            configuration.set(CommonConfigurationKeys.FS_PERMISSIONS_UMASK_KEY, options.umask());
        }
        if (!options.principal().isEmpty()) {
            configuration.set(CommonConfigurationKeysPublic.HADOOP_SECURITY_AUTHENTICATION, "kerberos");
        }
        return configuration;
    }

    private static void check(HdfsOptions options) {
        if (!options.principal().isEmpty() && !options.user().isEmpty()) {
            throw new SettingsException(List.of(
                    "wadi.hdfs.user=%s: with Kerberos the principal (%s) owns the files; set only one of the two"
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
            if (Files.exists(path)) {
                if (!Files.isRegularFile(path) || !Files.isReadable(path)) {
                    throw new SettingsException(
                            List.of("%s=%s: %s cannot be read; expected a file that the user of the process may read"
                                    .formatted(name, directory, path)));
                }
                found.add(path);
                configuration.addResource(new org.apache.hadoop.fs.Path(path.toUri()));
            }
        }
        if (found.isEmpty()) {
            throw new SettingsException(
                    List.of("%s=%s: expected a directory with a readable core-site.xml or hdfs-site.xml"
                            .formatted(name, directory)));
        }
        try {
            configuration.size();
        } catch (RuntimeException e) {
            throw new SettingsException(List.of("%s=%s: %s".formatted(name, directory, e.getMessage())));
        }
    }

    /**
     * Sets timeouts so that an operation on an unresponsive NameNode fails in about a third of the response timeout, and
     * one on DataNodes can continue without an unresponsive one in time.
     */
    private static void limitTimeouts(Configuration configuration, Duration responseTimeout) {
        long third = responseTimeout.toMillis() / 3;
        setIfUnset(configuration, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_TIMEOUT_KEY, third);
        setIfUnset(
                configuration, CommonConfigurationKeysPublic.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SOCKET_TIMEOUTS_KEY, 0);
        setIfUnset(configuration, CommonConfigurationKeys.IPC_CLIENT_CONNECT_MAX_RETRIES_ON_SASL_KEY, 1);
        setIfUnset(configuration, CommonConfigurationKeys.IPC_CLIENT_RPC_TIMEOUT_KEY, third);
        // While all NameNodes of a name service are standby, the client retries each second for half of the response
        // timeout: the session timeout of a failover controller is 10 s.
        setIfUnset(
                configuration,
                HdfsClientConfigKeys.Failover.MAX_ATTEMPTS_KEY,
                Math.max(4, responseTimeout.toSeconds() / 2));
        setIfUnset(configuration, HdfsClientConfigKeys.Failover.SLEEPTIME_MAX_KEY, 1000);
        setIfUnset(configuration, HdfsClientConfigKeys.Retry.MAX_ATTEMPTS_KEY, 2);
        // The client adds 5 s per DataNode to these. The first is shorter, so that a write can continue without an
        // unresponsive DataNode.
        setIfUnset(configuration, HdfsClientConfigKeys.DFS_CLIENT_SOCKET_TIMEOUT_KEY, third / 2);
        setIfUnset(configuration, HdfsClientConfigKeys.DFS_DATANODE_SOCKET_WRITE_TIMEOUT_KEY, third);
        setIfUnset(configuration, HdfsClientConfigKeys.DFS_CLIENT_DATANODE_RESTART_TIMEOUT_KEY, third / 1000);
        // A file is closed once its last block is reported. The client polls for that with a delay that doubles from
        // 400 ms by default; from 10 ms, 10 polls take 10 s.
        setIfUnset(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_INITIAL_DELAY_MS_KEY, 10);
        setIfUnset(configuration, HdfsClientConfigKeys.BlockWrite.LOCATEFOLLOWINGBLOCK_RETRIES_KEY, 10);
    }

    /** Sets a value unless the site's files set it. */
    private static void setIfUnset(Configuration configuration, String key, long value) {
        String[] sources = configuration.getPropertySources(key);
        if (sources == null || sources[sources.length - 1].endsWith("-default.xml")) {
            configuration.setLong(key, value);
        }
    }
}
