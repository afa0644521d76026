package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The environment variables with Wadi's prefix that match no setting. A misspelled variable is an error. Any other may
 * belong to another program, so it is only reported as a warning.
 *
 * @param mistakes messages about names that are within an edit distance of two from the variable of a setting
 * @param others messages about the other names
 */
record UnknownVariables(List<String> mistakes, List<String> others) {
    private static final String PREFIX = "WADI_";
    /** The maximum edit distance of a typo; two transposed letters have a distance of two. */
    private static final int MAX_TYPO = 2;

    /** The variables of {@code docker/mirror/} and of benchmarks, which are no settings of Wadi. */
    private static final Pattern OF_OTHERS = Pattern.compile("WADI_(MIRROR|BENCH)_.*");

    /**
     * The variables that Kubernetes adds for a service such as wadi-ingest. It also adds one such as
     * {@code WADI_INGEST_PORT=tcp://...}.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern NUMBER = Pattern.compile("_?\\d+");
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /**
     * Finds the unknown variables.
     *
     * @param configuration the configuration directory; variables in placeholders of its files are not reported
     * @param mirror the configuration file of MirrorMaker; variables in its placeholders are not reported either
     */
    static UnknownVariables of(
            Map<String, String> environment,
            Collection<Setting<?>> declared,
            Optional<Path> configuration,
            Optional<Path> mirror) {
        Set<String> known = declared.stream().map(Setting::variable).collect(Collectors.toSet());
        Map<String, String> unknown = new TreeMap<>(environment);
        unknown.keySet().removeIf(name -> !name.startsWith(PREFIX) || known.contains(name));
        unknown.entrySet().removeIf(each -> isServiceLink(each.getKey(), each.getValue()));
        if (!unknown.isEmpty()) {
            List<String> texts = texts(configuration, mirror);
            unknown.keySet().removeIf(name -> texts.stream().anyMatch(text -> hasWord(text, name)));
        }
        List<String> mistakes = new ArrayList<>();
        List<String> others = new ArrayList<>();
        for (String name : unknown.keySet()) {
            Optional<String> near = NearestName.to(name, known);
            String text = "%s in the environment: there is no such setting%s"
                    .formatted(name, NearestName.question(name, known));
            if (near.isPresent() && isTypo(name, near.get())) {
                mistakes.add(text);
            } else if (!OF_OTHERS.matcher(name).matches()) {
                others.add(text);
            }
        }
        return new UnknownVariables(mistakes, others);
    }

    /**
     * Returns whether a name is a misspelled variable. A longer or numbered name, such as for a second address, is not.
     */
    private static boolean isTypo(String name, String near) {
        return NearestName.distance(name, near) <= MAX_TYPO
                && !name.startsWith(near)
                && !NUMBER.matcher(name).replaceAll("").equals(near);
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    /** Returns whether a text contains the name, such as in {@code {{env:NAME}}} and {@code ${sysenv.NAME}}. */
    private static boolean hasWord(String text, String name) {
        return Pattern.compile("(?<!\\w)(?:(?:SYS)?ENV_)?" + Pattern.quote(name) + "(?!\\w)")
                .matcher(text)
                .find();
    }

    /** Returns the texts of files that may have placeholders, converted to the spelling of environment variables. */
    private static List<String> texts(Optional<Path> configuration, Optional<Path> mirror) {
        List<Path> files = new ArrayList<>();
        configuration.ifPresent(directory -> files.addAll(files(directory)));
        mirror.ifPresent(files::add);
        return files.stream()
                .filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
                .map(UnknownVariables::text)
                .toList();
    }

    private static List<Path> files(Path configuration) {
        List<Path> files = new ArrayList<>();
        files.add(configuration.resolve("application.properties"));
        Path routes = configuration.resolve("routes");
        try {
            files.addAll(DirectoryListing.of(routes, "*.camel.yaml"));
        } catch (NoSuchFileException | NotDirectoryException e) {
            // Without the directory the jar's routes run; their placeholders name no environment variable.
        } catch (IOException e) {
            throw new SettingsException(List.of(routes + " cannot be read: " + e));
        }
        return files;
    }

    private static String text(Path file) {
        try {
            return Setting.variableOf(new String(Files.readAllBytes(file), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
