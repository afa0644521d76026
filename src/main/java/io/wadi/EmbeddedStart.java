package io.wadi;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.PortCheck;
import io.wadi.runtime.config.DirectoryListing;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.reload.RouteReloader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.MainListenerSupport;
import org.apache.camel.spi.ShutdownStrategy;

/**
 * Performs the start-up steps of {@link Wadi} if another main class starts the context: that of Camel's CLI
 * ({@code camel run}), or that of a project that the CLI has exported. Camel's main finds this listener in the
 * registry.
 */
final class EmbeddedStart extends MainListenerSupport {
    private static final String ROUTES = "camel.main.routesIncludePattern";
    private static final String FILE = "file:";
    /** The properties that the CLI sets if it creates routes without starting them. */
    private static final Set<String> DRY_RUNS = Set.of("camel.jbang.export", "camel.jbang.transform");

    private final Consumer<CamelContext> bind;

    /** Creates the listener; {@code bind} binds Wadi's components after the CLI has read the properties. */
    EmbeddedStart(Consumer<CamelContext> bind) {
        this.bind = bind;
    }

    /**
     * Sets the context class loader. The CLI loads its dependencies with another class loader, but Kafka and Hadoop
     * find classes with the context class loader, which new threads inherit.
     */
    @Override
    public void beforeInitialize(BaseMainSupport main) {
        Thread.currentThread().setContextClassLoader(EmbeddedStart.class.getClassLoader());
        bind.accept(main.getCamelContext());
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        WadiPlugin.Mistake.throwIfIn(main.getCamelContext().getRegistry());
        reloader(main).ifPresent(routes -> routes.begin(directory(main)));
    }

    @Override
    public void afterConfigure(BaseMainSupport main) {
        WadiPlugin.Mistake.throwIfIn(main.getCamelContext().getRegistry());
        if (isDryRun(main)) {
            return;
        }
        FatalErrors.install();
        Settings settings = bean(main, Settings.class);
        PortCheck.requireFree(settings);
        bean(main, KafkaClients.class).check();
        // Fails for an exported project with hot reload, since it has no route files.
        reloader(main).ifPresent(routes -> directory(main));
        extendTimeout(main.getCamelContext().getShutdownStrategy(), settings);
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        reloader(main).ifPresent(RouteReloader::start);
    }

    private static boolean isDryRun(BaseMainSupport main) {
        return DRY_RUNS.stream()
                .anyMatch(name -> "true".equals(main.getInitialProperties().getProperty(name)));
    }

    /** Extends Camel's timeout: its main ends the process some seconds after it, even if work is in flight. */
    private static void extendTimeout(ShutdownStrategy strategy, Settings settings) {
        long seconds = settings.get(WadiSettings.STOP_DELAY)
                .plus(settings.get(WadiSettings.STOP_TIMEOUT))
                .toSeconds();
        strategy.setTimeout(Math.max(strategy.getTimeUnit().toSeconds(strategy.getTimeout()), seconds));
        strategy.setTimeUnit(TimeUnit.SECONDS);
    }

    private static Optional<RouteReloader> reloader(BaseMainSupport main) {
        return Optional.ofNullable(bean(main, RouteReloader.class));
    }

    private static <P> P bean(BaseMainSupport main, Class<P> type) {
        return main.getCamelContext().getRegistry().findSingleByType(type);
    }

    /**
     * Returns the directory that contains exactly the route files of the CLI's arguments.
     *
     * @throws SettingsException if there is no such directory
     */
    private static Path directory(BaseMainSupport main) {
        String given = main.getInitialProperties().getProperty(ROUTES, "");
        Set<Path> files = Stream.of(given.split(","))
                .filter(file -> file.startsWith(FILE))
                .map(file ->
                        Path.of(file.substring(FILE.length())).toAbsolutePath().normalize())
                .collect(Collectors.toSet());
        Set<Path> directories = files.stream().map(Path::getParent).collect(Collectors.toSet());
        if (directories.size() == 1) {
            Path directory = directories.iterator().next();
            if (routeFiles(directory).equals(files)) {
                return directory;
            }
        }
        throw new SettingsException(List.of(
                "%s=true: the routes are %s, expected all files DIR/*.camel.yaml of one directory; pass those, or set it to false"
                        .formatted(WadiSettings.RELOAD_ENABLED.name(), given.isEmpty() ? "no files" : given)));
    }

    private static Set<Path> routeFiles(Path directory) {
        try {
            return Set.copyOf(DirectoryListing.of(directory, "*.camel.yaml"));
        } catch (IOException e) {
            return Set.of();
        }
    }
}
