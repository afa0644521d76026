package io.wadi;

import io.wadi.config.Setting;
import io.wadi.config.Settings;
import io.wadi.config.SettingsException;
import io.wadi.config.WadiSettings;
import io.wadi.kafka.Causes;
import io.wadi.kafka.KafkaClients;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.apache.kafka.common.errors.AuthenticationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline: all routes of {@code routes/}, with the properties of {@code application.properties}, both from the
 * configuration directory or, where it has none, from the jar.
 *
 * <p>Exit codes: 0 after an orderly stop, 1 where it could not start.
 */
public final class Wadi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wadi.class);
    private static final String USAGE = "Usage: java -jar wadi.jar [--config DIR]";

    private final Main main = new Main();

    /**
     * Prepares a pipeline.
     *
     * @param configuration the directory of {@code application.properties}, {@code topics.yaml} and {@code routes/}
     * @param overrides properties that win over all others
     */
    public Wadi(Path configuration, Map<String, String> overrides) {
        configure(main, configuration);
        main.configure().withRoutesIncludePattern(from(configuration, "routes/*.camel.yaml"));
        overrides.forEach(main::addOverrideProperty);
        main.addMainListener(new MainListenerSupport() {
            @Override
            public void beforeConfigure(BaseMainSupport starting) {
                check(starting.getCamelContext().getRegistry());
            }

            /** Camel has its own settings of Kafka by now. */
            @Override
            public void afterConfigure(BaseMainSupport starting) {
                starting.getCamelContext()
                        .getRegistry()
                        .findSingleByType(KafkaClients.class)
                        .check();
            }
        });
    }

    /** Has it read the properties and topics of a configuration directory, or the jar's own where that has none. */
    static void configure(Main main, Path configuration) {
        main.setDefaultPropertyPlaceholderLocation("false");
        main.setPropertyPlaceholderLocations(from(configuration, "application.properties"));
        overrideWhereThereIs(main, "wadi.topics-file", configuration.resolve("topics.yaml"));
        overrideWhereThereIs(main, "wadi.alerts.file", configuration.resolve("alerts.yaml"));
    }

    private static void overrideWhereThereIs(Main main, String setting, Path file) {
        if (Files.exists(file)) {
            main.addOverrideProperty(setting, file.toString());
        }
    }

    private static void check(Registry registry) {
        WadiPlugin.Mistake.throwIfIn(registry);
        Settings settings = registry.findSingleByType(Settings.class);
        requireFree(settings.get(WadiSettings.HTTP_HOST), WadiSettings.HTTP_PORT, settings);
        requireFree(settings.get(WadiSettings.MANAGEMENT_HOST), WadiSettings.MANAGEMENT_PORT, settings);
    }

    /** Camel's server only logs that it could not bind its port, and goes on without it. */
    private static void requireFree(String host, Setting<Long> setting, Settings settings) {
        int port = settings.get(setting).intValue();
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new SettingsException(List.of("%s=%d: the port cannot be bound at %s: %s; free it or set another"
                    .formatted(setting.name(), port, host, e.getMessage())));
        }
    }

    private static String from(Path configuration, String name) {
        Path own = configuration.resolve(name.replaceFirst("/\\*.*", ""));
        return Files.exists(own)
                ? "file:" + configuration.resolve(".").resolve(name).normalize()
                : "classpath:" + name;
    }

    /** Starts all routes; returns when they are started. Kafka, HDFS and Elasticsearch may come later. */
    public void start() throws Exception {
        main.start();
    }

    /** Stops in order: what is in flight is finished, landed, indexed and committed. */
    @Override
    public void close() {
        main.stop();
    }

    /** Runs until SIGTERM or Ctrl-C. */
    public static void main(String[] args) {
        Path configuration = Path.of(".");
        if (args.length == 2 && args[0].equals("--config")) {
            configuration = Path.of(args[1]);
        } else if (args.length != 0) {
            fail(USAGE);
        }
        Wadi wadi = new Wadi(configuration, Map.of());
        CountDownLatch stopped = new CountDownLatch(1);
        // Java ends with 143 after SIGTERM unless the hook itself ends it; an orderly stop is a success.
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            wadi.close();
                            stopped.countDown();
                            Runtime.getRuntime().halt(0);
                        },
                        "wadi-stop"));
        try {
            wadi.start();
            stopped.await();
        } catch (Exception e) {
            LOG.debug("Not started", e);
            fail(reason(e));
        }
    }

    /**
     * What keeps it from starting: the mistakes in the settings, a line each, or why Kafka does not let it in, or the innermost
     * cause in a line.
     */
    static String reason(Exception e) {
        Throwable cause = e;
        while (cause.getCause() != null
                && !(cause instanceof SettingsException)
                && !(cause instanceof AuthenticationException)) {
            cause = cause.getCause();
        }
        return cause instanceof SettingsException ? cause.getMessage() : Causes.inShort(cause);
    }

    private static void fail(String reason) {
        System.err.println("Wadi cannot start:");
        reason.lines().forEach(line -> System.err.println("  " + line));
        Runtime.getRuntime().halt(1);
    }
}
