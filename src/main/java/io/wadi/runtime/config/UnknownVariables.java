package io.wadi.runtime.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
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
 * The environment variables with Wadi's prefix that set nothing. Misspelled ones are mistakes; others may be meant for
 * another program, so they are only named.
 *
 * @param mistakes the names with an edit distance of at most two from a setting's, one message each
 * @param others messages about the other names
 */
record UnknownVariables(List<String> mistakes, List<String> others) {
    private static final String PREFIX = "WADI_";
    /** A letter more, less, or different, or two letters exchanged. */
    private static final int MAX_TYPO = 2;

    /** The variables of {@code docker/mirror/} and of benchmarks. */
    private static final Pattern OF_OTHERS = Pattern.compile("WADI_(MIRROR|BENCH)_.*");

    /** Kubernetes adds these for a service such as wadi-ingest, and {@code WADI_INGEST_PORT=tcp://...}. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_SERVICE_(HOST|PORT(_.*)?)|.*_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");

    private static final Pattern NUMBER = Pattern.compile("_?\\d+");
    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    /**
     * Finds the unknown variables.
     *
     * @param configuration the directory with files that may name variables in placeholders, which are not reported
     * @param mirror the configuration file of MirrorMaker, which may do so, too
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
                    .formatted(
                            name,
                            near.map(each -> "; did you mean " + each + "?").orElse(""));
            if (near.isPresent() && isTypo(name, near.get())) {
                mistakes.add(text);
            } else if (!OF_OTHERS.matcher(name).matches()) {
                others.add(text);
            }
        }
        return new UnknownVariables(mistakes, others);
    }

    /** A longer or numbered name, such as that of a second address, is not a typo. */
    private static boolean isTypo(String name, String near) {
        return NearestName.distance(name, near) <= MAX_TYPO
                && !name.startsWith(near)
                && !NUMBER.matcher(name).replaceAll("").equals(near);
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }

    /** Returns whether a text has the name, such as in {@code {{env:NAME}}} and {@code ${sysenv.NAME}}. */
    private static boolean hasWord(String text, String name) {
        return Pattern.compile("(?<!\\w)(?:(?:SYS)?ENV_)?" + Pattern.quote(name) + "(?!\\w)")
                .matcher(text)
                .find();
    }

    /** Returns the texts of files with placeholders, with all names as those of variables. */
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
        try (DirectoryStream<Path> routes = Files.newDirectoryStream(configuration.resolve("routes"), "*.camel.yaml")) {
            routes.forEach(files::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            // The jar's own routes name none.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
