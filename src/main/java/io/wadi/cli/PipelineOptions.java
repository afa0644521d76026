package io.wadi.cli;

import io.wadi.runtime.config.WadiSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that all commands with connections to the pipeline's servers share. */
final class PipelineOptions {
    @Option(
            names = "--config",
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Directory of application.properties and topics.yaml (default: .)")
    private Path configuration = Path.of(".");

    @Option(
            names = "--brokers",
            paramLabel = "ADDRESSES",
            scope = ScopeType.INHERIT,
            description = "Kafka's bootstrap servers, HOST:PORT each, instead of wadi.kafka.brokers.")
    private String brokers;

    @Option(
            names = "--hdfs",
            paramLabel = "URI",
            scope = ScopeType.INHERIT,
            description = "The HDFS to use, such as hdfs://namenode:8020, instead of wadi.hdfs.uri.")
    private String hdfs;

    /**
     * Reads the configuration, without connecting to servers.
     *
     * @throws Exception if the configuration is invalid; {@link io.wadi.kafka.Causes#reason} returns the reason
     */
    CommandConfiguration read() throws Exception {
        if (!Files.isDirectory(configuration)) {
            throw new IllegalArgumentException(
                    configuration + ": directory not found; set the configuration directory with --config");
        }
        Map<String, String> options = new HashMap<>();
        if (brokers != null) {
            options.put(WadiSettings.KAFKA_BROKERS.name(), brokers);
        }
        if (hdfs != null) {
            options.put(WadiSettings.HDFS_URI.name(), hdfs);
        }
        return new CommandConfiguration(configuration, options);
    }
}
