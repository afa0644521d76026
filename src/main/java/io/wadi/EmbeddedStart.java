package io.wadi;

import io.wadi.kafka.client.KafkaClients;
import io.wadi.runtime.PortCheck;
import io.wadi.runtime.config.Settings;
import io.wadi.runtime.config.SettingsException;
import io.wadi.runtime.config.WadiSettings;
import io.wadi.runtime.health.FatalErrors;
import io.wadi.runtime.reload.LiveRoutes;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
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
 * What {@link Wadi} does at its start, where the main is somebody else's: Camel's CLI ({@code camel run}), or that of a project it
 * has exported. Camel's main finds it in the registry, the CLI's from the beginning, the other's once the routes are read.
 */
final class EmbeddedStart extends MainListenerSupport {
    private static final String ROUTES = "camel.main.routesIncludePattern";
    private static final String FILE = "file:";
    /** Of the CLI, while it makes the routes and starts none. */
    private static final Set<String> LOOKS = Set.of("camel.jbang.export", "camel.jbang.transform");

    private final Consumer<CamelContext> bind;

    /** Takes what binds Wadi's parts, which the CLI has to do once it has read the properties. */
    EmbeddedStart(Consumer<CamelContext> bind) {
        this.bind = bind;
    }

    /**
     * The CLI has its dependencies in a class loader of its own, and leaves this thread with another. Kafka and Hadoop find classes
     * by that of the thread, which all threads get that begin here: it stays set.
     */
    @Override
    public void beforeInitialize(BaseMainSupport main) {
        Thread.currentThread().setContextClassLoader(EmbeddedStart.class.getClassLoader());
        bind.accept(main.getCamelContext());
    }

    @Override
    public void beforeConfigure(BaseMainSupport main) {
        WadiPlugin.Mistake.throwIfIn(main.getCamelContext().getRegistry());
        liveRoutes(main).ifPresent(live -> Wadi.begin(live, directory(main)));
    }

    @Override
    public void afterConfigure(BaseMainSupport main) {
        WadiPlugin.Mistake.throwIfIn(main.getCamelContext().getRegistry());
        if (onlyLooks(main)) {
            return;
        }
        FatalErrors.install();
        Settings settings = part(main, Settings.class);
        PortCheck.requireFree(settings);
        part(main, KafkaClients.class).check();
        // Of an exported project, whose routes are none that can be edited.
        liveRoutes(main).ifPresent(live -> directory(main));
        giveTimeToStop(main.getCamelContext().getShutdownStrategy(), settings);
    }

    @Override
    public void afterStart(BaseMainSupport main) {
        liveRoutes(main).ifPresent(LiveRoutes::start);
    }

    private static boolean onlyLooks(BaseMainSupport main) {
        return LOOKS.stream()
                .anyMatch(name -> "true".equals(main.getInitialProperties().getProperty(name)));
    }

    /** Camel's main ends the process this long after SIGTERM, and some seconds, whatever is not done. */
    private static void giveTimeToStop(ShutdownStrategy strategy, Settings settings) {
        long seconds = settings.get(WadiSettings.STOP_DELAY)
                .plus(settings.get(WadiSettings.STOP_TIMEOUT))
                .toSeconds();
        strategy.setTimeout(Math.max(strategy.getTimeUnit().toSeconds(strategy.getTimeout()), seconds));
        strategy.setTimeUnit(TimeUnit.SECONDS);
    }

    private static Optional<LiveRoutes> liveRoutes(BaseMainSupport main) {
        return Optional.ofNullable(part(main, LiveRoutes.class));
    }

    private static <P> P part(BaseMainSupport main, Class<P> type) {
        return main.getCamelContext().getRegistry().findSingleByType(type);
    }

    /** The one that holds all files the CLI was given, and no other. */
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
                "%s=true: the routes are %s, allowed are all files DIR/*.camel.yaml of one directory; name those, or set it to false"
                        .formatted(WadiSettings.RELOAD_ENABLED.name(), given.isEmpty() ? "no files" : given)));
    }

    private static Set<Path> routeFiles(Path directory) {
        Set<Path> found = new HashSet<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.camel.yaml")) {
            files.forEach(found::add);
        } catch (IOException e) {
            return Set.of();
        }
        return found;
    }
}
