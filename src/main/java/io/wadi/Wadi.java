package io.wadi;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.wadi.kafka.Causes;
import io.wadi.kafka.client.KafkaClients;
import io.wadi.kafka.client.UnresolvedBrokersException;
import io.wadi.runtime.ConfigurationFiles;
import io.wadi.runtime.ExitCode;
import io.wadi.runtime.FailedStart;
import io.wadi.runtime.NotStartedException;
import io.wadi.runtime.PortCheck;
import io.wadi.runtime.config.BundledFiles;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.SettingsReader;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.reload.RouteErrors;
import io.wadi.runtime.reload.RouteReloader;
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
 * The pipeline: all routes of {@code routes/}, with the properties of {@code application.properties}. If one of them is
 * missing in the configuration directory, the jar's copy is used. {@link ExitCode} lists the exit codes of the process.
 */
public final class Wadi implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Wadi.class);

    /** The timeout for closing resources after the shutdown phases. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);
    /** The timeout of a shutdown that begins before the settings are read. */
    private static final Duration EARLY_STOP_TIMEOUT = Duration.ofSeconds(30);

    private static final String ROUTE_FILE = ".camel.yaml";

    private final Main main = new Main();
    private final Path routes;
    private Optional<RouteReloader> reloader = Optional.empty();
    private volatile OrderlyShutdown shutdown;
    private volatile Duration stopWithin = EARLY_STOP_TIMEOUT;
    private volatile boolean isStopAbandoned;

    /**
     * Prepares a pipeline.
     *
     * @param configuration the directory of {@code application.properties}, {@code topics.yaml} and {@code routes/}
     * @param overrides properties with the highest precedence
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

            /** Checks the Kafka clients here, since Camel has set its own Kafka settings only now. */
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
                .plus(CLOSE_TIMEOUT);
        shutdown = registry.findSingleByType(OrderlyShutdown.class);
        reloader = Optional.ofNullable(registry.findSingleByType(RouteReloader.class));
        List<String> mistakes = RouteErrors.beforeStart(routes);
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
        reloader.ifPresent(each -> each.begin(routes));
        PortCheck.requireFree(settings);
    }

    private String routeFiles() {
        return Files.exists(routes)
                ? "file:" + routes.normalize() + "/*" + ROUTE_FILE
                : BundledFiles.in("routes", ROUTE_FILE).stream()
                        .map(name -> "classpath:" + name)
                        .collect(Collectors.joining(","));
    }

    /** Starts all routes and returns once they are started, even if Kafka, HDFS or Elasticsearch are unavailable. */
    public void start() throws Exception {
        main.start();
        logRoutes(main.getCamelContext());
        reloader.ifPresent(RouteReloader::start);
    }

    /** Logs one line for each route, except the routes of the management port. */
    private static void logRoutes(CamelContext context) {
        for (Route route : context.getRoutes()) {
            if (!OrderlyShutdown.isInternal(route)) {
                boolean isStarted = context.getRouteController()
                        .getRouteStatus(route.getId())
                        .isStarted();
                String file = route.getSourceLocationShort();
                String uri = URISupport.sanitizeUri(route.getEndpoint().getEndpointBaseUri());
                LOG.info(
                        "{} {} ({}from {})",
                        isStarted ? "Running:" : "Not running:",
                        route.getId(),
                        file == null ? "" : file + ", ",
                        URLDecoder.decode(uri, UTF_8));
            }
        }
    }

    /**
     * Stops the routes in order. Completes, lands, indexes and commits the records in flight, within the timeouts of
     * {@code wadi.stop}.
     */
    @Override
    public void close() {
        main.stop();
    }

    /** Returns whether all work in flight was finished. Valid after {@link #close}. */
    public boolean isDrained() {
        return stopReport()
                .map(StopReport::isDrained)
                .orElse(!isStopAbandoned && (shutdown == null || !shutdown.isStopUnreported()));
    }

    /** Returns the report of the shutdown; empty if no route was started. Valid after {@link #close}. */
    Optional<StopReport> stopReport() {
        return shutdown == null ? Optional.empty() : shutdown.report();
    }

    /** Returns the timeout of {@link #close}, after which the process ends. */
    Duration stopWithin() {
        return stopWithin;
    }

    /** Reports the shutdown as incomplete with a reason, unless it was already reported. */
    void abandonStop(String why, Duration elapsed) {
        isStopAbandoned = true;
        if (shutdown == null) {
            LOG.warn("Stop requested before the settings were read: {}", why);
        } else {
            shutdown.abandon(why, elapsed);
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
        FailedStart failed = Wadi::fail;
        wadi.main.bind("wadi-failed-start", failed);
        StopOnSignal stop = StopOnSignal.of(wadi);
        try {
            wadi.start();
        } catch (Exception | Error e) { // such as a class in lib/ without another one that it needs
            FatalErrors.endOn(e);
            LOG.debug("Not started", e);
            if (!stop.isRequested()) {
                fail(wadi.notStarted(e));
            }
        }
    }

    /** Blocks until another thread ends the process. */
    private static void awaitEnd() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the reason of a failed start with its exit code. */
    NotStartedException notStarted(Throwable e) {
        Optional<NotStartedException> known = Causes.among(e, NotStartedException.class);
        if (known.isPresent()) {
            return known.get();
        }
        Optional<UnresolvedBrokersException> unresolved = Causes.among(e, UnresolvedBrokersException.class);
        if (unresolved.isPresent()) {
            return new NotStartedException(
                    ExitCode.UNAVAILABLE, unresolved.get().getMessage());
        }
        if (Causes.among(e, SettingsException.class).isPresent()) {
            return new NotStartedException(ExitCode.CONFIGURATION, Causes.reason(e));
        }
        return RouteErrors.of(main.getCamelContext(), routes, e)
                .map(mistakes -> new NotStartedException(ExitCode.CONFIGURATION, mistakes))
                .orElseGet(() -> new NotStartedException(ExitCode.FAILED, Causes.reason(e)));
    }

    private static void fail(NotStartedException why) {
        System.err.print(why.report());
        Runtime.getRuntime().halt(why.code().number());
    }
}
