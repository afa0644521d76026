package io.wadi.extension.worker;

import io.wadi.kafka.BrokerVersion;
import io.wadi.kafka.Causes;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.shutdown.Signals;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.connect.cli.AbstractConnectCli;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.runtime.Connect;
import org.apache.kafka.connect.runtime.Herder;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.runtime.distributed.DistributedConfig;
import org.apache.kafka.connect.runtime.isolation.PluginUtils;
import org.apache.kafka.connect.runtime.standalone.StandaloneConfig;

/** Kafka Connect's worker in this JVM: distributed if its file has a {@code group.id}, otherwise standalone. */
public final class ConnectWorker {
    /** The exit code if the worker has failed after its start. */
    public static final int FAILED = 1;
    /** The exit code if the worker, or a connector from a file, has failed to start. */
    public static final int NOT_STARTED = 2;

    /** The exit code with which Kafka's herder ends the process. */
    private static final int HERDER_FAILED = 1;
    /** The prefixes of topic settings that a distributed worker applies to the topics that it creates. */
    private static final List<String> TOPIC_PREFIXES = List.of(
            DistributedConfig.CONFIG_STORAGE_PREFIX,
            DistributedConfig.OFFSET_STORAGE_PREFIX,
            DistributedConfig.STATUS_STORAGE_PREFIX);

    private ConnectWorker() {}

    /**
     * Runs a worker until SIGTERM or Ctrl-C, and returns after it has stopped. After a failure of the worker, it ends
     * the process with {@link #FAILED} or {@link #NOT_STARTED}, or returns that code.
     *
     * @param file the worker's properties
     * @param connectors the files of connectors for a standalone worker
     * @param error receives the reason, in one line, before the process ends
     * @return the exit code: 0 after an orderly stop
     * @throws RuntimeException if the worker cannot start; {@link WorkerErrors#reason} returns the reason in one line
     */
    public static int run(Path file, List<Path> connectors, Consumer<String> error) {
        Map<String, String> settings = read(file);
        boolean isDistributed = settings.containsKey(DistributedConfig.GROUP_ID_CONFIG);
        if (isDistributed && !connectors.isEmpty()) {
            throw new IllegalArgumentException(
                    "%s has a group.id: a distributed worker receives its connectors over its REST API; remove %s"
                            .formatted(file, connectors.get(0)));
        }
        requireReadable(file, settings, connectors);
        if (WorkerConfig.pluginPath(settings) == null) {
            // The jar lists its plugins for ServiceLoader. Otherwise Connect scans all of its classes, which takes
            // seconds.
            settings.putIfAbsent(WorkerConfig.PLUGIN_DISCOVERY_CONFIG, "service_load");
        }
        WorkerErrors.install();
        AtomicInteger exitCode = new AtomicInteger();
        Exit.setExitProcedure((code, message) -> {
            if (exitCode.compareAndSet(0, code == HERDER_FAILED ? FAILED : NOT_STARTED)) {
                error.accept(WorkerErrors.last());
            }
            // Connect's shutdown hook stops the worker, and run() then returns.
            Runtime.getRuntime().exit(exitCode.get());
        });
        AbstractConnectCli<?, ?> worker = isDistributed ? distributed(file) : standalone(file);
        run(worker, settings, connectors.stream().map(Path::toString).toArray(String[]::new));
        return exitCode.get();
    }

    private static Map<String, String> read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
            return Utils.propsToStringMap(properties);
        } catch (IOException | IllegalArgumentException e) {
            throw new SettingsException(List.of(file + ": reading failed: " + e));
        }
    }

    /**
     * Rejects paths that cannot be read. Connect would only log a plugin directory that it cannot list, and would read
     * the files of connectors after everything else has started.
     */
    private static void requireReadable(Path file, Map<String, String> settings, List<Path> connectors) {
        for (Path connector : connectors) {
            if (!Files.isReadable(connector)) {
                throw new SettingsException(List.of(connector + ": no such file, or it cannot be read"));
            }
        }
        try {
            PluginUtils.pluginLocations(WorkerConfig.pluginPath(settings), true);
        } catch (RuntimeException e) {
            throw new SettingsException(List.of("%s: %s=%s: expected directories that can be read: %s"
                    .formatted(
                            file,
                            WorkerConfig.PLUGIN_PATH_CONFIG,
                            WorkerConfig.pluginPath(settings),
                            Causes.innermost(e).getMessage())));
        }
    }

    private static <H extends Herder> void run(
            AbstractConnectCli<H, ?> worker, Map<String, String> settings, String... connectors) {
        Connect<H> connect = worker.startConnect(settings);
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        Signals.onStop(() -> {
            // Connect needs a context class loader, and the signal thread of the JVM has none.
            Thread.currentThread().setContextClassLoader(loader);
            connect.stop();
        });
        worker.processExtraArgs(connect, connectors);
        connect.awaitStop();
    }

    private static void requireSupportedBrokers(Path file, WorkerConfig config) {
        // Connects to Kafka, as the worker does next, and fails with Connect's error if no broker responds.
        config.kafkaClusterId();
        try (Admin admin = Admin.create(config.originals())) {
            BrokerVersion.OLDEST.refusal(admin).ifPresent(reason -> {
                throw new SettingsException(List.of("%s: %s=%s: %s"
                        .formatted(
                                file,
                                WorkerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                String.join(",", config.getList(WorkerConfig.BOOTSTRAP_SERVERS_CONFIG)),
                                reason)));
            });
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static ConnectStandalone standalone(Path file) {
        return new ConnectStandalone() {
            @Override
            protected StandaloneConfig createConfig(Map<String, String> settings) {
                StandaloneConfig config = super.createConfig(settings);
                WorkerSettings.check(file, config, List.of());
                requireSupportedBrokers(file, config);
                return config;
            }
        };
    }

    private static ConnectDistributed distributed(Path file) {
        return new ConnectDistributed() {
            @Override
            protected DistributedConfig createConfig(Map<String, String> settings) {
                DistributedConfig config = super.createConfig(settings);
                WorkerSettings.check(file, config, TOPIC_PREFIXES);
                requireSupportedBrokers(file, config);
                return config;
            }
        };
    }
}
