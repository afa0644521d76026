package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.ConfigurationFiles;
import io.wadi.runtime.ExitCode;
import io.wadi.runtime.NotStartedException;
import io.wadi.runtime.PortCheck;
import io.wadi.runtime.config.BundledFiles;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.SettingsReader;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.reload.LiveRoutes;
import io.wadi.runtime.reload.RouteMistakes;
import io.wadi.runtime.reload.RouteTemplates;
import io.wadi.runtime.shutdown.OrderlyShutdown;
import io.wadi.runtime.shutdown.StopReport;
import java.net.URLDecoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.Registry;
import org.apache.camel.util.URISupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline: all routes of {@code routes/}, with the properties of {@code application.properties}, both from the
 * configuration directory or, where it has none, from the jar.
 *
 * <p>How its process ends is an {@link ExitCode}.
 */
public final class Wadi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wadi.class);

    /** What closes after the phases of a stop is waited for as long as this beyond them. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    /** For a stop before the settings are read. */
    private static final Duration STOP_EARLY_WITHIN = Duration.ofSeconds(30);

    private static final String ROUTE_FILE = ".camel.yaml";

    private final Main main = new Main();
    private final Path routes;
    private Optional<LiveRoutes> liveRoutes = Optional.empty();
    private volatile OrderlyShutdown shutdown;
    private volatile Duration stopWithin = STOP_EARLY_WITHIN;

    /**
     * Prepares a pipeline.
     *
     * @param configuration the directory of {@code application.properties}, {@code topics.yaml} and {@code routes/}
     * @param overrides properties that win over all others
     */
    public Wadi(Path configuration, Map<String, String> overrides) {
        routes = configuration.resolve("routes");
        SettingsReader.configure(main, configuration);
        main.bind(WadiPlugin.OWN_MAIN, main);
        main.configure().withRoutesIncludePattern(routeFiles());
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

    private void check(Registry registry) {
        WadiPlugin.Mistake.throwIfIn(registry);
        Settings settings = registry.findSingleByType(Settings.class);
        stopWithin = settings.get(WadiSettings.STOP_DELAY)
                .plus(settings.get(WadiSettings.STOP_TIMEOUT))
                .plus(CLOSE_WITHIN);
        shutdown = registry.findSingleByType(OrderlyShutdown.class);
        liveRoutes = Optional.ofNullable(registry.findSingleByType(LiveRoutes.class));
        List<String> mistakes = RouteTemplates.mistakes(routes);
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        liveRoutes.ifPresent(live -> begin(live, routes));
        PortCheck.requireFree(settings);
    }

    /** Reads the files of the directory that routes are started from, and that is looked at for edits. */
    static void begin(LiveRoutes live, Path routes) {
        try {
            live.begin(routes);
        } catch (IllegalArgumentException e) {
            throw new SettingsException(
                    List.of("%s=true: %s".formatted(WadiSettings.RELOAD_ENABLED.name(), e.getMessage())));
        }
    }

    private String routeFiles() {
        return Files.exists(routes)
                ? "file:" + routes.normalize() + "/*" + ROUTE_FILE
                : BundledFiles.in("routes", ROUTE_FILE).stream()
                        .map(name -> "classpath:" + name)
                        .collect(Collectors.joining(","));
    }

    /** Starts all routes; returns when they are started. Kafka, HDFS and Elasticsearch may come later. */
    public void start() throws Exception {
        main.start();
        sayRoutes(main.getCamelContext());
        liveRoutes.ifPresent(LiveRoutes::start);
    }

    /** A line for each route of a file. */
    private static void sayRoutes(CamelContext context) {
        for (Route route : context.getRoutes()) {
            if (route.getSourceLocationShort() != null) {
                boolean runs = context.getRouteController()
                        .getRouteStatus(route.getId())
                        .isStarted();
                String uri = URISupport.sanitizeUri(route.getEndpoint().getEndpointBaseUri());
                LOG.info(
                        "{} {} ({}, from {})",
                        runs ? "Running:" : "Not running:",
                        route.getId(),
                        route.getSourceLocationShort(),
                        URLDecoder.decode(uri, UTF_8));
            }
        }
    }

    /** Stops in order: what is in flight is finished, landed, indexed and committed, within the limits of {@code wadi.stop}. */
    @Override
    public void close() {
        main.stop();
    }

    /** Whether its stop has finished everything that had been begun. Once it is closed. */
    public boolean isDrained() {
        return stopReport().map(StopReport::isDrained).orElse(true);
    }

    /** How it has stopped; nothing where no route had started. Once it is closed. */
    Optional<StopReport> stopReport() {
        return shutdown == null ? Optional.empty() : shutdown.report();
    }

    /** How long {@link #close} may take before the process ends without waiting for it any more. */
    Duration stopWithin() {
        return stopWithin;
    }

    /** Closing is not waited for any more. */
    void giveUp(String why) {
        if (shutdown != null) {
            shutdown.conclude(List.of(why));
        }
    }

    /** Runs the pipeline of a configuration directory until SIGTERM or Ctrl-C; see {@link StopOnSignal}. */
    static void run(Path configuration) {
        FatalErrors.install();
        start(configuration);
        awaitEnd();
    }

    private static void start(Path configuration) {
        try {
            ConfigurationFiles.check(configuration);
        } catch (NotStartedException e) {
            fail(e);
        }
        Wadi wadi = new Wadi(configuration, Map.of());
        StopOnSignal stop = StopOnSignal.of(wadi);
        try {
            wadi.start();
        } catch (Exception e) {
            LOG.debug("Not started", e);
            if (!stop.isAsked()) {
                fail(wadi.notStarted(e));
            }
        }
    }

    /** The process ends in another thread. */
    private static void awaitEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What keeps it from starting, and of which kind that is. */
    NotStartedException notStarted(Exception e) {
        Optional<NotStartedException> known = Causes.among(e, NotStartedException.class);
        if (known.isPresent()) {
            return known.get();
        }
        if (Causes.among(e, SettingsException.class).isPresent()) {
            return new NotStartedException(ExitCode.CONFIGURATION, Causes.reason(e));
        }
        return RouteMistakes.of(main.getCamelContext(), routes, e)
                .map(mistakes -> new NotStartedException(ExitCode.CONFIGURATION, mistakes))
                .orElseGet(() -> new NotStartedException(ExitCode.FAILED, Causes.reason(e)));
    }

    private static void fail(NotStartedException why) {
        System.err.print(why.said());
        Runtime.getRuntime().halt(why.code().number());
    }
}
