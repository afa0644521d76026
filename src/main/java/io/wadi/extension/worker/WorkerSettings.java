package io.wadi.extension.worker;

import io.wadi.runtime.config.NearestName;
import io.wadi.runtime.config.SettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.connect.runtime.WorkerConfig;

/** A check for settings that a worker would ignore. */
final class WorkerSettings {
    /** Prefixes of settings that the worker passes to its plugins and listeners. */
    private static final List<String> PASSED_PREFIXES = List.of(
            "key.converter.",
            "value.converter.",
            "header.converter.",
            "config.providers.",
            "metrics.context.",
            "metrics.jmx.",
            "listeners.https.",
            "admin.listeners.https.");

    /** Settings that name classes, which may read settings of any name. */
    private static final Pattern CLASSES = Pattern.compile(".*(reporters|classes|policy|[a-z]\\.class)");

    /** The prefix of Kafka's classes, and the names of its policies; they read no settings of other names. */
    private static final Pattern OF_KAFKA = Pattern.compile("org\\.apache\\.kafka\\..+|All|None|Principal");

    private static final Set<String> OF_CLIENTS = new TreeSet<>();

    static {
        for (String prefix : List.of("", "admin.", "consumer.", "producer.")) {
            Stream.of(AdminClientConfig.configNames(), ConsumerConfig.configNames(), ProducerConfig.configNames())
                    .flatMap(Set::stream)
                    .forEach(name -> OF_CLIENTS.add(prefix + name));
        }
    }

    private WorkerSettings() {}

    private static boolean namesOwnClass(WorkerConfig config, String name) {
        return Stream.of(config.originals().get(name).toString().split(",", -1))
                .map(String::strip)
                .anyMatch(each -> !each.isEmpty() && !OF_KAFKA.matcher(each).matches());
    }

    /**
     * Checks the names of all settings, unless a setting names a class of its own that may read them.
     *
     * @param prefixes of other settings that are passed on
     * @throws SettingsException if the worker would ignore one
     */
    static void check(Path file, WorkerConfig config, List<String> prefixes) {
        Set<String> names = config.originals().keySet();
        if (names.stream().anyMatch(name -> CLASSES.matcher(name).matches() && namesOwnClass(config, name))) {
            return;
        }
        Set<String> known = new TreeSet<>(OF_CLIENTS);
        known.addAll(config.values().keySet());
        List<String> mistakes = names.stream()
                .filter(name -> !known.contains(name)
                        && Stream.concat(PASSED_PREFIXES.stream(), prefixes.stream())
                                .noneMatch(name::startsWith))
                .sorted()
                .map(name -> "%s: %s: unknown setting, which the worker would ignore%s"
                        .formatted(file, name, NearestName.question(name, known)))
                .toList();
        if (!mistakes.isEmpty()) {
            throw new SettingsException(mistakes);
        }
    }
}
